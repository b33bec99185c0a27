"""Every write to the register of outages. Lines and transformers come from Excel."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet, Sum

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.network.models import Feeder, Outage, Transformer
from dianliang.domain.network.queries import in_service
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

EARLIEST, LATEST = timedelta(days=3660), timedelta(days=366)
"""How far back an outage may be registered from old books, and how far ahead one is planned."""
LONGEST = timedelta(days=30)
"""An outage that seems to last longer is a slip of the date."""


class UnableToRecordOutageError(DomainError):
    """The outage cannot have been like this."""

    code = "network.unable-to-record-outage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody tells of an outage: of a line or of a transformer, from when, why."""

    kind: str
    feeder: Feeder | None
    transformer: Transformer | None
    started_at: datetime
    ended_at: datetime | None
    reason: str


@transaction.atomic
def record_outage(*, told: Told, by: Actor, at: datetime) -> Outage:
    """Write down an outage; whom it hits follows from the network.

    Raises:
        UnableToRecordOutageError: it is of nothing or of two things, its times cannot be, or nobody
            hung on it that day.
        InvalidInputError: there is no reason.
    """
    if (told.feeder is None) == (told.transformer is None):
        message = "请填写停电的线路编码或变压器编号，二者填一个。"
        raise UnableToRecordOutageError(message, field="thing")
    if told.kind not in Outage.Kind.values:
        raise UnableToRecordOutageError("请选择计划停电或故障停电。", field="kind")
    if not at - EARLIEST <= told.started_at <= at + LATEST:
        message = "停电时间应在过去 10 年到今后 1 年之内，请核对年份。"
        raise UnableToRecordOutageError(message, field="started_at")
    if told.kind == Outage.Kind.FAULT and told.started_at > at:
        raise UnableToRecordOutageError("故障停电的时间不能晚于现在。", field="started_at")
    if told.ended_at is not None:
        _check_end(told.started_at, told.ended_at)
    reason = clean_text(told.reason, field="reason", label="停电原因", most=200, least=2)
    hit = _hit(told)
    areas = set(hit.values_list("area_id", flat=True))
    if told.feeder is not None:
        areas |= set(told.feeder.areas.values_list("pk", flat=True))
    if not areas:  # no page would ever show it
        message = "停电当天它没有在运的变压器，也没有途经的村社区，请核对编码和停电时间。"
        raise UnableToRecordOutageError(message, field="thing")
    outage = Outage.objects.create(
        number=next_number("TD", at=at),
        kind=told.kind,
        feeder=told.feeder,
        transformer=told.transformer,
        households=hit.aggregate(n=Sum("households"))["n"] or 0,
        started_at=told.started_at,
        ended_at=told.ended_at,
        reason=reason,
        recorded_by=by.name,
    )
    outage.areas.set(areas)
    audit.record(
        "network.outage.record",
        target=outage,
        by=by,
        at=at,
        after=str(told.feeder or told.transformer),
        reason=reason,
    )
    return outage


def _hit(told: Told) -> QuerySet[Transformer]:
    on = told.started_at.astimezone(SHANGHAI).date()
    there = in_service(on=on)
    if told.transformer is not None:
        return there.filter(pk=told.transformer.pk)
    return there.filter(feeder=told.feeder)


def _check_end(started_at: datetime, ended_at: datetime) -> None:
    if not timedelta(0) < ended_at - started_at <= LONGEST:
        message = Phrase(
            "复电时间应晚于停电时间，且不超过 %(days)s 天，请核对。", days=LONGEST.days
        )
        raise UnableToRecordOutageError(message, field="ended_at")


@transaction.atomic
def end_outage(*, outage: Outage, ended_at: datetime, by: Actor, at: datetime) -> Outage:
    """Write down when the power came back.

    Raises:
        UnableToRecordOutageError: it is back already, or the time cannot be.
    """
    if ended_at > at:
        raise UnableToRecordOutageError("复电时间不能晚于现在。", field="ended_at")
    _check_end(outage.started_at, ended_at)
    if not Outage.objects.filter(pk=outage.pk, ended_at=None).update(ended_at=ended_at):
        raise UnableToRecordOutageError(
            Phrase("%(number)s 已登记复电，请刷新。", number=outage.number), field="ended_at"
        )
    outage.ended_at = ended_at
    audit.record("network.outage.end", target=outage, by=by, at=at)
    return outage
