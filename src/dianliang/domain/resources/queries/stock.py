"""Stores with what lies in them, what moved, and what differs from the book."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from dianliang.domain.resources import access
from dianliang.domain.resources.lifecycle import COUNT, COUNT_LABELS
from dianliang.domain.resources.models import CountLine, Movement, Stock, StockCount, Store
from dianliang.kernel.actor import Actor

LOW = Q(quantity__lt=F("least"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRow:
    """A store as lists need it."""

    code: str
    name: str
    unit_name: str
    address: str
    pieces_of_gear: int
    items: int
    low: int
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """How much of an item a store has."""

    item: str
    name: str
    spec: str
    counted_in: str
    shelf: str
    quantity: int
    least: int
    is_low: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementRow:
    """Something that came or went. `out` is what of an issue was not brought back."""

    number: str
    at: datetime
    item: str
    name: str
    counted_in: str
    kind: str
    kind_label: str
    pieces: int
    balance: int
    purpose: str
    purpose_label: str
    purpose_number: str
    words: str
    by_name: str
    unit_code: str
    out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """A stock-taking as lists need it."""

    number: str
    status: str
    status_label: str
    opened_by: str
    opened_at: datetime
    lines: int
    differing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedRow:
    """An item being counted; `counted` is None until somebody has."""

    item: str
    name: str
    counted_in: str
    shelf: str
    quantity: int
    expected: int | None
    counted: int | None
    difference: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePage:
    """A store with its stock."""

    row: StoreRow
    lat: float
    lon: float
    stocks: tuple[StockRow, ...]
    counts: tuple[CountRow, ...]
    unsound: tuple[str, ...]
    may_keep: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountPage:
    """A stock-taking with its lines."""

    row: CountRow
    store: StoreRow
    lines: tuple[CountedRow, ...]
    verbs: tuple[tuple[str, str], ...]
    may_keep: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilters:
    """What a log is cut by; both days belong to it."""

    first: datetime
    last: datetime
    item: str = ""
    kind: str = ""
    words: str = ""


def stores(*, by: Actor) -> tuple[StoreRow, ...]:
    """Return the stores of the actor's units."""
    return tuple(_store(store) for store in _counted(access.stores(by)).order_by("code"))


def _counted(rows: QuerySet[Store]) -> QuerySet[Store]:
    gear = Q(resources__isnull=False) & ~Q(resources__status="SCRAPPED")
    low = Q(stocks__quantity__lt=F("stocks__least"))
    return rows.annotate(
        gear=Count("resources", filter=gear, distinct=True),
        items=Count("stocks", distinct=True),
        low=Count("stocks", filter=low, distinct=True),
    )


def _store(store: Store) -> StoreRow:
    return StoreRow(
        code=store.code,
        name=store.name,
        unit_name=store.unit.name,
        address=store.address,
        pieces_of_gear=getattr(store, "gear", 0),
        items=getattr(store, "items", 0),
        low=getattr(store, "low", 0),
        is_active=store.is_active,
    )


