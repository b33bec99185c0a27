"""Where teams are in the middle of a day."""

from datetime import date
from typing import Any

from dianliang.domain.work.lifecycle import VISIT_COMMITTED
from dianliang.kernel.geo import GeoPoint


def places_now(visits: Any, *, today: date) -> dict[str, GeoPoint]:
    """Return where teams are in the middle of a day: at the visit they are at, or did last."""
    rows = visits.filter(on=today, status__in=["EN_ROUTE", "ARRIVED", "DONE", "UNMET"])
    places: dict[str, GeoPoint] = {}
    latest = sorted(
        rows.select_related("job", "team"),
        key=lambda visit: (visit.status in VISIT_COMMITTED, visit.arrive_at),
    )
    for visit in latest:
        places[visit.team.code] = GeoPoint(visit.job.lat, visit.job.lon)
    return places
