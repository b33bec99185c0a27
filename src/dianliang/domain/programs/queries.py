"""What others may know about campaigns and presence in an area."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.programs.lifecycle import COUNTS_AS_DONE
from dianliang.domain.programs.models import (
    PresenceDay,
    PresenceDuty,
    SessionAttendance,
    Target,
)
from dianliang.domain.territory.models import Area

DUTY_KINDS = tuple((str(value), str(label)) for value, label in PresenceDuty.Kind.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How far a campaign has come in an area, of the frozen list with its corrections."""

    number: str
    title: str
    due_on: date
    done: int
    total: int

    @property
    def share(self) -> float | None:
        """Return the share that is done; None where the list has nothing here."""
        return self.done / self.total if self.total else None


def coverage(*, area: Area) -> tuple[Coverage, ...]:
    """Return every frozen campaign with targets at or below an area, newest first."""
    listed = Target.objects.filter(
        area__path__startswith=area.path, campaign__status__in=["FROZEN", "CLOSED"]
    ).exclude(status="EXCLUDED")
    rows = (
        listed.order_by("-campaign__frozen_at", "-campaign__pk")
        .values("campaign__number", "campaign__title", "campaign__due_on")
        .annotate(total=Count("pk"), done=Count("pk", filter=Q(status__in=COUNTS_AS_DONE)))
    )
    return tuple(
        Coverage(
            number=row["campaign__number"],
            title=row["campaign__title"],
            due_on=row["campaign__due_on"],
            done=row["done"],
            total=row["total"],
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceRow:
    """A person at a service point in one month: what was promised, planned, kept and missed."""

    duty_id: int
    person_number: str
    person_name: str
    kind: str
    kind_label: str
    site_code: str
    site_name: str
    area_name: str
    unit_path: str
    needed: int
    planned: tuple[date, ...]
    kept: tuple[date, ...]
    missed: tuple[date, ...]

    @property
    def ahead(self) -> int:
        """Return how many planned days are still to come."""
        return len(set(self.planned) - set(self.kept) - set(self.missed))

    @property
    def short(self) -> int:
        """Return how many days are lacking even if every planned day that is left is kept."""
        return max(0, self.needed - len(self.kept) - self.ahead)


def month_of(day: date) -> tuple[date, date]:
    """Return the first day of a month and the first of the next."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def presence(*, area: Area, month: date, on: date | None = None) -> tuple[PresenceRow, ...]:
    """Return who is to be at the service points of an area in a month, and how it went.

    A planned day before `on` without a check-in is missed; without `on` the month is judged as
    over. Takes two queries.
    """
    duties = PresenceDuty.objects.filter(site__area__path__startswith=area.path)
    return presence_rows(duties, month=month, on=on)


def presence_rows(
    duties: QuerySet[PresenceDuty], *, month: date, on: date | None = None
) -> tuple[PresenceRow, ...]:
    """Return how some duties went in a month; see `presence`. Only working days count."""
    first, end = month_of(month)
    running = list(
        duties.filter(
            Q(valid_until=None) | Q(valid_until__gte=first), valid_from__lt=end
        ).select_related("person", "site__area", "site__unit")
    )
    days = PresenceDay.objects.filter(duty__in=running, on__gte=first, on__lt=end)
    of_duty: dict[int, list[PresenceDay]] = {}
    calendar = work_calendar()
    for day in days.order_by("on"):
        if not calendar.is_working_day(day.on):
            continue
        of_duty.setdefault(day.duty_id, []).append(day)
    return tuple(_row(duty, of_duty.get(duty.pk, []), on=on or end) for duty in running)


def _row(duty: PresenceDuty, days: Iterable[PresenceDay], *, on: date) -> PresenceRow:
    days = list(days)
    return PresenceRow(
        duty_id=duty.pk,
        person_number=duty.person.number,
        person_name=duty.person.name,
        kind=duty.kind,
        kind_label=duty.get_kind_display(),
        site_code=duty.site.code,
        site_name=duty.site.name,
        area_name=duty.site.area.name,
        unit_path=duty.site.unit.path if duty.site.unit else "",
        needed=duty.days_a_month,
        planned=tuple(day.on for day in days if day.is_planned),
        kept=tuple(day.on for day in days if day.checked_in_at),
        missed=tuple(
            day.on for day in days if day.is_planned and not day.checked_in_at and day.on < on
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceRow:
    """Somebody's presence at a session: what hours are reckoned from.

    `checked_out_at` is None where nobody noted it; `doubts` name in codes what does not show by
    itself (`operations.attending.DOUBTS` has the words), so that a line without any is verified.
    """

    session_number: str
    activity_number: str
    title: str
    kind: str
    status: str
    person_id: int
    person_number: str
    person_name: str
    role: str
    team_code: str
    unit_code: str
    unit_path: str
    starts_at: datetime
    ends_at: datetime
    checked_in_at: datetime
    checked_out_at: datetime | None
    way: str
    away_m: int | None
    doubts: tuple[str, ...]


def attendances(since: datetime, until: datetime) -> tuple[AttendanceRow, ...]:
    """Return who was at sessions that began in [since, until) and have ended. One query.

    A session that is not accounted for yet may still change: `status` tells ENDED from ACCOUNTED.
    """
    found = SessionAttendance.objects.filter(
        signup__session__starts_at__gte=since,
        signup__session__starts_at__lt=until,
        signup__session__status__in=["ENDED", "ACCOUNTED"],
        signup__status="ATTENDED",
    ).select_related(
        "signup__person",
        "signup__session__team",
        "signup__session__unit",
        "signup__session__activity",
    )
    return tuple(
        _attendance(row) for row in found.order_by("signup__session__starts_at", "checked_in_at")
    )


def _attendance(row: SessionAttendance) -> AttendanceRow:
    signup, session = row.signup, row.signup.session
    return AttendanceRow(
        session_number=session.number,
        activity_number=session.activity.number if session.activity else "",
        title=session.title,
        kind=session.kind,
        status=session.status,
        person_id=signup.person_id,
        person_number=signup.person.number,
        person_name=signup.person.name,
        role=signup.role,
        team_code=session.team.code if session.team else "",
        unit_code=session.unit.code,
        unit_path=session.unit.path,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        checked_in_at=row.checked_in_at,
        checked_out_at=row.checked_out_at,
        way=row.way,
        away_m=row.away_m,
        doubts=tuple(row.doubts),
    )
