"""Appeals against a result: made while it is shown, decided by another person."""

from datetime import datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.appraisal.lifecycle import APPEAL
from dianliang.domain.appraisal.models import Appeal, Indicator, Mark, Round
from dianliang.domain.appraisal.operations.rounds import (
    Subject,
    UnableToRateError,
    hold,
    require_other,
)
from dianliang.kernel.actor import Actor


@transaction.atomic
def appeal(
    *,
    round_: Round,
    indicator: Indicator,
    subject: Subject,
    words: str,
    by: Actor,
    at: datetime,
) -> Appeal:
    """Say that a figure of the result is wrong (申诉).

    Raises:
        UnableToRateError: the result is not being shown, or an appeal about it is open.
    """
    if hold(round_).status != "SHOWN":
        raise UnableToRateError("只有公示期间可以申诉。", field="words")
    try:
        with transaction.atomic():
            made = Appeal.objects.create(
                number=next_number("KS", at=at),
                round=round_,
                indicator=indicator,
                subject=subject.code,
                subject_name=subject.name,
                branch=subject.branch,
                words=words,
                made_by=by.id,
                made_name=by.name,
                made_at=at,
            )
    except IntegrityError as error:  # the database keeps one that is open, of two presses too
        raise UnableToRateError("这一项的申诉正在处理，请等待裁定。") from error
    audit.record("appraisal.appeal.make", target=made, by=by, at=at, reason=words)
    return made


@transaction.atomic
def decide(
    *,
    appeal: Appeal,
    verb: str,
    points: int | None,
    because: str,
    subject: Subject,
    by: Actor,
    at: datetime,
) -> Appeal:
    """Uphold an appeal, with the mark that is due where marks are given, or reject it (裁定).

    Raises:
        UnableToRateError: it is the actor's own appeal, mark or affair, or a mark is missing.
        IllegalTransitionError, StaleStateError: it is decided already.
    """
    if appeal.made_by == by.id:
        raise UnableToRateError("不能裁定自己提出的申诉，请由另一人裁定。")
    require_other(subject, by=by, at=at)
    about = Mark.objects.filter(
        round=appeal.round, indicator=appeal.indicator, subject=appeal.subject
    )
    given = about.first()
    if given is not None and given.assessor == by.id:
        raise UnableToRateError("这一项由您评分，申诉须由另一人裁定。")
    is_by_hand = not appeal.indicator.measure
    if verb == "uphold" and is_by_hand and (points is None or not 0 <= points <= 100):
        raise UnableToRateError("支持申诉时，请填写裁定评分（0 到 100）。", field="mark")
    moved = transitions.apply(
        appeal,
        verb,
        lifecycle=APPEAL,
        by=by,
        at=at,
        note=because,
        changes={
            "decided_by": by.id,
            "decided_name": by.name,
            "decided_at": at,
            "because": because,
        },
    )
    if verb == "uphold" and is_by_hand and points is not None:
        about.update(
            mark=points,
            words=f"申诉 {appeal.number}：{because}"[:300],
            assessor=by.id,
            assessor_name=by.name,
            assessor_person=by.person_number,
            at=at,
        )
    return moved