def store(code: str, *, by: Actor) -> StorePage:
    """Return a store with its stock; unsound is what the movements do not lead to.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.store_to_see(code, by=by)
    return StorePage(
        row=_store(_counted(Store.objects.filter(pk=found.pk).select_related("unit")).get()),
        lat=found.lat,
        lon=found.lon,
        stocks=stocks_of(found),
        counts=tuple(_count(row) for row in _numbered(found.counts.all())[:12]),
        unsound=_unsound(found),
        may_keep=by.role in access.KEEPERS,
    )


def stocks_of(store: Store) -> tuple[StockRow, ...]:
    """Return what lies in a store, what runs low first."""
    rows = store.stocks.select_related("item").order_by("item__code")
    found = [_stock(row) for row in rows]
    return tuple(sorted(found, key=lambda row: not row.is_low))


def _stock(row: Stock) -> StockRow:
    return StockRow(
        item=row.item.code,
        name=row.item.name,
        spec=row.item.spec,
        counted_in=row.item.counted_in,
        shelf=row.shelf,
        quantity=row.quantity,
        least=row.least,
        is_low=row.quantity < row.least,
    )


def _unsound(store: Store) -> tuple[str, ...]:
    """Return the items whose balance is not what the last movement left. One query."""
    last = Movement.objects.filter(stock=OuterRef("pk")).order_by("-serial")
    rows = store.stocks.annotate(left=Subquery(last.values("balance")[:1]))
    wrong = rows.filter(Q(serial__gt=0) & ~Q(quantity=F("left")) | Q(serial=0, quantity__gt=0))
    return tuple(wrong.values_list("item__name", flat=True))


def low(*, by: Actor) -> tuple[tuple[str, str, StockRow], ...]:
    """Return code and name of the store with each stock below its least."""
    rows = Stock.objects.filter(LOW, store__in=access.stores(by)).select_related("item", "store")
    return tuple((row.store.code, row.store.name, _stock(row)) for row in rows)


def movements(*, store: Store, filters: LogFilters) -> QuerySet[Movement]:
    """Return what moved in a store in a span of time, newest first."""
    rows = Movement.objects.filter(
        stock__store=store, at__gte=filters.first, at__lt=filters.last
    ).select_related("stock__item")
    if filters.item:
        rows = rows.filter(stock__item__code=filters.item)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.words:
        words = filters.words
        rows = rows.filter(
            Q(by_name__icontains=words)
            | Q(purpose_number__icontains=words)
            | Q(words__icontains=words)
            | Q(number=words)
        )
    return rows.order_by("-at", "-pk")


def with_returns(rows: QuerySet[Movement]) -> QuerySet[Movement]:
    """Return movements, each with how many of its pieces came back: only then it is counted."""
    return rows.annotate(back=Sum("returned__pieces"))


def sums(rows: QuerySet[Movement]) -> tuple[tuple[str, str, int, int], ...]:
    """Return code, label, movements and pieces of each kind of movement: never added up."""
    told = rows.order_by().values("kind").annotate(n=Count("pk"), p=Sum("pieces"))
    found = {row["kind"]: (row["n"], abs(row["p"])) for row in told}
    return tuple(
        (str(kind), str(label), *found[kind])
        for kind, label in Movement.Kind.choices
        if kind in found
    )


def movement_row(row: Movement) -> MovementRow:
    """Return a movement as lists need it."""
    back = getattr(row, "back", None) or 0
    return MovementRow(
        number=row.number,
        at=row.at,
        item=row.stock.item.code,
        name=f"{row.stock.item}",
        counted_in=row.stock.item.counted_in,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        pieces=row.pieces,
        balance=row.balance,
        purpose=row.purpose,
        purpose_label=row.get_purpose_display() if row.purpose else "",
        purpose_number=row.purpose_number,
        words=row.words,
        by_name=row.by_name,
        unit_code=row.unit_code,
        out=-row.pieces - back if row.kind == Movement.Kind.ISSUE else 0,
    )


def out_with(by: Actor, *, store: Store, since: datetime) -> tuple[MovementRow, ...]:
    """Return what the actor himself took from a store lately and has not brought back."""
    rows = Movement.objects.filter(
        stock__store=store, kind=Movement.Kind.ISSUE, by_id=by.id, at__gte=since
    ).select_related("stock__item")
    found = [movement_row(row) for row in with_returns(rows).order_by("-at", "-pk")]
    return tuple(row for row in found if row.out > 0)


def count(number: str, *, by: Actor) -> CountPage:
    """Return a stock-taking with every item of its store.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.count_to_see(number, by=by)
    lines = {line.stock_id: line for line in found.lines.all()}
    stocks = found.store.stocks.select_related("item").order_by("item__code")
    may = by.role in access.KEEPERS
    return CountPage(
        row=_count(_numbered(StockCount.objects.filter(pk=found.pk)).get()),
        store=_store(found.store),
        lines=tuple(_counted_row(row, lines.get(row.pk)) for row in stocks),
        verbs=tuple((one.verb, one.label) for one in COUNT.verbs(found.status, role=by.role)),
        may_keep=may and found.status == "OPEN",
    )


def _counted_row(row: Stock, line: CountLine | None) -> CountedRow:
    return CountedRow(
        item=row.item.code,
        name=f"{row.item}",
        counted_in=row.item.counted_in,
        shelf=row.shelf,
        quantity=row.quantity,
        expected=line.expected if line else None,
        counted=line.counted if line else None,
        difference=line.counted - line.expected if line else 0,
        why=line.why if line else "",
    )


def _numbered(rows: QuerySet[StockCount]) -> QuerySet[StockCount]:
    differing = ~Q(lines__counted=F("lines__expected")) & Q(lines__isnull=False)
    counted = rows.annotate(n=Count("lines"), differing=Count("lines", filter=differing))
    return counted.order_by("-opened_at", "-pk")  # with sums it has no order of its own


def _count(row: StockCount) -> CountRow:
    return CountRow(
        number=row.number,
        status=row.status,
        status_label=COUNT_LABELS[row.status],
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        lines=getattr(row, "n", 0),
        differing=getattr(row, "differing", 0),
    )
