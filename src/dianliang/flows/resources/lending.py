"""Gear goes to another unit and comes back."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import files
from dianliang.domain.resources import access
from dianliang.domain.resources.models import Loan
from dianliang.domain.resources.operations import lending
from dianliang.domain.resources.operations.lending import Condition
from dianliang.flows.resources.fields import spot_of, unit_of, words
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in to borrow a piece."""

    number: str
    borrower: str
    purpose: str
    place: str
    lat: str
    lon: str
    until_on: date


def ask(*, asked: Asked, by: Actor, at: datetime) -> Loan:
    """Ask for a piece of another unit.

    Raises:
        InvalidInputError, UnableToLendError: a field makes no sense; it is named.
    """
    number = asked.number.replace("\0", "")
    resource = access.lendable(by).filter(number=number).first()
    if resource is None:
        raise InvalidInputError("请选择一件可借的装备。", field="number")
    return lending.ask(
        resource=resource,
        borrower=unit_of(asked.borrower, by=by, field="borrower"),
        purpose=words(asked.purpose, field="purpose", label="用途", most=200, least=2),
        spot=spot_of(asked.place, asked.lat, asked.lon),
        until_on=asked.until_on,
        by=by,
        at=at,
    )


def answer(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> Loan:
    """Grant, refuse or cancel; see the operation."""
    loan = access.loan_to_see(number, by=by)
    told = words(reason, field="reason", label="原因", most=200, least=0)
    return lending.answer(loan=loan, verb=verb, words=told, by=by, at=at)


@transaction.atomic
def hand_over(*, number: str, condition: str, photo: bytes | None, by: Actor, at: datetime) -> Loan:
    """Give the piece away, with its condition; see the operation."""
    loan = access.loan_to_see(number, by=by)
    how = _condition(condition, photo, is_damaged=False, at=at)
    return lending.hand_over(loan=loan, condition=how, by=by, at=at)


@transaction.atomic
def take_back(
    *,
    number: str,
    condition: str,
    is_damaged: bool,
    photo: bytes | None,
    by: Actor,
    at: datetime,
) -> Loan:
    """Take the piece back, looking at its condition; see the operation."""
    loan = access.loan_to_see(number, by=by)
    how = _condition(condition, photo, is_damaged=is_damaged, at=at)
    return lending.take_back(loan=loan, condition=how, by=by, at=at)


def _condition(text: str, photo: bytes | None, *, is_damaged: bool, at: datetime) -> Condition:
    return Condition(
        words=words(text, field="condition", label="装备状况", most=200, least=2),
        is_damaged=is_damaged,
        photo=files.keep_image(photo, at=at, field="photo") if photo else None,
    )


def photo_of(*, number: str, token: str, by: Actor) -> bytes:
    """Return a photo of a loan.

    Raises:
        NotVisibleError: it is absent, or not of this loan.
    """
    loan = access.loan_to_see(number, by=by)
    for file in (loan.photo_out, loan.photo_back):
        if file is not None and file.token == token:
            return files.read(file)
    raise NotVisibleError("没有找到这张照片。")
