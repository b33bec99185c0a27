"""Every write to the file of a special customer."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import audit
from dianliang.core.models import AuditEvent
from dianliang.domain.customers.models import Customer
from dianliang.domain.customers.visiting import Care
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

LONGEST_INTERVAL_DAYS = 366
LONGEST_RENEWAL_DAYS = 731
"""Two years, as for critical care in 16 TAC §25.497; after that somebody looks again."""
LEVELS = (1, 2, 3)
"""1 is the closest care."""
AGREED = (
    "special_level",
    "visit_interval_days",
    "nominee",
    "key_holder",
    "visit_password",
    "preferred_team_code",
    "formats",
    "outage_note",
    "renewal_planned_on",
)
"""Written alone: a visit that a team reports meanwhile is not taken back."""


class UnableToKeepFileError(DomainError):
    """What was entered contradicts itself."""

    code = "customers.unable-to-keep-file"


@transaction.atomic
def agree(*, customer: Customer, care: Care, on: date, by: Actor, at: datetime) -> Customer:
    """Write down what is agreed: level, how often, nominee, password, formats, who comes.

    Raises:
        InvalidInputError: a field is out of range; it is named.
    """
    _check(care, on=on)
    before = f"{customer.special_level}级 {customer.visit_interval_days or '—'}天"
    customer.special_level = care.level
    customer.visit_interval_days = care.interval_days
    customer.nominee = care.nominee or customer.nominee
    customer.key_holder = care.key_holder or customer.key_holder
    customer.visit_password = care.visit_password or customer.visit_password
    customer.preferred_team_code = care.team_code
    customer.formats = list(care.formats)
    customer.outage_note = care.outage_note or customer.outage_note
    customer.renewal_planned_on = care.renewal_planned_on
    customer.save(update_fields=AGREED)
    audit.record(
        "customers.customer.agree",
        target=customer,
        by=by,
        at=at,
        before=before,
        after=f"{care.level}级 {care.interval_days}天",
    )
    return customer


def _check(care: Care, *, on: date) -> None:
    if care.level not in LEVELS:
        raise InvalidInputError("关爱等级应为 1、2 或 3。", field="level")
    if not 1 <= care.interval_days <= LONGEST_INTERVAL_DAYS:
        message = Phrase("走访间隔应在 1 到 %(most)s 天之间。", most=LONGEST_INTERVAL_DAYS)
        raise InvalidInputError(message, field="interval_days")
    if set(care.formats) - set(Customer.Format.values):
        raise InvalidInputError("有不认识的沟通方式，请重新勾选。", field="formats")
    if care.renewal_planned_on and care.renewal_planned_on < on:
        raise InvalidInputError("约定复核日不能早于今天。", field="renewal_planned_on")


@transaction.atomic
def renew(*, customer: Customer, until: date, on: date, by: Actor, at: datetime) -> Customer:
    """Confirm after looking again that level and consent still hold, until a day.

    Raises:
        UnableToKeepFileError: nobody agreed to visits, or the day is past or too far ahead.
    """
    if customer.consented_on is None:
        raise UnableToKeepFileError("请先登记客户对走访的同意，再复核。", field="until")
    if not on < until <= on + timedelta(days=LONGEST_RENEWAL_DAYS):
        raise UnableToKeepFileError("有效期应在明天到两年之间。", field="until")
    before = str(customer.renewal_due_on or "")
    customer.renewal_due_on, customer.renewal_planned_on = until, None
    customer.save(update_fields=["renewal_due_on", "renewal_planned_on"])
    audit.record(
        "customers.customer.renew", target=customer, by=by, at=at, before=before, after=str(until)
    )
    return customer


@transaction.atomic
def end_care(*, customer: Customer, reason: str, on: date, by: Actor, at: datetime) -> Customer:
    """End special care: the level goes, and with it what was kept for it alone.

    Raises:
        InvalidInputError: there is no reason.
    """
    if not reason.strip():
        raise InvalidInputError("请写明结束特殊关爱的原因。", field="reason")
    before = f"{customer.get_special_kind_display()} {customer.special_level}级"
    customer.special_kind, customer.special_level, customer.visit_interval_days = "", None, None
    customer.consented_on = customer.renewal_due_on = customer.renewal_planned_on = None
    customer.nominee = customer.key_holder = customer.visit_password = customer.outage_note = ""
    customer.formats, customer.preferred_team_code = [], ""
    ended = ("special_kind", "consented_on", "renewal_due_on")
    customer.save(update_fields=[*AGREED, *ended])
    standing = customer.consents.filter(withdrawn_on=None)
    for consent in standing:
        consent.withdrawn_on, consent.withdrawn_how = max(on, consent.given_on), "recorded"
        consent.save(update_fields=["withdrawn_on", "withdrawn_how"])
    audit.record(
        "customers.customer.end_care",
        target=customer,
        by=by,
        at=at,
        before=before,
        reason=reason.strip()[:200],
    )
    return customer


@transaction.atomic
def take_over(
    *, customer: Customer, changes: Mapping[str, Any], by: Actor, at: datetime
) -> Customer:
    """Write what a checked row of a table says about a customer's care."""
    for name, value in changes.items():
        setattr(customer, name, value)
    if changes:
        customer.save(update_fields=[*changes])
    audit.record(
        "customers.customer.import",
        target=customer,
        by=by,
        at=at,
        after=f"{customer.special_level}级 {customer.visit_interval_days or '—'}天",
    )
    return customer


@transaction.atomic
def note_visit(
    *, customer: Customer, on: date, team_code: str, by: Actor, at: datetime
) -> Customer:
    """Note that somebody came; the same team is asked for next time.

    A visit that is told late does not take back a later one. A team that was agreed stays.
    """
    if customer.last_visited_on is None or on > customer.last_visited_on:
        customer.last_visited_on = on
    customer.preferred_team_code = customer.preferred_team_code or team_code
    customer.save(update_fields=["last_visited_on", "preferred_team_code"])
    audit.record("customers.customer.visit", target=customer, by=by, at=at, after=str(on))
    return customer


def reveal(*, customer: Customer, reason: str, by: Actor, at: datetime) -> Customer:
    """Open the personal details of a file, with a reason that is kept.

    Raises:
        InvalidInputError: there is no reason.
    """
    if not reason.strip():
        raise InvalidInputError("查看个人信息必须说明原因。", field="reason")
    audit.record(
        "customers.customer.reveal", target=customer, by=by, at=at, reason=reason.strip()[:200]
    )
    return customer


def tell_nominee(*, customer: Customer, reason: str, by: Actor, at: datetime) -> None:
    """Note that whom to call in place of a minor was told, and nothing else of the file."""
    audit.record(
        "customers.customer.tell_nominee",
        target=customer,
        by=by,
        at=at,
        reason=reason.strip()[:200],
    )


def note_denial(*, customer: Customer, reason: str, by: Actor, at: datetime) -> None:
    """Note that somebody asked for personal details and did not get them."""
    audit.record(
        "customers.customer.reveal",
        target=customer,
        by=by,
        at=at,
        reason=reason.strip()[:200],
        outcome=AuditEvent.Outcome.DENIED,
    )


def note_reading(*, customer: Customer, by: Actor, at: datetime) -> None:
    """Note that a file was opened: reading a sensitive file is an event too."""
    audit.record("customers.customer.read", target=customer, by=by, at=at)
