"""Loans as both sides see them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from dianliang.domain.resources import access
from dianliang.domain.resources.lifecycle import LIVE_LOAN, LOAN, LOAN_LABELS
from dianliang.domain.resources.models import Loan, Resource
from dianliang.domain.resources.operations.lending import is_side
from dianliang.kernel.actor import Actor

VIEWS = {"live": "进行中", "late": "逾期未还", "over": "已结束", "all": "全部"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRow:
    """A loan as lists need it."""

    number: str
    resource: str
    resource_name: str
    kind_name: str
    lender: str
    borrower: str
    purpose: str
    place: str
    until_on: date
    is_late: bool
    status: str
    status_label: str
    asked_by: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanCard:
    """A whole loan, with what the reader may do now."""

    row: LoanRow
    sees_resource: bool
    condition_out: str
    condition_back: str
    is_damaged: bool
    reason: str
    handed_at: datetime | None
    returned_at: datetime | None
    photos: tuple[tuple[str, str], ...]
    verbs: tuple[tuple[str, str], ...]


def chosen(*, view: str, by: Actor, on: date) -> QuerySet[Loan]:
    """Return the loans of the actor's units cut by a view."""
    rows = access.loans(by)
    if view == "live":
        return rows.filter(status__in=LIVE_LOAN)
    if view == "late":
        return rows.filter(status="HANDED", until_on__lt=on)
    return rows.exclude(status__in=LIVE_LOAN) if view == "over" else rows


def row_of(loan: Loan, *, on: date) -> LoanRow:
    """Return a loan as lists need it."""
    return LoanRow(
        number=loan.number,
        resource=loan.resource.number,
        resource_name=loan.resource.name,
        kind_name=loan.resource.kind.name,
        lender=loan.lender.name,
        borrower=loan.borrower.name,
        purpose=loan.purpose,
        place=loan.place,
        until_on=loan.until_on,
        is_late=loan.status == "HANDED" and loan.until_on < on,
        status=loan.status,
        status_label=LOAN_LABELS[loan.status],
        asked_by=loan.asked_by,
        asked_at=loan.asked_at,
    )


def card(number: str, *, by: Actor, on: date) -> LoanCard:
    """Return a whole loan.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    loan = access.loan_to_see(number, by=by)
    photos = (("交付时", loan.photo_out), ("归还时", loan.photo_back))
    verbs = LOAN.verbs(loan.status, role=by.role)
    return LoanCard(
        row=row_of(loan, on=on),
        sees_resource=by.reaches_unit(loan.lender.path),
        condition_out=loan.condition_out,
        condition_back=loan.condition_back,
        is_damaged=loan.is_damaged,
        reason=loan.reason,
        handed_at=loan.handed_at,
        returned_at=loan.returned_at,
        photos=tuple((label, file.token) for label, file in photos if file is not None),
        verbs=tuple((one.verb, one.label) for one in verbs if is_side(loan, one.verb, by=by)),
    )


def of_resource(number: str, *, on: date) -> tuple[LoanRow, ...]:
    """Return the loans of a piece that somebody may see, newest first."""
    rows = Loan.objects.filter(resource__number=number)
    return tuple(
        row_of(loan, on=on) for loan in rows.select_related("resource__kind", "lender", "borrower")
    )


def lendable(*, words: str, kind: str, by: Actor) -> QuerySet[Resource]:
    """Return the free gear of neighbouring units that a form offers to borrow."""
    rows = access.lendable(by)
    if kind:
        rows = rows.filter(kind__code=kind)
    return rows.filter(name__icontains=words) if words else rows
