"""Count what lies in a store, explain what differs, and bring the book to it."""

from datetime import datetime

from django.db import IntegrityError, transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.resources.lifecycle import COUNT
from dianliang.domain.resources.models import CountLine, Stock, StockCount, Store
from dianliang.domain.resources.operations.stocking import UnableToStockError, adjust
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase


class UnableToCountError(UnableToStockError):
    """The stock-taking cannot go on like this."""

    code = "resources.unable-to-count"


@transaction.atomic
def open_count(*, store: Store, by: Actor, at: datetime) -> StockCount:
    """Begin to count a store (开始盘点).

    Raises:
        UnableToCountError: it is being counted.
    """
    try:
        with transaction.atomic():
            count = StockCount.objects.create(
                number=next_number("PC", at=at), store=store, opened_by=by.name, opened_at=at
            )
    except IntegrityError as taken:
        raise UnableToCountError("这个仓库正在盘点，请先结束上一次。") from taken
    audit.record("resources.stockcount.open", target=count, by=by, at=at, reason=store.name)
    return count


@transaction.atomic
def enter(
    *, count: StockCount, stock: Stock, counted: int, why: str, by: Actor, at: datetime
) -> CountLine:
    """Write down what was counted of an item; the book's number of this moment is kept with it.

    Things may go on moving meanwhile: what is posted later is the difference found here.

    Raises:
        UnableToCountError: the counting is over, or a difference has no explanation.
    """
    found = StockCount.objects.select_for_update().get(pk=count.pk)
    if found.status != "OPEN":
        raise UnableToCountError("这次盘点已经结束。")
    now = Stock.objects.select_for_update().get(pk=stock.pk, store=count.store_id)
    if counted != now.quantity and not why:
        message = Phrase(
            "%(item)s账面 %(quantity)s，实盘 %(counted)s，请写明差异原因。",
            item=stock.item,
            quantity=now.quantity,
            counted=counted,
        )
        raise UnableToCountError(message, field="why")
    line, _ = CountLine.objects.update_or_create(
        count=count,
        stock=stock,
        defaults={
            "expected": now.quantity,
            "counted": counted,
            "why": why,
            "entered_by": by.name,
            "entered_at": at,
        },
    )
    told = f"{stock.item.code} 账面 {now.quantity} 实盘 {counted}"
    audit.record("resources.stockcount.enter", target=count, by=by, at=at, after=told, reason=why)
    return line


@transaction.atomic
def post(*, count: StockCount, by: Actor, at: datetime) -> StockCount:
    """End a stock-taking; every difference becomes a movement (盘点入账).

    Raises:
        UnableToCountError: nothing was counted.
        UnableToStockError: a balance would fall below nought.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    posted = transitions.apply(
        count, "post", lifecycle=COUNT, by=by, at=at, changes={"closed_at": at}
    )
    lines = list(count.lines.select_related("stock__item").order_by("stock_id"))
    if not lines:
        raise UnableToCountError("还没有登记任何实盘数。")
    for line in lines:
        if line.counted != line.expected:
            adjust(
                stock=line.stock,
                pieces=line.counted - line.expected,
                why=line.why,
                count=count,
                by=by,
                at=at,
            )
    return posted


@transaction.atomic
def drop(*, count: StockCount, words: str, by: Actor, at: datetime) -> StockCount:
    """End a stock-taking without posting anything (作废).

    Raises:
        UnableToCountError: there is no reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not words:
        raise UnableToCountError("请写明作废原因。", field="reason")
    return transitions.apply(
        count, "drop", lifecycle=COUNT, by=by, at=at, note=words, changes={"closed_at": at}
    )
