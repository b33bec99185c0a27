"""Gear goes from one unit to another and comes back: asked, granted, handed over, returned."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.resources import standing
from dianliang.domain.resources.lifecycle import LENDERS_VERBS, LOAN
from dianliang.domain.resources.models import Loan, Resource
from dianliang.domain.resources.operations.things import Spot, move
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, StaleStateError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase


class UnableToLendError(DomainError):
    """The piece cannot be lent like this."""

    code = "resources.unable-to-lend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """In what condition a piece changed hands, perhaps with a photo."""

    words: str
    is_damaged: bool = False
    photo: StoredFile | None = None


@transaction.atomic
def ask(
    *,
    resource: Resource,
    borrower: Unit,
    purpose: str,
    spot: Spot,
    until_on: date,
    by: Actor,
    at: datetime,
) -> Loan:
    """Ask the unit that owns a piece to lend it (申请借用).

    Raises:
        UnableToLendError: it is the unit's own, not free, or the last day has passed.
    """
    today = at.astimezone(SHANGHAI).date()
    if borrower.pk == resource.unit_id:
        raise UnableToLendError("这是本单位的装备，不用借。", field="number")
    if until_on < today:
        raise UnableToLendError("归还期限不能早于今天。", field="until_on")
    why = standing.why_not(resource, late=standing.overdue([resource.pk], on=today))
    if why:
        raise UnableToLendError(
            Phrase("%(resource)s现在不能借：%(why)s。", resource=resource, why=why), field="number"
        )
    loan = Loan.objects.create(
        number=next_number("JW", at=at),
        resource=resource,
        lender=resource.unit,
        borrower=borrower,
        purpose=purpose,
        place=spot.place,
        lat=spot.at.lat,
        lon=spot.at.lon,
        until_on=until_on,
        asked_by=by.name,
        asked_at=at,
    )
    audit.record("resources.loan.ask", target=loan, by=by, at=at, reason=purpose)
    return loan


@transaction.atomic
def answer(*, loan: Loan, verb: str, words: str, by: Actor, at: datetime) -> Loan:
    """Grant a loan, refuse it, or take back the asking.

    Raises:
        UnableToLendError: it is not the actor's side, there is no reason, or another has the
            piece.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    _require_side(loan, verb, by)
    if verb != "grant" and not words:
        raise UnableToLendError("请写明原因。", field="reason")
    changes = {} if verb == "grant" else {"reason": words}
    try:
        with transaction.atomic():
            return transitions.apply(
                loan, verb, lifecycle=LOAN, by=by, at=at, note=words, changes=changes
            )
    except IntegrityError as taken:
        raise UnableToLendError("这件装备已同意借给别的单位。") from taken


@transaction.atomic
def hand_over(*, loan: Loan, condition: Condition, by: Actor, at: datetime) -> Loan:
    """Give the piece to who borrows it (交付).

    Raises:
        UnableToLendError: it is not the lender who acts, the piece has gone elsewhere, or it
            should be back by now.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    _require_side(loan, "hand_over", by)
    _require_words(condition)
    resource = Resource.objects.select_related("unit", "store").get(pk=loan.resource_id)
    today = at.astimezone(SHANGHAI).date()
    if loan.until_on < today:
        message = Phrase(
            "约好 %(until_on)s 归还，已经过了。请借用方取消后重新申请。", until_on=loan.until_on
        )
        raise UnableToLendError(message)
    why = standing.why_not(resource, late=standing.overdue([resource.pk], on=today))
    if why:
        raise UnableToLendError(
            Phrase("%(resource)s现在不能交付：%(why)s。", resource=resource, why=why)
        )
    spot = Spot(place=loan.place, at=GeoPoint(loan.lat, loan.lon))
    try:
        move(
            resource=resource,
            verb="lend",
            words=loan.number,
            by=by,
            at=at,
            spot=spot,
            holder=loan.borrower,
        )
    except StaleStateError as gone:
        raise UnableToLendError("这件装备刚被指派出去，请另选一件。") from gone
    changes = {"handed_at": at, "condition_out": condition.words, "photo_out": condition.photo}
    return transitions.apply(
        loan, "hand_over", lifecycle=LOAN, by=by, at=at, note=condition.words, changes=changes
    )


@transaction.atomic
def take_back(*, loan: Loan, condition: Condition, by: Actor, at: datetime) -> Loan:
    """Take the piece back, looking at its condition; a damaged one goes to be repaired (归还验收).

    Raises:
        UnableToLendError: it is not the lender who acts, or nothing is said of the condition.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    _require_side(loan, "return", by)
    _require_words(condition)
    changes = {
        "returned_at": at,
        "condition_back": condition.words,
        "photo_back": condition.photo,
        "is_damaged": condition.is_damaged,
    }
    back = transitions.apply(
        loan, "return", lifecycle=LOAN, by=by, at=at, note=condition.words, changes=changes
    )
    resource = Resource.objects.select_related("unit", "store").get(pk=loan.resource_id)
    home = Spot(place=resource.store.name, at=GeoPoint(resource.store.lat, resource.store.lon))
    verb = "repair" if condition.is_damaged else "take_back"
    move(resource=resource, verb=verb, words=loan.number, by=by, at=at, spot=home)
    return back


def is_side(loan: Loan, verb: str, *, by: Actor) -> bool:
    """Tell whether a verb is for the side that the actor is on."""
    side = loan.lender if verb in LENDERS_VERBS else loan.borrower
    return by.reaches_unit(side.path)


def _require_side(loan: Loan, verb: str, by: Actor) -> None:
    if not is_side(loan, verb, by=by):
        side = loan.lender if verb in LENDERS_VERBS else loan.borrower
        raise UnableToLendError(Phrase("这一步由%(name)s办理。", name=side.name))


def _require_words(condition: Condition) -> None:
    if not condition.words:
        raise UnableToLendError("请写明装备状况。", field="condition")
