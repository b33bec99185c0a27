"""Give from a purpose: asked for, approved by another person, set aside, handed out."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.ledger.giving import Thing, UnableToGiveError, check_thing, fund, outside
from dianliang.domain.ledger.lifecycle import GRANT
from dianliang.domain.ledger.models import Book, Drive, Grant, Pairing
from dianliang.domain.ledger.operations import Line, OwnBenefitError, Source, post, reverse
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiary:
    """Who is to receive, and what the public reads of him; `account` is his own, if he has one."""

    name: str
    shown_name: str
    people: int = 1
    account: str = ""


@transaction.atomic
def ask(
    *,
    drive: Drive,
    thing: Thing,
    beneficiary: Beneficiary,
    words: str,
    by: Actor,
    at: datetime,
    pairing: Pairing | None = None,
) -> Grant:
    """Ask that a purpose gives somebody something (申请发放).

    Raises:
        InvalidInputError: amount, beneficiary or words cannot be.
        UnableToGiveError: the pairing is not of the drive.
    """
    check_thing(thing)
    if not 1 <= beneficiary.people <= 1_000_000:
        raise InvalidInputError("受益人数应为正整数。", field="people")
    if pairing is not None and not (drive.is_for_pairings and pairing.status == "ACTIVE"):
        raise UnableToGiveError("只有爱心结对项目、且结对中的，才能发放到结对。", field="pairing")
    grant = Grant.objects.create(
        number=next_number("FF", at=at),
        drive=drive,
        pairing=pairing,
        beneficiary=clean_text(
            beneficiary.name, field="beneficiary", label="受益人", most=60, least=2
        ),
        beneficiary_account=beneficiary.account,
        shown_name=clean_text(
            beneficiary.shown_name, field="shown_name", label="公示称呼", most=60, least=2
        ),
        people=beneficiary.people,
        book=Book.objects.get(code=thing.book),
        article=thing.article,
        amount=thing.amount,
        words=clean_text(words, field="words", label="用于", most=200, least=2),
        asked_by=by.id,
        asked_name=by.name,
        asked_at=at,
    )
    audit.record(
        "ledger.grant.ask",
        target=grant,
        by=by,
        at=at,
        after=f"{drive.number} {thing.amount}",
        reason=grant.words,
    )
    return grant


@transaction.atomic
def approve(*, grant: Grant, by: Actor, at: datetime) -> Grant:
    """Approve who benefits, and set the amount aside for him (批准).

    Raises:
        OwnBenefitError: the actor asked for it, or would benefit.
        OverdrawnError: the purpose has not so much.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    _require_other(grant, by=by)
    thing = _thing(grant)
    entry = post(
        book=thing.book,
        lines=(
            Line(fund(grant.drive, thing), -thing.amount, "", grant.drive.unit.code),
            Line(fund(grant, thing), thing.amount, "", grant.drive.unit.code),
        ),
        source=Source("grant", grant.number),
        on=at.astimezone(SHANGHAI).date(),
        words=f"{grant.drive.title}：批准发放",
        by=by,
        at=at,
        key=f"grant/{grant.number}/approve",
    )
    return transitions.apply(
        grant,
        "approve",
        lifecycle=GRANT,
        by=by,
        at=at,
        changes={"set_aside": entry, **_decision(by, at)},
    )


@transaction.atomic
def refuse(*, grant: Grant, because: str, by: Actor, at: datetime) -> Grant:
    """Refuse a grant, with a reason (不批准).

    Raises:
        OwnBenefitError: the actor asked for it himself; he may withdraw it.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    because = clean_text(because, field="because", label="原因", most=200, least=2)
    _require_other(grant, by=by)
    changes = {"because": because, **_decision(by, at)}
    return transitions.apply(
        grant, "refuse", lifecycle=GRANT, by=by, at=at, note=because, changes=changes
    )


@transaction.atomic
def hand_out(
    *, grant: Grant, on: date, by: Actor, at: datetime, proof: StoredFile | None = None
) -> Grant:
    """Note that the beneficiary has received what was set aside (发放).

    Raises:
        UnableToGiveError: the day is before the approval.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if grant.decided_at is not None and on < grant.decided_at.astimezone(SHANGHAI).date():
        raise UnableToGiveError("发放日期不能早于批准日期。", field="on")
    GRANT.target(grant.status, "hand_out", role=by.role)
    thing = _thing(grant)
    entry = post(
        book=thing.book,
        lines=(
            Line(fund(grant, thing), -thing.amount, "", grant.drive.unit.code),
            Line(outside(thing, "received"), thing.amount),
        ),
        source=Source("grant", grant.number),
        on=on,
        words=f"{grant.drive.title}：发放",
        by=by,
        at=at,
        key=f"grant/{grant.number}/hand_out",
    )
    changes = {"handed_out": entry, "handed_on": on, "handed_name": by.name, "proof": proof}
    return transitions.apply(grant, "hand_out", lifecycle=GRANT, by=by, at=at, changes=changes)


@transaction.atomic
def withdraw(*, grant: Grant, because: str, by: Actor, at: datetime) -> Grant:
    """Take a grant back; what was set aside or handed out returns to the purpose (撤回).

    Raises:
        InvalidInputError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    because = clean_text(because, field="because", label="原因", most=200, least=2)
    GRANT.target(grant.status, "withdraw", role=by.role)
    for entry in (grant.handed_out, grant.set_aside):
        if entry is not None:
            reverse(entry.number, because=because, by=by, at=at)
    changes = {"because": because, "set_aside": None, "handed_out": None, "handed_on": None}
    return transitions.apply(
        grant, "withdraw", lifecycle=GRANT, by=by, at=at, note=because, changes=changes
    )


def _thing(grant: Grant) -> Thing:
    return Thing(book=grant.book.code, amount=grant.amount, article=grant.article)


def _decision(by: Actor, at: datetime) -> dict[str, object]:
    return {"decided_by": by.id, "decided_name": by.name, "decided_at": at}


def _require_other(grant: Grant, *, by: Actor) -> None:
    if grant.asked_by == by.id:
        raise OwnBenefitError("申请人不能审批自己提出的发放，请由另一人审批。")
    if by.id == grant.beneficiary_account or by.name == grant.beneficiary:
        raise OwnBenefitError("受益人不能审批给自己的发放，请由他人审批。")
