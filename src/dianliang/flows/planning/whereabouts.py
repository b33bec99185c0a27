"""Where teams are in the middle of a day, and when they begin what they are on their way to."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.domain.work.lifecycle import VISIT_COMMITTED
from dianliang.domain.work.models import Visit
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
    latest = sorted(rows.select_related("job", "team"), key=_last)
    for visit in (one for one in latest if one.on == days.get(one.team.code)):
        places[visit.team.code] = GeoPoint(visit.job.lat, visit.job.lon)
    return places


def _last(visit: Visit) -> tuple[bool, datetime]:
    """Return what orders visits as they were made, which need not be as they were planned."""
    if visit.status in VISIT_COMMITTED:
        return True, visit.arrived_at or visit.departed_at or visit.arrive_at
    return False, visit.ended_at or visit.arrive_at


def arrivals(
    visits: Any,
    *,
    days: Mapping[str, date],
    homes: Mapping[str, GeoPoint],
    travel: routing.Travel,
) -> dict[str, datetime]:
    """Return when teams that are on the way can be where they are going, by their codes.

    They set off from where they came to last before, or from `homes`: some fill in what they did
    when they are under way again. A plan may be hours off for who set off at another time than it
    says, and on a long way nobody else is served meanwhile. Of a way that is said to be shut
    nothing is known: who has set off on it stays on it, and is believed to be as good as there.
    """
    been: dict[tuple[str, date], list[tuple[datetime, GeoPoint]]] = defaultdict(list)
    for code, on, arrived_at, lat, lon in (
        visits.filter(on__in=set(days.values()), arrived_at__isnull=False)
        .order_by("arrived_at")
        .values_list("team__code", "on", "arrived_at", "job__lat", "job__lon")
    ):
        been[code, on].append((arrived_at, GeoPoint(lat, lon)))
    found: dict[str, datetime] = {}
    rows = visits.filter(
        on__in=set(days.values()), status="EN_ROUTE", departed_at__isnull=False
    ).order_by("departed_at")
    for visit in rows.select_related("job", "team"):
        code = visit.team.code
        if visit.on != days.get(code):
            continue
        before = [place for at, place in been[code, visit.on] if at <= visit.departed_at]
        way_s, _ = travel.between(
            before[-1] if before else homes[code], GeoPoint(visit.job.lat, visit.job.lon)
        )
        if way_s < routing.IMPASSABLE_S:
            found[code] = visit.departed_at + timedelta(seconds=way_s)
        else:
            found.pop(code, None)
    return found
