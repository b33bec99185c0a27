"""A team's visits as calendar entries."""

from dataclasses import dataclass
from datetime import date, datetime

from dianliang.domain.work.lifecycle import VISIT_LABELS
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Team


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """One visit: what, where and when, without the customer's name or phone."""

    number: str
    title: str
    place: str
    status_label: str
    start_at: datetime
    end_at: datetime
    lat: float
    lon: float


def team_calendar(token: str, *, since: date) -> tuple[str, tuple[CalendarEntry, ...]] | None:
    """Return a team's name and its visits since a day, or None for an unknown token."""
    team = Team.objects.filter(calendar_token=token, is_active=True).first()
    if team is None:
        return None
    visits = (
        Visit.objects.filter(team=team, on__gte=since)
        .exclude(status__in=["WITHDRAWN", "DECLINED"])
        .select_related("job", "job__area")
        .order_by("on", "sequence")
    )
    entries = tuple(
        CalendarEntry(
            number=visit.number,
            title=visit.job.title,
            place=visit.job.area.name,
            status_label=VISIT_LABELS[visit.status],
            start_at=visit.arrive_at,
            end_at=visit.depart_at,
            lat=visit.job.lat,
            lon=visit.job.lon,
        )
        for visit in visits
    )
    return team.name, entries
