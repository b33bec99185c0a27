"""Follow the supply of key customers through an occasion: open, add, report, correct, close."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number, next_numbers
from dianliang.domain.directory.models import Unit
from dianliang.domain.key_customers.lifecycle import WATCH
from dianliang.domain.key_customers.models import SupplyReport, Watch, Watched
from dianliang.domain.key_customers.told import Occasion, ToldReport
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError
from dianliang.kernel.phrases import Phrase

EARLIEST = timedelta(days=366)
LONGEST = timedelta(days=90)
AHEAD = timedelta(minutes=5)
"""A clock on site may be a little fast."""
State = SupplyReport.State


class UnableToFollowError(DomainError):
    """The supply cannot be followed, reported or corrected like this."""

    code = "key_customers.unable-to-follow"


@transaction.atomic
def open_watch(
    *,
    occasion: Occasion,
    starts_at: datetime,
    unit: Unit,
    customers: Sequence[int],
    by: Actor,
    at: datetime,
) -> Watch:
    """Begin to follow some key customers (by database key) from a moment on.

    Raises:
        UnableToFollowError: nobody is to be followed, or the beginning cannot be.
        InvalidInputError: the kind of the occasion is unknown.
    """
    if occasion.kind not in Watch.Occasion.values:
        raise InvalidInputError("请选择事由。", field="occasion_kind")
    if not at - EARLIEST <= starts_at <= at + AHEAD:
        message = "开始时间应在过去一年之内，且不晚于现在。"
        raise UnableToFollowError(message, field="starts_at")
    if not customers:
        raise UnableToFollowError("没有选到重要客户，请换区域或线路。", field="customers")
    watch = Watch.objects.create(
        number=next_number("BG", at=at),
        title=occasion.title,
        occasion_kind=occasion.kind,
        occasion_number=occasion.number,
        unit=unit,
        starts_at=starts_at,
        opened_by=by.name,
        opened_at=at,
    )
    _add(watch, customers, by=by, at=at)
    audit.record(
        "key_customers.watch.open",
        target=watch,
        by=by,
        at=at,
        after=f"{len(customers)} 户",
        reason=occasion.title,
    )
    return watch


def _add(watch: Watch, customers: Sequence[int], *, by: Actor, at: datetime) -> None:
    Watched.objects.bulk_create(
        (
            Watched(watch=watch, customer_id=pk, added_at=at, added_by=by.name)
            for pk in dict.fromkeys(customers)
        ),
        batch_size=1000,
    )


@transaction.atomic
def add_customers(*, watch: Watch, customers: Sequence[int], by: Actor, at: datetime) -> int:
    """Follow more key customers, from the beginning on; return how many were new.

    Raises:
        UnableToFollowError: the watch is over.
    """
    _lock(watch)
    known = set(watch.watched.values_list("customer_id", flat=True))
    fresh = [pk for pk in dict.fromkeys(customers) if pk not in known]
    _add(watch, fresh, by=by, at=at)
    audit.record("key_customers.watch.add", target=watch, by=by, at=at, after=f"{len(fresh)} 户")
    return len(fresh)


def _lock(watch: Watch) -> Watch:
    locked = Watch.objects.select_for_update().get(pk=watch.pk)
    if locked.status != "OPEN":
        raise UnableToFollowError("这次跟踪已经结束，继续跟踪后才能登记。", field="number")
    return locked


@transaction.atomic
def report(
    *, watch: Watch, watched: Sequence[Watched], told: ToldReport, by: Actor, at: datetime
) -> list[SupplyReport]:
    """Append the same report about one or several customers, as a phone call tells it.

    Raises:
        UnableToFollowError: the watch is over, or the report cannot be.
    """
    locked = _lock(watch)
    if not watched:
        raise UnableToFollowError("请先勾选客户。", field="customers")
    _require_sound(locked, told, at=at)
    numbers = next_numbers("GQ", count=len(watched), at=at)
    made = SupplyReport.objects.bulk_create(
        _report(one, told, number=number, by=by, at=at)
        for one, number in zip(watched, numbers, strict=True)
    )
    audit.record_each(
        "key_customers.supplyreport.report",
        targets=[(row, f"{row.watched.customer.number} {row.state}") for row in made],
        by=by,
        at=at,
    )
    return made


def _report(
    watched: Watched, told: ToldReport, *, number: str, by: Actor, at: datetime
) -> SupplyReport:
    return SupplyReport(
        number=number,
        watched=watched,
        state=told.state,
        happened_at=told.happened_at,
        generator=told.generator,
        reporter=told.reporter,
        words=told.words,
        evidence=told.evidence,
        reported_at=at,
        recorded_by=by.name,
    )


def _require_sound(watch: Watch, told: ToldReport, *, at: datetime) -> None:
    if told.state not in State.values:
        raise InvalidInputError("请选择供电状态。", field="state")
    if told.state == State.TIED and not told.generator:
        raise UnableToFollowError("接入应急电源时要写明是哪一台。", field="generator")
    if told.state != State.TIED and told.generator:
        raise UnableToFollowError("只有应急电源供电时才填应急电源。", field="generator")
    if not watch.starts_at <= told.happened_at <= min(at + AHEAD, watch.starts_at + LONGEST):
        message = Phrase(
            "发生时间应在跟踪开始后 %(days)s 天之内，且不晚于现在。", days=LONGEST.days
        )
        raise UnableToFollowError(message, field="happened_at")


@transaction.atomic
def correct(
    *, wrong: SupplyReport, told: ToldReport | None, reason: str, by: Actor, at: datetime
) -> SupplyReport:
    """Append a row that holds in place of another, or takes it out; the wrong row stays readable.

    Raises:
        UnableToFollowError: the watch is over, or what is told cannot be.
        StaleStateError: the row was corrected before.
        InvalidInputError: there is no reason.
    """
    if not reason:
        raise InvalidInputError("请写明更正的原因。", field="reason")
    watch = _lock(wrong.watched.watch)
    if SupplyReport.objects.filter(corrects=wrong).exists():
        raise StaleStateError("这条情况已被更正，请刷新后在最新一条上更正。")
    if told is not None:
        _require_sound(watch, told, at=at)
    made = SupplyReport.objects.create(
        number=next_number("GQ", at=at),
        watched=wrong.watched,
        state=told.state if told else wrong.state,
        happened_at=told.happened_at if told else wrong.happened_at,
        generator=told.generator if told else wrong.generator,
        reporter=told.reporter if told else "",
        words=reason,
        evidence=told.evidence if told else None,
        corrects=wrong,
        is_withdrawn=told is None,
        reported_at=at,
        recorded_by=by.name,
    )
    audit.record(
        "key_customers.supplyreport.correct",
        target=made,
        by=by,
        at=at,
        before=wrong.number,
        after="撤回" if told is None else made.state,
        reason=reason,
    )
    return made


@transaction.atomic
def close(*, watch: Watch, ends_at: datetime, by: Actor, at: datetime) -> Watch:
    """End the following at a moment that lies after everything reported.

    Raises:
        UnableToFollowError: the end lies before the beginning or before a report.
        IllegalTransitionError, StaleStateError: it is over already.
    """
    if not watch.starts_at < ends_at <= min(at + AHEAD, watch.starts_at + LONGEST):
        message = Phrase(
            "结束时间应晚于开始、不晚于现在，且跟踪不超过 %(days)s 天。", days=LONGEST.days
        )
        raise UnableToFollowError(message, field="ends_at")
    Watch.objects.select_for_update().get(pk=watch.pk)  # whoever reports has to wait
    late = SupplyReport.objects.filter(watched__watch=watch, happened_at__gt=ends_at)
    if late.exists():
        raise UnableToFollowError("结束时间之后还有登记的供电情况，请核对。", field="ends_at")
    return transitions.apply(
        watch, "close", lifecycle=WATCH, by=by, at=at, changes={"ends_at": ends_at}
    )


def reopen(*, watch: Watch, reason: str, by: Actor, at: datetime) -> Watch:
    """Go on following, because something was left out.

    Raises:
        InvalidInputError: there is no reason.
        IllegalTransitionError, StaleStateError: it is open already.
    """
    if not reason:
        raise InvalidInputError("请写明继续跟踪的原因。", field="reason")
    return transitions.apply(
        watch, "reopen", lifecycle=WATCH, by=by, at=at, note=reason, changes={"ends_at": None}
    )
