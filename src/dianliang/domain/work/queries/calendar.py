"""A team's visits as calendar entries."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max

from dianliang.core.models import AuditEvent
from dianliang.domain.work.lifecycle import VISIT_LABELS
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Team

CANCELLED = frozenset({"WITHDRAWN", "DECLINED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """One visit: what, where and when, without the customer's name or phone.

    `changes` grows with everything that happens to the visit; the last of it was at `changed_at`.
    """

    number: str
    title: str
    place: str
    status_label: str
    is_cancelled: bool
    changes: int
    changed_at: datetime | None
    start_at: datetime
    end_at: datetime
    lat: float
    lon: float


def team_calendar(token: str, *, since: date) -> tuple[str, tuple[CalendarEntry, ...]] | None:
    """Return a team's name and its visits since a day, or None for an unknown token.

    Visits that were called off stay, so that calendars which have them strike them out.
    """
    is_readable = token.isascii() and token.isprintable()  # PostgreSQL refuses to look for NUL
    rows = Team.objects.filter(calendar_token=token, is_active=True)
    team = rows.first() if is_readable else None
    if team is None:
        return None
    visits = (
        Visit.objects.filter(team=team, on__gte=since)
        .select_related("job", "job__area")
        .order_by("on", "sequence", "pk")
    )
    found = list(visits)
    history = _history([visit.number for visit in found])
    return team.name, tuple(_entry(visit, *history.get(visit.number, (0, None))) for visit in found)


def _history(numbers: list[str]) -> dict[str, tuple[int, datetime]]:
    events = AuditEvent.objects.filter(target_type="work.visit", target_id__in=numbers)
    rows = events.values_list("target_id").annotate(Count("pk"), Max("at"))
    return {number: (count, at) for number, count, at in rows}


def _entry(visit: Visit, changes: int, changed_at: datetime | None) -> CalendarEntry:
    return CalendarEntry(
        number=visit.number,
        title=visit.job.title,
        place=visit.job.area.name,
        status_label=VISIT_LABELS[visit.status],
        is_cancelled=visit.status in CANCELLED,
        changes=changes,
        changed_at=changed_at,
        start_at=visit.arrive_at,
        end_at=visit.depart_at,
        lat=visit.job.lat,
        lon=visit.job.lon,
    )
