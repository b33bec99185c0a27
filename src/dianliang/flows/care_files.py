"""The file of one special customer: what is shown, to whom, and what is agreed with him."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from dianliang.core.models import AuditEvent
from dianliang.domain.care import access as care_access
from dianliang.domain.care.models import Unlock
from dianliang.domain.care.operations import unlocking
from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.customers import access, consents, operations
from dianliang.domain.customers.consents import ConsentLine
from dianliang.domain.customers.models import Consent, Customer
from dianliang.domain.customers.visiting import Care
from dianliang.domain.directory.models import Unit
from dianliang.domain.insight import deeds
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations.jobs import cancel
from dianliang.domain.workforce.models import Team
from dianliang.flows.care import CareRow, regular_jobs, row_of, team_names
from dianliang.kernel.actor import ROLE_LABELS, Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.masking import mask_account, mask_name, mask_phone
from dianliang.kernel.text import clean_text

PAST_VISITS = 12
LOG_ROWS = 50
Purpose = Unlock.Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVisit:
    """A visit that was made or planned."""

    number: str
    on: date
    team_name: str
    status: str
    status_label: str
    findings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for a second person's approval, as somebody reads it."""

    number: str
    purpose_label: str
    customer_number: str
    reason: str
    asked_name: str
    asked_at: datetime
    is_mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CareFile:
    """The file of one special customer; personal details are masked unless they were revealed.

    `open_until` is set where a second person has unlocked a minor's file for the reader.
    """

    row: CareRow
    name: str
    phone: str
    account_number: str
    address: str
    nominee: str
    key_holder: str
    visit_password: str
    outage_note: str
    formats: tuple[tuple[str, str, bool], ...]
    is_revealed: bool
    is_minor: bool
    open_until: datetime | None
    asked: tuple[Asked, ...]
    consents: tuple[ConsentLine, ...]
    renewal_due_on: date | None
    renewal_planned_on: date | None
    interval_days: int | None
    team_code: str
    teams: tuple[tuple[str, str], ...]
    visits: tuple[PastVisit, ...]


