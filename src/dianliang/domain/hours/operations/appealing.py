"""Somebody objects to hours, or to their refusal; another person than before decides."""

from datetime import datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.hours.lifecycle import HOUR, HOUR_APPEAL
from dianliang.domain.hours.models import Appeal, HourRecord
from dianliang.domain.hours.operations import correcting
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import DomainError

MOST_OPEN = 5
"""Open appeals about one record: more than that say the same again."""
AGAINST_WHAT = ("ON_NOTICE", "DISPUTED", "PUBLISHED")


class UnableToAppealError(DomainError):
    """This record cannot be objected to like this, or not decided by this person."""

    code = "hours.unable-to-appeal"


@transaction.atomic
def appeal(
    *,
    record: HourRecord,
    side: str,
    words: str,
    name: str,
    contact: str,
    by: Actor | None,
    at: datetime,
) -> Appeal:
    """Object to a record that is public, or to the refusal of one; its publication waits.

    The same words of the same person a second time change nothing while the first are open.

    Raises:
        UnableToAppealError: the record is in no state for it, has five open appeals, or was
            taken back.
    """
    record = HourRecord.objects.select_for_update().get(pk=record.pk)
    is_against = side == Appeal.Side.AGAINST
    fits = record.status in AGAINST_WHAT if is_against else record.status == "REJECTED"
    if not fits or record.reverses_id or HourRecord.objects.filter(reverses=record).exists():
        message = "只能对公示中、已公布的时长提出异议，或对不予认定的时长申请复核。"
        raise UnableToAppealError(message)
    waiting = list(record.appeals.filter(status="OPEN"))
    told = (side, words, name, contact)
    same = [a for a in waiting if (a.side, a.words, a.name, a.contact) == told]
    if same:
        return same[0]
    if len(waiting) >= MOST_OPEN:
        raise UnableToAppealError("这条时长已有多条异议在处理，请等待处理结果。")
    made = Appeal.objects.create(
        number=next_number("YY", at=at),
        record=record,
        side=side,
        words=words,
        name=name,
        contact=contact,
        made_by=by.id if by else "",
        made_at=at,
    )
    audit.record("hours.appeal.make", target=made, by=by or SYSTEM, at=at, after=record.number)
    if record.status == "ON_NOTICE":
        transitions.apply(record, "dispute", lifecycle=HOUR, by=SYSTEM, at=at, note=made.number)
    return made


@transaction.atomic
def uphold(*, appeal: Appeal, decision: str, by: Actor, at: datetime) -> Appeal:
    """Decide that the one who objects is right: strike, take back, or look again.

    What was struck or taken back meanwhile stays so.

    Raises:
        UnableToAppealError: the actor gains by it, reviewed the record, or wrote the appeal.
        IllegalTransitionError, NotYourTurnError, StaleStateError: somebody was quicker.
    """
    record = _decided(appeal, "uphold", decision, by=by, at=at)
    if appeal.side == Appeal.Side.FOR:
        transitions.apply(record, "look_again", lifecycle=HOUR, by=by, at=at, note=decision)
    elif record.status == "DISPUTED":
        transitions.apply(record, "strike", lifecycle=HOUR, by=by, at=at, note=decision)
    elif record.status == "PUBLISHED" and not hasattr(record, "reversal"):
        correcting.take_back(record=record, because=decision, by=by, at=at)
    return appeal


@transaction.atomic
def dismiss(*, appeal: Appeal, decision: str, by: Actor, at: datetime) -> Appeal:
    """Decide that nothing changes; the notice of the record goes on when no appeal is left.

    Raises:
        UnableToAppealError: the actor gains by it, reviewed the record, or wrote the appeal.
        IllegalTransitionError, NotYourTurnError, StaleStateError: somebody was quicker.
    """
    record = _decided(appeal, "dismiss", decision, by=by, at=at)
    is_last = not record.appeals.filter(status="OPEN").exists()
    if record.status == "DISPUTED" and is_last:
        transitions.apply(record, "keep", lifecycle=HOUR, by=by, at=at, note=decision)
    return appeal


def _decided(appeal: Appeal, verb: str, decision: str, *, by: Actor, at: datetime) -> HourRecord:
    record = HourRecord.objects.select_for_update().get(pk=appeal.record_id)
    if by.person_number and by.person_number == record.person.number:
        raise UnableToAppealError("这是您本人的时长，请由其他人决定。")
    if by.id in {record.reviewed_by, appeal.made_by}:
        raise UnableToAppealError("审核过这条时长或提出异议的人不能作决定，请由另一人处理。")
    if not decision:
        raise UnableToAppealError("请写明决定的理由。", field="decision")
    transitions.apply(
        appeal,
        verb,
        lifecycle=HOUR_APPEAL,
        by=by,
        at=at,
        note=decision,
        changes={"decision": decision, "decided_by_name": by.name, "decided_at": at},
    )
    return record
