"""A person who does not gain by it looks at time that came in."""

from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import transitions
from dianliang.domain.hours.doubting import doubts_of
from dianliang.domain.hours.lifecycle import HOUR
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined


class UnableToReviewError(DomainError):
    """This person may not decide about this record, or not like this."""

    code = "hours.unable-to-review"


@transaction.atomic
def approve(
    *,
    record: HourRecord,
    words: str = "",
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> HourRecord:
    """Let a record count, as it came in or cut to a narrower span (核减).

    A doubt needs words; time that another counted record already takes up cannot count twice.

    Raises:
        UnableToReviewError: the actor gains by it or declared it himself; the span is wider than
            the record; there are doubts and no words; or the time overlaps counted time.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `transitions.apply`.
    """
    require_other(record, by=by)
    # Whoever approves another record of the same person at the same moment waits here.
    Person.objects.select_for_update().get(pk=record.person_id)
    changes = _narrowed(record, started_at, ended_at, words=words)
    for name, value in changes.items():
        setattr(record, name, value)
    found = doubts_of([record])[record.pk]
    blocking = next((doubt for doubt in found if doubt.blocks), None)
    if blocking is not None:
        message = Phrase(
            "%(number)s%(reason)s（%(detail)s）。%(todo)s",
            number=record.number,
            reason=Phrase(blocking.reason),
            detail=Phrase(blocking.detail),
            todo=Phrase(blocking.todo),
        )
        raise UnableToReviewError(message, field="started_at")
    if found and not words:
        reasons = joined("、", (Phrase(doubt.reason) for doubt in found))
        message = Phrase(
            "%(number)s：%(reasons)s。请写明核实的情况再通过。",
            number=record.number,
            reasons=reasons,
        )
        raise UnableToReviewError(message, field="words")
    changes |= _seen(by, words)
    return transitions.apply(
        record, "approve", lifecycle=HOUR, by=by, at=at, note=words, changes=changes
    )


@transaction.atomic
def reject(*, record: HourRecord, words: str, by: Actor, at: datetime) -> HourRecord:
    """Refuse a record, with the reason that its person is told.

    Raises:
        UnableToReviewError: the actor gains by it or declared it, or there is no reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `transitions.apply`.
    """
    require_other(record, by=by)
    if not words:
        raise UnableToReviewError("请写明不予认定的原因，本人会看到。", field="words")
    return transitions.apply(
        record, "reject", lifecycle=HOUR, by=by, at=at, note=words, changes=_seen(by, words)
    )


def require_other(record: HourRecord, *, by: Actor) -> None:
    """Refuse whoever gains by a record, or wrote it down by hand.

    Raises:
        UnableToReviewError: the actor does.
    """
    if by.person_number and by.person_number == record.person.number:
        message = Phrase("%(number)s 是您本人的时长，请由其他人审核。", number=record.number)
        raise UnableToReviewError(message)
    is_by_hand = record.source_kind == HourRecord.Source.DECLARED
    if is_by_hand and record.entered_by == by.id:
        message = Phrase("%(number)s 是您登记的申报，请由其他人审核。", number=record.number)
        raise UnableToReviewError(message)


def _narrowed(
    record: HourRecord, started_at: datetime | None, ended_at: datetime | None, *, words: str
) -> dict[str, object]:
    first, last = started_at or record.started_at, ended_at or record.ended_at
    if (first, last) == (record.started_at, record.ended_at):
        return {}
    if not record.started_at <= first < last <= record.ended_at:
        message = "核减后的时段应在原时段之内，且结束晚于开始。"
        raise UnableToReviewError(message, field="started_at")
    if not words:
        raise UnableToReviewError("请写明核减的依据。", field="words")
    minutes = min(record.minutes, (last - first) // timedelta(minutes=1))
    if minutes < 1:
        raise UnableToReviewError("核减后不足一分钟，请改为“不予认定”。", field="ended_at")
    return {"started_at": first, "ended_at": last, "minutes": minutes}


def _seen(by: Actor, words: str) -> dict[str, object]:
    return {"reviewed_by": by.id, "reviewed_by_name": by.name, "review_words": words}
