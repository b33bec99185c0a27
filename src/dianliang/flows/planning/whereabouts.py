"""Where teams are in the middle of a day, and when they begin what they are on their way to."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.domain.work.lifecycle import VISIT_COMMITTED
from dianliang.engines import routing
from dianliang.kernel.geo import GeoPoint


def places_now(visits: Any, *, days: Mapping[str, date]) -> dict[str, GeoPoint]:
    """Return where teams are in the middle of a day: at the visit they are at, or did last.

    `days` is the day of the shift that each team is in, by its code. Who is on the way is where it
    is going, from its arrival on; see `arrivals`.
    """
    rows = visits.filter(
        on__in=set(days.values()), status__in=["EN_ROUTE", "ARRIVED", "DONE", "UNMET"]
    )
    places: dict[str, GeoPoint] = {}
    latest = sorted(
        rows.select_related("job", "team"),
        key=lambda visit: (visit.status in VISIT_COMMITTED, visit.arrive_at),
    )
    for visit in (one for one in latest if one.on == days.get(one.team.code)):
        places[visit.team.code] = GeoPoint(visit.job.lat, visit.job.lon)
    return places


def arrivals(
    visits: Any,
    *,
    days: Mapping[str, date],
    homes: Mapping[str, GeoPoint],
    travel: routing.Travel,
) -> dict[str, datetime]:
    """Return when teams that are on the way can be where they are going, by their codes.

    They set off from the visit they ended last before, or from `homes`. A plan may be hours off for
    who set off at another time than it says, and on a long way nobody else is served meanwhile.
    """
    before = {
        (code, on): (ended_at, GeoPoint(lat, lon))
        for code, on, ended_at, lat, lon in visits.filter(
            on__in=set(days.values()), status__in=["DONE", "UNMET"], ended_at__isnull=False
        )
        .order_by("ended_at")
        .values_list("team__code", "on", "ended_at", "job__lat", "job__lon")
    }
    found: dict[str, datetime] = {}
    rows = visits.filter(
        on__in=set(days.values()), status="EN_ROUTE", departed_at__isnull=False
    ).order_by("departed_at")
    for visit in rows.select_related("job", "team"):
        code = visit.team.code
        if visit.on != days.get(code):
            continue
        ended_at, place = before.get((code, visit.on), (visit.departed_at, homes[code]))
        way_s, _ = travel.between(
            place if ended_at <= visit.departed_at else homes[code],
            GeoPoint(visit.job.lat, visit.job.lon),
        )
        found[code] = visit.departed_at + timedelta(seconds=way_s)
    return found
