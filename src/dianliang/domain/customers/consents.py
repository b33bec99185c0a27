"""Consent, purpose by purpose: given, standing, taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit
from dianliang.domain.customers.access import MINORS
from dianliang.domain.customers.models import Consent, Customer
from dianliang.domain.directory.models import Unit
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError

Purpose = Consent.Purpose
HOWS = tuple(
    (str(value), str(label)) for value, label in Consent.How.choices if value != "recorded"
)
"""How a person can say it today."""
GUARDIAN_SPEAKS = "未成年人的同意应由监护人作出，请选“监护人代为同意”。"
PURPOSES = tuple((str(value), str(label)) for value, label in Purpose.choices)


class UnableToKeepConsentError(DomainError):
    """What was entered does not fit what is known of the consent."""

    code = "customers.unable-to-keep-consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLine:
    """A consent as the file shows it."""

    id: int
    purpose_label: str
    unit_name: str
    given_on: date
    given_how: str
    withdrawn_on: date | None
    withdrawn_how: str


@transaction.atomic
def give(
    *,
    customer: Customer,
    purpose: str,
    unit: Unit | None = None,
    how: str,
    given_on: date,
    on: date,
    by: Actor,
    at: datetime,
) -> Consent:
    """Write down that a customer agrees to one purpose.

    Raises:
        InvalidInputError: purpose, unit or manner is unknown, or the day lies ahead.
        UnableToKeepConsentError: this consent stands already.
    """
    if purpose not in Purpose.values:
        raise InvalidInputError("请选择同意的用途。", field="purpose")
    _check_how(how)
    if (purpose == Purpose.SHARE) != (unit is not None):
        message = "向联盟单位提供信息时应选择接收单位，其他用途不填单位。"
        raise InvalidInputError(message, field="unit")
    if customer.special_kind in MINORS and how != Consent.How.GUARDIAN:
        # 个人信息保护法 clause 31: under 14 it is the guardian's to say.
        raise InvalidInputError(GUARDIAN_SPEAKS, field="how")
    if given_on > on:
        raise InvalidInputError("同意日期不能晚于今天。", field="given_on")
    try:
        with transaction.atomic():
            consent = Consent.objects.create(
                customer=customer, purpose=purpose, unit=unit, given_on=given_on, given_how=how
            )
    except IntegrityError as error:  # the database keeps one that stands, of two presses too
        message = "这项同意已在册。如有变化，请先登记撤回。"
        raise UnableToKeepConsentError(message, field="purpose") from error
    if purpose == Purpose.VISITS:
        _mirror(customer, given_on)
    _record("customers.customer.consent", consent, by=by, at=at)
    return consent


@transaction.atomic
def withdraw(
    *, customer: Customer, consent_id: int, how: str, on: date, by: Actor, at: datetime
) -> Consent:
    """Write down that a customer takes a consent back: from this day on it does not hold.

    Raises:
        InvalidInputError: the manner is unknown.
        UnableToKeepConsentError: there is no such standing consent.
    """
    _check_how(how)
    consent = customer.consents.filter(pk=consent_id, withdrawn_on=None).first()
    if consent is None:
        raise UnableToKeepConsentError("这项同意已撤回或不存在，请刷新后再看。")
    consent.withdrawn_on, consent.withdrawn_how = max(on, consent.given_on), how
    consent.save(update_fields=["withdrawn_on", "withdrawn_how"])
    if consent.purpose == Purpose.VISITS:
        _mirror(customer, None)
    _record("customers.customer.withdraw_consent", consent, by=by, at=at)
    return consent


def _check_how(how: str) -> None:
    if how not in Consent.How.values:
        raise InvalidInputError("请选择同意或撤回的方式。", field="how")


def _mirror(customer: Customer, given_on: date | None) -> None:
    """Keep the day of the standing consent to visits on the customer: lists need no join."""
    customer.consented_on = given_on
    customer.save(update_fields=["consented_on"])


def _record(verb: str, consent: Consent, *, by: Actor, at: datetime) -> None:
    whom = consent.unit.name if consent.unit else ""
    audit.record(
        verb,
        target=consent.customer,
        by=by,
        at=at,
        after=f"{consent.get_purpose_display()} {whom}".strip(),
    )


def lines(customer: Customer) -> tuple[ConsentLine, ...]:
    """Return all consents of a customer, standing ones first."""
    rows = customer.consents.select_related("unit").order_by("withdrawn_on", "purpose", "pk")
    found = [
        ConsentLine(
            id=row.pk,
            purpose_label=row.get_purpose_display(),
            unit_name=row.unit.name if row.unit else "",
            given_on=row.given_on,
            given_how=row.get_given_how_display(),
            withdrawn_on=row.withdrawn_on,
            withdrawn_how=row.get_withdrawn_how_display() if row.withdrawn_how else "",
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda line: line.withdrawn_on is not None))


def refusers(customers: Collection[int], *, purpose: str) -> frozenset[int]:
    """Return who of them took back what was agreed for a purpose, and did not agree anew."""
    rows = Consent.objects.filter(customer__in=customers, purpose=purpose, unit=None)
    standing = set(rows.filter(withdrawn_on=None).values_list("customer_id", flat=True))
    said_no = rows.filter(withdrawn_on__isnull=False).values_list("customer_id", flat=True)
    return frozenset(said_no) - standing


def shared(customers: Collection[int]) -> frozenset[tuple[int, int]]:
    """Return which customer (key) lets us tell which unit (key) about him."""
    rows = Consent.objects.filter(
        customer__in=customers, purpose=Purpose.SHARE, withdrawn_on=None, unit__isnull=False
    )
    pairs = rows.values_list("customer_id", "unit_id")
    return frozenset((customer, unit) for customer, unit in pairs if unit is not None)
