"""Things come into a store and leave it. A balance below nought cannot be written down."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.resources.models import Item, Movement, Stock, StockCount, Store
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

MOST_PIECES = 1_000_000
Kind = Movement.Kind


class UnableToStockError(DomainError):
    """There is not so much of it, or it cannot be moved like this."""

    code = "resources.unable-to-stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What something is taken for: a kind of `Movement.Purpose`, its number, and words."""

    kind: str
    number: str = ""
    words: str = ""


@transaction.atomic
def define_item(
    *, code: str, name: str, spec: str, counted_in: str, unit: Unit, by: Actor, at: datetime
) -> Item:
    """Write an item down (登记品目).

    Raises:
        UnableToStockError: there is one with this code.
    """
    try:
        with transaction.atomic():
            item = Item.objects.create(
                code=code, name=name, spec=spec, counted_in=counted_in, unit=unit
            )
    except IntegrityError as taken:
        raise UnableToStockError(
            Phrase("品目编码 %(code)s 已有，请换一个。", code=code), field="code"
        ) from taken
    audit.record("resources.item.define", target=item, by=by, at=at, reason=name)
    return item


@transaction.atomic
def rename_item(*, item: Item, name: str, spec: str, by: Actor, at: datetime) -> Item:
    """Call an item something else (改品目名称); what it is counted in stays."""
    before = f"{item}"
    item.name, item.spec = name, spec
    item.save(update_fields=["name", "spec"])
    audit.record("resources.item.rename", target=item, by=by, at=at, before=before, after=f"{item}")
    return item


@transaction.atomic
def keep_on_stock(
    *, store: Store, item: Item, least: int, shelf: str, by: Actor, at: datetime
) -> Stock:
    """Let a store keep an item, warn below a number, and say where it lies (设最低库存)."""
    stock, _ = Stock.objects.get_or_create(store=store, item=item)
    before = stock.least
    stock.least, stock.shelf = least, shelf
    stock.save(update_fields=["least", "shelf"])
    audit.record(
        "resources.stock.keep", target=stock, by=by, at=at, before=f"{before}", after=f"{least}"
    )
    return stock


@transaction.atomic
def receive(*, stock: Stock, pieces: int, words: str, by: Actor, at: datetime) -> Movement:
    """Put something into a store (入库).

    Raises:
        UnableToStockError: not a number of pieces.
    """
    return _post(stock, Kind.RECEIVE, _number(pieces), by=by, at=at, words=words)


@transaction.atomic
def issue(*, stock: Stock, pieces: int, purpose: Purpose, by: Actor, at: datetime) -> Movement:
    """Take something out of a store for a purpose (领用).

    Raises:
        UnableToStockError: there is not so much of it.
    """
    return _post(stock, Kind.ISSUE, -_number(pieces), by=by, at=at, purpose=purpose)


@transaction.atomic
def give_back(*, issued: Movement, pieces: int, words: str, by: Actor, at: datetime) -> Movement:
    """Bring back what was left of an issue (退还), never more than was taken.

    Raises:
        UnableToStockError: it is no issue, or more than is still out.
    """
    if issued.kind != Kind.ISSUE:
        raise UnableToStockError("只能退还领用的物资。")
    wanted = _number(pieces)
    Stock.objects.select_for_update().get(pk=issued.stock_id)  # of two presses the second waits
    out = still_out(issued)
    if wanted > out:
        message = Phrase("这次领用还有 %(out)s 未退，不能退 %(wanted)s。", out=out, wanted=wanted)
        raise UnableToStockError(message, field="pieces")
    purpose = Purpose(kind=issued.purpose, number=issued.purpose_number, words=words)
    return _post(issued.stock, Kind.RETURN, wanted, by=by, at=at, purpose=purpose, returns=issued)


def still_out(issued: Movement) -> int:
    """Return how many pieces of an issue were not brought back."""
    back = issued.returned.aggregate(n=Sum("pieces"))["n"] or 0
    return -issued.pieces - int(back)


@transaction.atomic
def write_off(*, stock: Stock, pieces: int, words: str, by: Actor, at: datetime) -> Movement:
    """Take what is broken or out of date off the book (报损).

    Raises:
        UnableToStockError: there is no reason, or not so much of it.
    """
    if not words:
        raise UnableToStockError("请写明报损原因。", field="words")
    return _post(stock, Kind.WRITE_OFF, -_number(pieces), by=by, at=at, words=words)


def adjust(
    *, stock: Stock, pieces: int, why: str, count: StockCount, by: Actor, at: datetime
) -> Movement:
    """Bring the book to what was counted (盘点调整).

    Raises:
        UnableToStockError: so much has left since that the book would fall below nought.
    """
    return _post(stock, Kind.COUNT, pieces, by=by, at=at, words=why, count=count)


def _number(pieces: int) -> int:
    if not 1 <= pieces <= MOST_PIECES:
        raise UnableToStockError(
            Phrase("数量应在 1 到 %(most)s 之间。", most=MOST_PIECES), field="pieces"
        )
    return pieces


def _post(
    stock: Stock,
    kind: str,
    pieces: int,
    *,
    by: Actor,
    at: datetime,
    words: str = "",
    purpose: Purpose | None = None,
    returns: Movement | None = None,
    count: StockCount | None = None,
) -> Movement:
    """Change the balance in the statement that refuses to overdraw it, and write the movement."""
    moved = Stock.objects.filter(pk=stock.pk, quantity__gte=max(0, -pieces)).update(
        quantity=F("quantity") + pieces, serial=F("serial") + 1
    )
    stock.refresh_from_db(fields=["quantity", "serial"])
    if moved != 1:
        left = f"{stock.quantity} {stock.item.counted_in}"
        raise UnableToStockError(
            Phrase("%(item)s只剩 %(left)s。", item=stock.item, left=left), field="pieces"
        )
    made = Movement.objects.create(
        number=next_number("CR", at=at),
        stock=stock,
        serial=stock.serial,
        kind=kind,
        pieces=pieces,
        balance=stock.quantity,
        purpose=purpose.kind if purpose else "",
        purpose_number=purpose.number if purpose else "",
        words=purpose.words if purpose else words,
        returns=returns,
        count=count,
        by_id=by.id,
        by_name=by.name,
        unit_code=by.unit_code,
        at=at,
    )
    told = f"{stock.item.code} {pieces:+d} → {stock.quantity}"
    verb = f"resources.movement.{kind}"
    audit.record(verb, target=made, by=by, at=at, after=told, reason=made.words)
    return made
