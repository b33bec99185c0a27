"""Stores at work: what comes in, what people take by themselves and bring back, counting."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from dianliang.core import idempotency
from dianliang.domain.resources import access
from dianliang.domain.resources.models import CountLine, Item, Movement, Stock, StockCount, Store
from dianliang.domain.resources.operations import counting, stocking
from dianliang.domain.resources.queries import stock as book
from dianliang.domain.resources.queries.stock import MovementRow, StockRow
from dianliang.flows.resources.fields import item_of, unit_of, whole, words
from dianliang.flows.resources.purposes import purpose_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError

OUT_FOR = timedelta(days=30)
"""So long somebody is offered to bring back what he took; later a keeper receives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a person fills in at a shelf."""

    pieces: str
    purpose: str
    number: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A store as somebody sees it who stands before it with a phone."""

    code: str
    name: str
    unit_name: str
    stocks: tuple[StockRow, ...]
    out: tuple[MovementRow, ...]


def shelf(*, code: str, by: Actor, at: datetime) -> Shelf:
    """Return what lies in a store, and what the actor has of it.

    Raises:
        NotVisibleError: it is absent, closed, or not a store that he may open.
    """
    store = access.store_to_take_from(code, by=by)
    return Shelf(
        code=store.code,
        name=store.name,
        unit_name=store.unit.name,
        stocks=book.stocks_of(store),
        out=book.out_with(by, store=store, since=at - OUT_FOR),
    )


def issue_once(
    *, key: str, code: str, item: str, taken: Taken, by: Actor, at: datetime
) -> MovementRow:
    """Take something out of a store, without an attendant; a second press takes nothing more.

    Raises:
        NotVisibleError: no such store or item for the actor.
        InvalidInputError, UnableToStockError: a field makes no sense, or there is not so much.
    """
    store = access.store_to_take_from(code, by=by)
    stock = _stock(store, item)
    body = {**asdict(taken), "stock": stock.pk, "by": by.id}
    pressed = idempotency.digest([key, body])

    def act() -> dict[str, Any]:
        made = stocking.issue(
            stock=stock,
            pieces=whole(taken.pieces, field="pieces", label="数量", least=1),
            purpose=purpose_of(taken.purpose, taken.number, taken.words),
            by=by,
            at=at,
        )
        return {"number": made.number}

    kept = idempotency.once(scope="stock.issue", key=pressed, body=body, at=at, act=act)
    return _row(kept["number"])


def give_back_once(
    *, key: str, code: str, number: str, pieces: str, told: str, by: Actor, at: datetime
) -> MovementRow:
    """Bring back what is left of what the actor took; a second press brings nothing more.

    Raises:
        NotVisibleError: no such store for the actor.
        InvalidInputError, UnableToStockError: not his, or more than he took.
    """
    store = access.store_to_take_from(code, by=by)
    body = {"number": number, "pieces": pieces, "words": told, "by": by.id}
    pressed = idempotency.digest([key, body])
    own = Movement.objects.filter(stock__store=store, by_id=by.id).select_related("stock__item")
    issued = None if "\0" in number else own.filter(number=number).first()
    if issued is None:
        raise InvalidInputError("请选择自己领用的物资。", field="number")

    def act() -> dict[str, Any]:
        made = stocking.give_back(
            issued=issued,
            pieces=whole(pieces, field="pieces", label="数量", least=1),
            words=words(told, field="words", label="说明", most=200, least=0),
            by=by,
            at=at,
        )
        return {"number": made.number}

    kept = idempotency.once(scope="stock.return", key=pressed, body=body, at=at, act=act)
    return _row(kept["number"])


def _row(number: str) -> MovementRow:
    rows = Movement.objects.select_related("stock__item")
    return book.movement_row(rows.get(number=number))


def _stock(store: Store, item: str) -> Stock:
    rows = store.stocks.select_related("item")
    found = None if "\0" in item else rows.filter(item__code=item).first()
    if found is None:
        raise NotVisibleError("这个仓库没有这种物资。")
    return found


