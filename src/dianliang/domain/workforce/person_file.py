"""All that this room knows of one person: roles, certificates, teams, hours, days away."""

from dataclasses import dataclass
from datetime import date, datetime, time

from dianliang.core.rows import first_of
from dianliang.domain.workforce.models import (
    Absence,
    Attendance,
    Certificate,
    Membership,
    Person,
    PersonMerge,
    PersonRole,
    WeeklySlot,
)
from dianliang.domain.workforce.register import (
    NOTICE_DAYS,
    WRITERS,
    PersonRow,
    person_to_see,
    rows_of,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.masking import mask_account

MOST_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLine:
    """As what somebody serves or served; `is_open` may be ended."""

    id: int
    name: str
    valid_from: date
    valid_until: date | None
    note: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLine:
    """A certificate with its state on the day: `tone` colours it."""

    id: int
    skill_code: str
    skill_name: str
    level: int
    number: str
    issuer: str
    issued_on: date
    expires_on: date
    days_left: int
    state: str
    tone: str
    withdrawn_on: date | None
    withdrawn_why: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipLine:
    """A team that somebody belongs or belonged to."""

    team_code: str
    team_name: str
    leads: bool
    valid_from: date
    valid_until: date | None
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLine:
    """Hours of a weekday."""

    weekday: int
    weekday_name: str
    starts: time
    ends: time


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceLine:
    """Days away; `may_cancel` while they are not over."""

    id: int
    first_on: date
    last_on: date
    reason: str
    may_cancel: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLine:
    """A day with a team."""

    on: date
    team_name: str
    checked_in_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """One person. Phone and document are masked; a minor's are not even hinted at."""

    row: PersonRow
    unit_code: str
    document: str
    minor_until: date | None
    guardian_relation: str
    agreed_on: date | None
    username: str
    left_on: date | None
    old_numbers: tuple[str, ...]
    roles: tuple[RoleLine, ...]
    certificates: tuple[CertificateLine, ...]
    memberships: tuple[MembershipLine, ...]
    slots: tuple[SlotLine, ...]
    absences: tuple[AbsenceLine, ...]
    duties: tuple[DutyLine, ...]
    more_days: int
    may_change: bool


def file(number: str, *, by: Actor, on: date, is_whole: bool = False) -> PersonFile:
    """Return one person as the page shows him; a number that was merged away finds the kept one.

    Of the days off and on duty the latest are told, or with `is_whole` all.

    Raises:
        NotVisibleError: absent, or another's.
    """
    person = person_to_see(number, by=by)
    (row,) = rows_of([person], on=on)
    guardian = getattr(person, "guardian", None)
    off = Absence.objects.filter(person=person).order_by("-first_on")
    absences, more_absences = first_of(off, MOST_DAYS, is_whole=is_whole)
    present = Attendance.objects.filter(person=person).select_related("team").order_by("-on")
    duties, more_duties = first_of(present, MOST_DAYS, is_whole=is_whole)
    kind = person.get_document_kind_display()
    shown = f"{kind} {mask_account(person.document)}" if person.document else ""
    return PersonFile(
        row=row,
        unit_code=person.unit.code,
        document="" if row.is_minor else shown,
        minor_until=person.minor_until,
        guardian_relation=guardian.relation if guardian else "",
        agreed_on=guardian.agreed_on if guardian else None,
        username=person.user.username if person.user else "",
        left_on=person.left_on,
        old_numbers=tuple(
            PersonMerge.objects.filter(person=person).values_list("gone_number", flat=True)
        ),
        roles=_roles(person, on=on),
        certificates=certificates_of(person, on=on),
        memberships=_memberships(person, on=on),
        slots=tuple(
            SlotLine(
                weekday=slot.weekday,
                weekday_name=slot.get_weekday_display(),
                starts=slot.starts,
                ends=slot.ends,
            )
            for slot in WeeklySlot.objects.filter(person=person)
        ),
        absences=tuple(
            AbsenceLine(
                id=away.pk,
                first_on=away.first_on,
                last_on=away.last_on,
                reason=away.reason,
                may_cancel=away.last_on >= on,
            )
            for away in absences
        ),
        duties=tuple(
            DutyLine(on=day.on, team_name=day.team.name, checked_in_at=day.checked_in_at)
            for day in duties
        ),
        more_days=more_absences + more_duties,
        may_change=by.role in WRITERS,
    )


def certificates_of(person: Person, *, on: date) -> tuple[CertificateLine, ...]:
    """Return a person's certificates, the newest of each skill first."""
    rows = Certificate.objects.filter(person=person).select_related("skill", "evidence")
    return tuple(_certificate(row, on=on) for row in rows.order_by("skill__code", "-expires_on"))


def _roles(person: Person, *, on: date) -> tuple[RoleLine, ...]:
    rows = PersonRole.objects.filter(person=person).select_related("kind")
    return tuple(
        RoleLine(
            id=row.pk,
            name=row.kind.name,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            note=row.note,
            is_open=row.valid_until is None or row.valid_until >= on,
        )
        for row in rows
    )


def _memberships(person: Person, *, on: date) -> tuple[MembershipLine, ...]:
    rows = Membership.objects.filter(person=person).select_related("team")
    return tuple(
        MembershipLine(
            team_code=row.team.code,
            team_name=row.team.name,
            leads=row.is_captain,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            is_open=row.valid_until is None or row.valid_until >= on,
        )
        for row in rows.order_by("-valid_from", "-pk")
    )


def _certificate(row: Certificate, *, on: date) -> CertificateLine:
    left = (row.expires_on - on).days
    state, tone = "有效", "good"
    if row.is_withdrawn_on(on):
        state, tone = "已收回", "danger"
    elif left <= 0:
        state, tone = "已失效", "danger"
    elif left <= NOTICE_DAYS:
        state, tone = "将到期", "warn"
    return CertificateLine(
        id=row.pk,
        skill_code=row.skill.code,
        skill_name=row.skill.name,
        level=row.level,
        number=row.number,
        issuer=row.issuer,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        days_left=left,
        state=state,
        tone=tone,
        withdrawn_on=row.withdrawn_on,
        withdrawn_why=row.withdrawn_why,
        token=row.evidence.token if row.evidence else "",
    )
