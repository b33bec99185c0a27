"""What is wrong after publication is taken back by a counter-entry and told anew."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.hours.operations import posting
from dianliang.domain.hours.operations.reviewing import UnableToReviewError
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase


class UnableToCorrectError(DomainError):
    """Only a published record that stands can be corrected, and only within a day."""

    code = "hours.unable-to-correct"


@transaction.atomic
def take_back(*, record: HourRecord, because: str, by: Actor, at: datetime) -> HourRecord:
    """Take a published record back by another with the same time below zero (冲销).

    Raises:
        UnableToCorrectError: it is not published, was taken back, or there is no reason.
        UnableToReviewError: the actor gains by it.
    """
    require_not_own(record, by=by)
    record = HourRecord.objects.select_for_update().get(pk=record.pk)
    if record.status != "PUBLISHED" or record.reverses_id is not None:
        message = Phrase("%(number)s 不是已公布的时长，不用冲销。", number=record.number)
        raise UnableToCorrectError(message)
    if HourRecord.objects.filter(reverses=record).exists():
        raise UnableToCorrectError(Phrase("%(number)s 已经冲销过了。", number=record.number))
    if not because:
        raise UnableToCorrectError("请写明更正的原因。", field="because")
    counter = _copy(
        record,
        minutes=-record.minutes,
        by=by,
        at=at,
        reverses=record,
        version=record.version,
        status="PUBLISHED",
        published_at=at,
        review_words=because,
        reviewed_by=by.id,
        reviewed_by_name=by.name,
    )
    counter.save()
    audit.record(
        "hours.hourrecord.take_back",
        target=record,
        by=by,
        at=at,
        after=counter.number,
        reason=because,
    )
    posting.undo(counter=counter, by=by, at=at)
    return counter


@transaction.atomic
def tell_anew(
    *,
    record: HourRecord,
    started_at: datetime,
    ended_at: datetime,
    minutes: int,
    because: str,
    by: Actor,
    at: datetime,
) -> HourRecord:
    """Take a published record back and write the right one, which is reviewed and shown again.

    Raises:
        UnableToCorrectError: see `take_back`; or the time cannot be.
        UnableToReviewError: the actor gains by it.
    """
    between = (ended_at - started_at) // timedelta(minutes=1)
    if not 0 < minutes <= between <= 24 * 60 or ended_at > at:
        message = "更正后的时长应大于 0，不超过起止之间的时间，一条不超过 24 小时。"
        raise UnableToCorrectError(message, field="minutes")
    take_back(record=record, because=because, by=by, at=at)
    same = HourRecord.objects.filter(
        person=record.person,
        source_kind=record.source_kind,
        source_number=record.source_number,
        reverses=None,
    )
    anew = _copy(record, minutes=minutes, by=by, at=at)
    anew.started_at, anew.ended_at = started_at, ended_at
    anew.version = same.aggregate(last=Max("version"))["last"] + 1
    # Beyond check-in and check-out nothing vouches for what a person writes down.
    is_within = record.started_at <= started_at and ended_at <= record.ended_at
    anew.is_verified = record.is_verified and is_within
    anew.save()
    audit.record(
        "hours.hourrecord.tell_anew",
        target=anew,
        by=by,
        at=at,
        before=f"{record.number} {record.minutes} 分钟",
        after=f"{minutes} 分钟",
        reason=because,
    )
    return anew


def require_not_own(record: HourRecord, *, by: Actor) -> None:
    """Refuse whoever gains by a record.

    Raises:
        UnableToReviewError: the actor does.
    """
    if by.person_number and by.person_number == record.person.number:
        raise UnableToReviewError(
            Phrase("%(number)s 是您本人的时长，请由其他人更正。", number=record.number)
        )


def _copy(record: HourRecord, *, minutes: int, by: Actor, at: datetime, **other: Any) -> HourRecord:
    kept = (
        "person",
        "unit",
        "team",
        "is_verified",
        "source_kind",
        "source_number",
        "role",
        "content",
        "started_at",
        "ended_at",
        "source_min",
        "away_m",
        "lacks_check_out",
        "words",
        "evidence",
        "is_generated",
    )
    return HourRecord(
        **{name: getattr(record, name) for name in kept},
        number=next_number("SC", at=at),
        minutes=minutes,
        entered_by=by.id,
        entered_by_name=by.name,
        entered_at=at,
        **other,
    )
