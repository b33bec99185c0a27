"""Somebody finds his points wrong: another person decides, a counter-entry corrects."""

from datetime import datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.ledger.lifecycle import APPEAL
from dianliang.domain.ledger.models import Appeal, Award
from dianliang.domain.ledger.operations import OwnBenefitError, post_all, reverse
from dianliang.domain.ledger.retracting import last_entry
from dianliang.domain.ledger.rules import MOST_POINTS
from dianliang.domain.ledger.settling import posting_of, require_other
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text


class UnableToAppealError(DomainError):
    """This cannot be appealed, or not decided like this."""

    code = "ledger.unable-to-appeal"


@transaction.atomic
def appeal(*, award: Award, wanted: int, words: str, by: Actor, at: datetime) -> Appeal:
    """Say that points are wrong, and how many would be right (申诉).

    Raises:
        InvalidInputError: the reason or the number cannot be.
        UnableToAppealError: nothing has been shown yet, or an appeal is open.
    """
    words = clean_text(words, field="words", label="申诉理由", most=500, least=4)
    if not 0 <= wanted <= MOST_POINTS:
        raise InvalidInputError(
            Phrase("主张得分应为 0 到 %(most)d。", most=MOST_POINTS), field="wanted"
        )
    if award.settlement.status not in ("NOTICE", "POSTED"):
        raise UnableToAppealError("这条积分还没有公示，公示后可以申诉。")
    if wanted == _stands(award):
        raise UnableToAppealError("主张得分与现得分相同，无须申诉。", field="wanted")
    try:
        with transaction.atomic():
            made = Appeal.objects.create(
                number=next_number("SS", at=at),
                award=award,
                words=words,
                wanted=wanted,
                made_at=at,
                made_by=by.id,
                made_name=by.name,
            )
    except IntegrityError as error:  # the database keeps one that is open, of two presses too
        raise UnableToAppealError("这条积分的申诉正在处理，请等待裁定。") from error
    audit.record("ledger.appeal.make", target=made, by=by, at=at, after=str(wanted), reason=words)
    return made


def _stands(award: Award) -> int:
    """Return what an award gives as it stands: refused, appealed or as it was counted."""
    last = award.appeals.filter(status="UPHELD").order_by("-pk").first()
    if last is not None and last.granted is not None:
        return last.granted
    return 0 if award.refused_because else award.points


@transaction.atomic
def decide(
    *, appeal: Appeal, verb: str, granted: int | None, because: str, by: Actor, at: datetime
) -> Appeal:
    """Uphold an appeal, with the points that are due, or reject it (裁定).

    What has been entered is undone by a counter-entry and entered as decided; what has not is
    changed before it is.

    Raises:
        OwnBenefitError: it is the actor's own appeal, points, team or earlier decision.
        InvalidInputError: a reason or the points are missing.
        IllegalTransitionError, StaleStateError: it is decided already.
    """
    because = clean_text(because, field="because", label="裁定理由", most=500, least=4)
    award = appeal.award
    if appeal.made_by == by.id:
        raise OwnBenefitError("不能裁定自己提出的申诉，请由他人裁定。")
    if award.decided_by == by.id:
        raise OwnBenefitError("这条积分由您审核，申诉须由另一人裁定。")
    require_other(award, by=by)
    is_upheld = verb == "uphold"
    if is_upheld and (granted is None or not 0 <= granted <= MOST_POINTS):
        raise InvalidInputError("支持申诉时，请填写裁定得分。", field="granted")
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
            "decided_person": Person.objects.filter(number=by.person_number or "-").first(),
            "decided_at": at,
            "because": because,
            "granted": granted if is_upheld else None,
        },
    )
    if is_upheld and granted is not None:
        _correct(moved, granted, by=by, at=at)
    return moved


def _correct(appeal: Appeal, granted: int, *, by: Actor, at: datetime) -> None:
    award = appeal.award
    if award.settlement.status == "NOTICE":
        Award.objects.filter(pk=award.pk).update(points=granted, refused_because="")
        return
    standing = last_entry(award)
    if standing is not None:
        because = f"申诉 {appeal.number}：{appeal.because}"[:200]
        appeal.counter_entry = reverse(standing.number, because=because, by=by, at=at)
    if granted:
        key, words = f"appeal/{appeal.number}", f"申诉 {appeal.number} {award.rule.name}"
        posting = posting_of(award, points=granted, key=key, words=words)
        (appeal.new_entry,) = post_all(postings=[posting], by=by, at=at)
    appeal.save(update_fields=["counter_entry", "new_entry"])
