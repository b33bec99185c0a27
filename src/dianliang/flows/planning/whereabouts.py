"""Where teams are in the middle of a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dianliang.domain.work.lifecycle import VISIT_COMMITTED
from dianliang.kernel.geo import GeoPoint


def places_now(visits: Any, *, days: Mapping[str, date]) -> dict[str, GeoPoint]:
    """Return where teams are in the middle of a day: at the visit they are at, or did last.

    `days` is the day of the shift that each team is in, by its code.
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