def define_item(
    *,
    code: str,
    name: str,
    spec: str,
    counted_in: str,
    unit: str,
    by: Actor,
    at: datetime,
) -> Item:
    """Write an item down; see the operation."""
    told = words(code, field="code", label="品目编码", most=24, least=2)
    if not told.replace("-", "").isalnum() or not told.isascii():
        raise InvalidInputError("品目编码只用字母、数字和“-”。", field="code")
    return stocking.define_item(
        code=told,
        name=words(name, field="name", label="名称", most=40, least=1),
        spec=words(spec, field="spec", label="规格", most=60, least=0),
        counted_in=words(counted_in, field="counted_in", label="计量单位", most=8),
        unit=unit_of(unit, by=by),
        by=by,
        at=at,
    )


def keep_on_stock(
    *, code: str, item: str, least: str, shelf: str, by: Actor, at: datetime
) -> Stock:
    """Let a store keep an item; see the operation."""
    return stocking.keep_on_stock(
        store=access.store_to_keep(code, by=by),
        item=item_of(item, by=by),
        least=whole(least or "0", field="least", label="最低库存"),
        shelf=words(shelf, field="shelf", label="货位", most=24, least=0),
        by=by,
        at=at,
    )


def receive_once(
    *, key: str, code: str, item: str, pieces: str, told: str, by: Actor, at: datetime
) -> str:
    """Put something into a store; a second press puts nothing more.

    Raises:
        NotVisibleError, InvalidInputError, UnableToStockError: see the operation.
    """
    stock = _stock(access.store_to_keep(code, by=by), item)
    body = {"stock": stock.pk, "pieces": pieces, "words": told, "by": by.id}
    pressed = idempotency.digest([key, body])

    def act() -> dict[str, Any]:
        made = stocking.receive(
            stock=stock,
            pieces=whole(pieces, field="pieces", label="数量", least=1),
            words=words(told, field="words", label="来源说明", most=200, least=0),
            by=by,
            at=at,
        )
        return {"number": made.number}

    kept = idempotency.once(scope="stock.receive", key=pressed, body=body, at=at, act=act)
    return str(kept["number"])


def write_off_once(
    *, key: str, code: str, item: str, pieces: str, told: str, by: Actor, at: datetime
) -> str:
    """Take what is broken off the book; a second press takes nothing more; see the operation."""
    stock = _stock(access.store_to_keep(code, by=by), item)
    body = {"stock": stock.pk, "pieces": pieces, "words": told, "by": by.id}
    pressed = idempotency.digest([key, body])

    def act() -> dict[str, Any]:
        made = stocking.write_off(
            stock=stock,
            pieces=whole(pieces, field="pieces", label="数量", least=1),
            words=words(told, field="words", label="报损原因", most=200, least=2),
            by=by,
            at=at,
        )
        return {"number": made.number}

    kept = idempotency.once(scope="stock.write-off", key=pressed, body=body, at=at, act=act)
    return str(kept["number"])


def open_count(*, code: str, by: Actor, at: datetime) -> StockCount:
    """Begin to count a store; see the operation."""
    return counting.open_count(store=access.store_to_keep(code, by=by), by=by, at=at)


def enter(*, number: str, item: str, counted: str, why: str, by: Actor, at: datetime) -> CountLine:
    """Write down what was counted of an item; see the operation."""
    count = _count(number, by)
    return counting.enter(
        count=count,
        stock=_stock(count.store, item),
        counted=whole(counted, field="counted", label="实盘数"),
        why=words(why, field="why", label="差异原因", most=200, least=0),
        by=by,
        at=at,
    )


def post(*, number: str, by: Actor, at: datetime) -> StockCount:
    """End a stock-taking, bringing the book to it; see the operation."""
    return counting.post(count=_count(number, by), by=by, at=at)


def drop(*, number: str, reason: str, by: Actor, at: datetime) -> StockCount:
    """End a stock-taking without posting; see the operation."""
    told = words(reason, field="reason", label="作废原因", most=200, least=2)
    return counting.drop(count=_count(number, by), words=told, by=by, at=at)


def _count(number: str, by: Actor) -> StockCount:
    count = access.count_to_see(number, by=by)
    access.store_to_keep(count.store.code, by=by)
    return count