def open_file(*, number: str, by: Actor, at: datetime) -> CareFile:
    """Return a file with personal details masked; that it was opened is kept.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    customer = access.file_to_see(number, by=by)
    operations.note_reading(customer=customer, by=by, at=at)
    return _file(customer, by=by, at=at)


def reveal(*, number: str, reason: str, by: Actor, at: datetime) -> CareFile:
    """Return a file with personal details, for a reason that is kept.

    Raises:
        NotVisibleError, InvalidInputError: see the operation.
        UnableToUnlockError: it is a minor's and no second person has approved; that is kept too.
    """
    customer = access.file_to_see(number, by=by)
    if customer.special_kind in access.MINORS:
        try:
            unlocking.require(purpose=Purpose.MINOR, customer=customer, by=by, at=at)
        except unlocking.UnableToUnlockError:
            operations.note_denial(customer=customer, reason=reason, by=by, at=at)
            raise
    operations.reveal(customer=customer, reason=reason, by=by, at=at)
    return replace(
        _file(customer, by=by, at=at),
        name=customer.name,
        phone=customer.phone,
        account_number=customer.account_number,
        address=customer.address,
        nominee=customer.nominee,
        key_holder=customer.key_holder,
        visit_password=customer.visit_password,
        outage_note=customer.outage_note,
        is_revealed=True,
    )


def ask_for_minor(*, number: str, reason: str, by: Actor, at: datetime) -> Unlock:
    """Ask a second person to unlock a minor's file for the actor.

    Raises:
        NotVisibleError, InvalidInputError, UnableToUnlockError: see the operation.
    """
    customer = access.file_to_see(number, by=by)
    if customer.special_kind not in access.MINORS:
        raise InvalidInputError("这份档案不需要第二人批准，可直接说明原因后查看。", field="reason")
    unit = Unit.objects.filter(code=by.unit_code).first()
    if unit is None:
        raise NotVisibleError("没有找到这位特殊客户。")
    return unlocking.ask(
        purpose=Purpose.MINOR,
        customer=customer,
        unit=unit,
        reason=reason,
        by=by,
        at=at,
    )


@transaction.atomic
def agree(*, number: str, care: Care, by: Actor, at: datetime) -> Customer:
    """Write down what is agreed with a special customer.

    Raises:
        NotVisibleError, InvalidInputError: see the operation.
    """
    customer = access.file_to_see(number, by=by)
    teams = Team.objects.filter(code=care.team_code, is_active=True)
    if care.team_code and not teams.exists():
        raise InvalidInputError("没有这支队伍，请重新选择。", field="team_code")
    clean = replace(
        care,
        nominee=clean_text(care.nominee, field="nominee", label="联系人", most=60),
        key_holder=clean_text(care.key_holder, field="key_holder", label="钥匙保管人", most=60),
        visit_password=clean_text(
            care.visit_password, field="visit_password", label="上门口令", most=20
        ),
        outage_note=clean_text(
            care.outage_note, field="outage_note", label="停电时怎么办", most=300
        ),
    )
    on = at.astimezone(SHANGHAI).date()
    return operations.agree(customer=customer, care=clean, on=on, by=by, at=at)


def give_consent(
    *,
    number: str,
    purpose: str,
    unit_code: str,
    how: str,
    given_on: date,
    by: Actor,
    at: datetime,
) -> Consent:
    """Write down a consent.

    Raises:
        NotVisibleError, InvalidInputError, UnableToKeepConsentError: see the operation.
    """
    customer = access.file_to_see(number, by=by)
    unit = Unit.objects.filter(code=unit_code).first() if unit_code else None
    if unit_code and unit is None:
        raise InvalidInputError("没有这个单位，请重新选择。", field="unit")
    return consents.give(
        customer=customer,
        purpose=purpose,
        unit=unit,
        how=how,
        given_on=given_on,
        on=at.astimezone(SHANGHAI).date(),
        by=by,
        at=at,
    )


def withdraw_consent(*, number: str, consent_id: int, how: str, by: Actor, at: datetime) -> Consent:
    """Write down that a consent was taken back.

    Raises:
        NotVisibleError, InvalidInputError, UnableToKeepConsentError: see the operation.
    """
    customer = access.file_to_see(number, by=by)
    on = at.astimezone(SHANGHAI).date()
    return consents.withdraw(customer=customer, consent_id=consent_id, how=how, on=on, by=by, at=at)


def renew(*, number: str, until: date, by: Actor, at: datetime) -> Customer:
    """Confirm a level for a time.

    Raises:
        NotVisibleError, UnableToKeepFileError: see the operation.
    """
    customer = access.file_to_see(number, by=by)
    on = at.astimezone(SHANGHAI).date()
    return operations.renew(customer=customer, until=until, on=on, by=by, at=at)


@transaction.atomic
def end_care(*, number: str, reason: str, by: Actor, at: datetime) -> Customer:
    """End special care; regular visits that no team has in its plan are cancelled.

    Raises:
        NotVisibleError, InvalidInputError: see the operation.
    """
    customer = access.file_to_see(number, by=by)
    for job in regular_jobs().filter(customer=customer, status="OPEN"):
        cancel(job=job, reason="特殊关爱已结束", by=by, at=at)
    on = at.astimezone(SHANGHAI).date()
    return operations.end_care(customer=customer, reason=reason, on=on, by=by, at=at)


def share_units() -> tuple[tuple[str, str], ...]:
    """Return the units that a customer may let us tell about him."""
    units = Unit.objects.filter(kind=Unit.Kind.ALLIANCE).order_by("code")
    return tuple(units.values_list("code", "name"))


def _file(customer: Customer, *, by: Actor, at: datetime) -> CareFile:
    on = at.astimezone(SHANGHAI).date()
    is_minor = customer.special_kind in access.MINORS
    teams = Team.objects.filter(is_active=True, unit=customer.unit)
    job: Job | None = regular_jobs().filter(customer=customer).first()
    opened = (
        unlocking.standing(purpose=Purpose.MINOR, customer=customer, by=by, at=at)
        if is_minor
        else None
    )
    return CareFile(
        row=row_of(
            customer,
            teams=team_names([customer.preferred_team_code]),
            job=job.number if job else "",
            calendar=work_calendar(),
            on=on,
        ),
        name=mask_name(customer.name),
        phone=mask_phone(customer.phone),
        account_number=mask_account(customer.account_number),
        address="",
        nominee=mask_name(customer.nominee),
        key_holder=mask_name(customer.key_holder),
        visit_password="",
        outage_note="",
        formats=tuple(
            (str(code), str(label), code in customer.formats)
            for code, label in Customer.Format.choices
        ),
        is_revealed=False,
        is_minor=is_minor,
        open_until=opened.expires_at if opened else None,
        asked=_asked_about(customer, by=by, at=at) if is_minor else (),
        consents=consents.lines(customer),
        renewal_due_on=customer.renewal_due_on,
        renewal_planned_on=customer.renewal_planned_on,
        interval_days=customer.visit_interval_days,
        team_code=customer.preferred_team_code,
        teams=tuple(teams.values_list("code", "name")),
        visits=_visits(customer),
    )


def _asked_about(customer: Customer, *, by: Actor, at: datetime) -> tuple[Asked, ...]:
    since = at - unlocking.ASKED_FOR
    waiting = care_access.unlocks(by).filter(customer=customer, status="ASKED", asked_at__gt=since)
    return tuple(asked_of(row, by=by) for row in waiting.select_related("customer"))


def asked_of(row: Unlock, *, by: Actor) -> Asked:
    """Return a request as the actor reads it."""
    return Asked(
        number=row.number,
        purpose_label=row.get_purpose_display(),
        customer_number=row.customer.number if row.customer else "",
        reason=row.reason,
        asked_name=row.asked_name,
        asked_at=row.asked_at,
        is_mine=row.asked_by == by.id,
    )


def _visits(customer: Customer) -> tuple[PastVisit, ...]:
    visits = Visit.objects.filter(job__customer=customer).select_related("team")
    return tuple(
        PastVisit(
            number=visit.number,
            on=visit.on,
            team_name=visit.team.name,
            status=visit.status,
            status_label=visit.get_status_display(),
            findings=visit.findings,
        )
        for visit in visits.order_by("-on", "-pk")[:PAST_VISITS]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One time that somebody touched a file."""

    id: int
    at: datetime
    who: str
    role_label: str
    unit_code: str
    deed: str
    before: str
    after: str
    reason: str
    outcome: str
    outcome_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLog:
    """Who touched a file, the latest first; `next_before` is where the next page begins."""

    number: str
    lines: tuple[LogLine, ...]
    next_before: int | None


