"""What others may know about sessions: lists with their figures, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from dianliang.core.rows import Rows, in_order
from dianliang.domain.programs.lifecycle import HOLDS_A_PLACE, SESSION_LABELS
from dianliang.domain.programs.models import Session
from dianliang.domain.programs.models.series import Kind, SignupRole

KINDS = tuple((str(value), str(label)) for value, label in Kind.choices)
ROLES = tuple((str(value), str(label)) for value, label in SignupRole.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as lists show it."""

    number: str
    title: str
    kind: str
    kind_label: str
    role_label: str
    status: str
    status_label: str
    unit_name: str
    team_name: str
    place: str
    area_name: str
    starts_at: datetime
    ends_at: datetime
    signup_until: datetime
    places: int | None
    taken: int
    waiting: int
    there: int
    is_public: bool
    skill_names: tuple[str, ...]

    @property
    def left(self) -> int | None:
        """Return how many places are left; None where there is no limit."""
        return None if self.places is None else max(0, self.places - self.taken)

    @property
    def share(self) -> float | None:
        """Return the share of places that is taken; None where there is no limit."""
        return None if self.places is None else min(1.0, self.taken / self.places)


def rows(found: QuerySet[Session]) -> tuple[SessionRow, ...]:
    """Return sessions with how many come, wait, and were there. Two queries."""
    counted = found.annotate(
        taken=Count("signups", filter=Q(signups__status__in=HOLDS_A_PLACE), distinct=True),
        waiting=Count("signups", filter=Q(signups__status="WAITING"), distinct=True),
        there=Count("signups", filter=Q(signups__status="ATTENDED"), distinct=True),
    )
    listed = (
        in_order(counted).select_related("unit", "team", "site", "area").prefetch_related("skills")
    )
    return tuple(_row(session) for session in listed)


def _row(session: Session) -> SessionRow:
    figures = vars(session)
    return SessionRow(
        number=session.number,
        title=session.title,
        kind=session.kind,
        kind_label=session.get_kind_display(),
        role_label=session.get_role_display(),
        status=session.status,
        status_label=SESSION_LABELS[session.status],
        unit_name=session.unit.name,
        team_name=session.team.name if session.team else "",
        place=session.place or (session.site.name if session.site else ""),
        area_name=session.area.name,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        signup_until=session.signup_until,
        places=session.places,
        taken=figures["taken"],
        waiting=figures["waiting"],
        there=figures["there"],
        is_public=session.is_public,
        skill_names=tuple(skill.name for skill in session.skills.all()),
    )


def open_to_public(*, at: datetime, kind: str = "", under: str = "") -> Sequence[SessionRow]:
    """Return the sessions that anybody may sign up for, soonest first."""
    found = Session.objects.filter(is_public=True, status="ANNOUNCED", starts_at__gt=at)
    if kind:
        found = found.filter(kind=kind)
    if under:
        found = found.filter(area__path__startswith=under)
    return Rows(found.order_by("starts_at", "pk"), rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDays:
    """How often a base was open by a series, and who came (003-07)."""

    series: str
    title: str
    held: int
    cancelled: int
    visitors: int


def open_days(*, since: date, until: date, numbers: Iterable[str]) -> tuple[OpenDays, ...]:
    """Return per series how many sessions were held and called off in a period, and who came."""
    found = (
        Session.objects.filter(
            series__number__in=list(numbers), series_on__gte=since, series_on__lt=until
        )
        .values("series__number", "series__title")
        .annotate(
            held=Count("pk", filter=Q(status__in=["ENDED", "ACCOUNTED"]), distinct=True),
            cancelled=Count("pk", filter=Q(status="CANCELLED"), distinct=True),
            visitors=Count("signups", filter=Q(signups__status="ATTENDED"), distinct=True),
        )
        .order_by("series__number")
    )
    return tuple(
        OpenDays(
            series=row["series__number"],
            title=row["series__title"],
            held=row["held"],
            cancelled=row["cancelled"],
            visitors=row["visitors"],
        )
        for row in found
    )
