"""Every write to the file of a special customer."""

from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.customers.models import Customer
from dianliang.domain.customers.visiting import Care
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError

LONGEST_INTERVAL_DAYS = 366
LEVELS = (1, 2, 3)
"""1 is the closest care."""


class UnableToKeepFileError(DomainError):
    """What was entered contradicts itself."""

    code = "customers.unable-to-keep-file"


@transaction.atomic
def agree(*, customer: Customer, care: Care, on: date, by: Actor, at: datetime) -> Customer:
    """Write down what is agreed: level, how often, consent, nominee, password, who comes.

    Raises:
        InvalidInputError: a field is out of range; it is named.
        UnableToKeepFileError: consent lies in the future, or ends before it began.
    """
    _check(care, on=on)
    before = f"{customer.special_level}级 {customer.visit_interval_days or '—'}天"
    customer.special_level = care.level
    customer.visit_interval_days = care.interval_days
    customer.consented_on = care.consented_on
    customer.renewal_due_on = care.renewal_due_on
    customer.nominee = care.nominee
    customer.preferred_team_code = care.team_code
    if care.visit_password:
        customer.visit_password = care.visit_password
    customer.save()
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
        message = f"走访间隔应在 1 到 {LONGEST_INTERVAL_DAYS} 天之间。"
        raise InvalidInputError(message, field="interval_days")
    if care.consented_on and care.consented_on > on:
        raise UnableToKeepFileError("同意日期不能晚于今天。", field="consented_on")
    if care.renewal_due_on and not care.consented_on:
        raise UnableToKeepFileError("请先登记客户本人同意的日期。", field="consented_on")
    if care.consented_on and care.renewal_due_on and care.renewal_due_on <= care.consented_on:
        raise UnableToKeepFileError("复核日期应晚于同意日期。", field="renewal_due_on")


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


def note_reading(*, customer: Customer, by: Actor, at: datetime) -> None:
    """Note that a file was opened: reading a sensitive file is an event too."""
    audit.record("customers.customer.read", target=customer, by=by, at=at)