def access_log(*, number: str, before: int | None, by: Actor) -> AccessLog:
    """Return who read, revealed or changed a file, when and why.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    customer = access.file_to_see(number, by=by)
    unlocks = list(customer.unlocks.values_list("number", flat=True))
    about = Q(target_type="customers.customer", target_id=number)
    about |= Q(target_type="care.unlock", target_id__in=unlocks)
    events = AuditEvent.objects.filter(about).order_by("-id")
    if before is not None:
        events = events.filter(id__lt=before)
    found = list(events[: LOG_ROWS + 1])
    return AccessLog(
        number=number,
        lines=tuple(_line(event) for event in found[:LOG_ROWS]),
        next_before=found[LOG_ROWS - 1].pk if len(found) > LOG_ROWS else None,
    )


def _line(event: AuditEvent) -> LogLine:
    kind = event.target_type
    return LogLine(
        id=event.pk,
        at=event.at,
        who=event.actor_name,
        role_label=ROLE_LABELS[Role(event.role)] if event.role in set(Role) else event.role,
        unit_code=event.unit_code,
        deed=deeds.word(event.verb),
        before=deeds.state(kind, event.before),
        after=deeds.state(kind, event.after),
        reason=event.reason,
        outcome=event.outcome,
        outcome_label=event.get_outcome_display(),
    )
