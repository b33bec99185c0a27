"""What measures cost: the version of each price that counts, those that wait, and all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from dianliang.core.shipped import SHIPPED_BY
from dianliang.domain.relief.models import MeasurePrice, PriceCheck
from dianliang.kernel.actor import are_surely_two
from dianliang.kernel.phrases import phrase_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """Who held a version against which document, what was compared, and who took it back.

    `is_other_known` tells whether personnel numbers show that it was not its recorder.
    """

    document: str
    words: str
    by: str
    at: datetime
    is_other_known: bool
    withdrawn_by: str
    withdrawn_at: datetime | None
    withdrawn_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A version of a price: `cny` for what `item` names, of `rating_kva` where it is enlarging."""

    code: str
    item: str
    item_label: str
    rating_kva: int | None
    edition: int
    cny: float
    source: str
    year: int
    unusual: tuple[str, ...]
    recorded_by: str
    recorded_at: datetime
    check: CheckRow | None
    withdrawn: tuple[CheckRow, ...]

    @property
    def is_shipped(self) -> bool:
        """Tell whether the program brought it: a starting point that nobody compared."""
        return self.recorded_by == SHIPPED_BY

    @property
    def may_count(self) -> bool:
        """Tell whether a proposal may reckon with it."""
        return self.is_shipped or self.check is not None


def versions() -> tuple[PriceRow, ...]:
    """Return all versions of every price: measures first, then ratings, newest first. 2 queries."""
    rows = MeasurePrice.objects.prefetch_related("checks")
    ordered = rows.order_by(F("rating_kva").asc(nulls_first=True), "item", "-edition")
    return tuple(_row(row) for row in ordered)


def counting(rows: Iterable[PriceRow]) -> tuple[PriceRow, ...]:
    """Return the version of each price that proposals reckon with, of rows newest first."""
    found: dict[tuple[str, int | None], PriceRow] = {}
    for row in rows:
        if row.may_count:
            found.setdefault((row.item, row.rating_kva), row)
    return tuple(found.values())


def waiting(rows: Iterable[PriceRow]) -> tuple[PriceRow, ...]:
    """Return what nobody has checked and is newer than what counts, of rows newest first."""
    found = []
    settled: set[tuple[str, int | None]] = set()
    for row in rows:
        key = (row.item, row.rating_kva)
        if row.may_count:
            settled.add(key)
        elif key not in settled:
            found.append(row)
    return tuple(found)


def _row(row: MeasurePrice) -> PriceRow:
    checks = [_check(row, made) for made in row.checks.all()]
    return PriceRow(
        code=row.code,
        item=row.item,
        item_label=row.get_item_display(),
        rating_kva=row.rating_kva,
        edition=row.edition,
        cny=row.cny,
        source=row.source,
        year=row.year,
        unusual=tuple(map(phrase_of, row.unusual)),
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        check=next((made for made in checks if made.withdrawn_at is None), None),
        withdrawn=tuple(made for made in checks if made.withdrawn_at is not None),
    )


def _check(row: MeasurePrice, made: PriceCheck) -> CheckRow:
    return CheckRow(
        document=made.document,
        words=made.words,
        by=made.checked_name,
        at=made.checked_at,
        is_other_known=are_surely_two(row.recorded_person, made.checked_person),
        withdrawn_by=made.withdrawn_by,
        withdrawn_at=made.withdrawn_at,
        withdrawn_words=made.withdrawn_words,
    )
