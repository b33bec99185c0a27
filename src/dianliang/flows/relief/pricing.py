"""What measures cost, from the table that the top unit keeps, and its versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dianliang.domain.relief import price_operations, price_queries
from dianliang.domain.relief.models import MeasurePrice
from dianliang.domain.relief.operations import UnableToRelieveError
from dianliang.domain.relief.price_operations import Priced
from dianliang.domain.relief.price_queries import PriceRow
from dianliang.flows.relief.options import Prices
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase

__all__ = ["ITEMS", "Priced", "change", "current", "keeps_prices", "kept", "table"]

ITEMS = tuple(MeasurePrice.Item.choices)
KEEPERS = frozenset({Role.DISPATCHER, Role.ADMINISTRATOR})
CHECKERS = KEEPERS | {Role.PARTY_AFFAIRS, Role.AUDITOR}
"""Who may hold a price against its document: not whoever recorded it."""


def keeps_prices(by: Actor) -> bool:
    """Tell whether the actor may change the table: every unit's proposals are made by it."""
    return by.role in KEEPERS and by.is_top


def checks_prices(by: Actor) -> bool:
    """Tell whether the actor may check the table."""
    return by.role in CHECKERS and by.is_top


def table() -> tuple[PriceRow, ...]:
    """Return the version of every price that proposals reckon with."""
    return price_queries.counting(price_queries.versions())


def book() -> tuple[tuple[PriceRow, ...], tuple[PriceRow, ...], tuple[PriceRow, ...]]:
    """Return what counts, what waits for a second person, and every version. Two queries."""
    rows = price_queries.versions()
    return price_queries.counting(rows), price_queries.waiting(rows), rows


def change(*, told: Priced, by: Actor, at: datetime) -> MeasurePrice:
    """Add a version of a price; it counts once another person has checked it.

    Raises:
        NotVisibleError: the actor is not of the top unit.
        UnableToRelieveError, InvalidInputError: see the operation.
    """
    if not keeps_prices(by):
        raise NotVisibleError("造价口径各单位共用，只由县公司维护。")
    return price_operations.price(told=told, by=by, at=at)


def check(*, code: str, document: str, words: str, by: Actor, at: datetime) -> None:
    """Confirm a version against its document: from now on proposals reckon with it.

    Raises:
        NotVisibleError: there is none, or the actor checks none.
        UnableToRelieveError, InvalidInputError: see the operation.
    """
    _refuse_stranger(by)
    price_operations.check_price(code=code, document=document, words=words, by=by, at=at)


def withdraw_check(*, code: str, words: str, by: Actor, at: datetime) -> None:
    """Take a wrong check back: the version that counted before counts again.

    Raises:
        NotVisibleError: there is none, or the actor checks none.
        UnableToRelieveError, InvalidInputError: see the operation.
    """
    _refuse_stranger(by)
    price_operations.withdraw_check(code=code, words=words, by=by, at=at)


def _refuse_stranger(by: Actor) -> None:
    if not checks_prices(by):
        raise NotVisibleError("没有找到这一版造价。")


def current(rows: Sequence[PriceRow]) -> Prices:
    """Return the prices that a proposal reckons with.

    Raises:
        UnableToRelieveError: a price is missing.
    """
    by_item = {row.item: row.cny for row in rows if row.rating_kva is None}
    missing = [label for item, label in ITEMS if item != "larger" and item not in by_item]
    if missing:
        words = Phrase(
            "造价口径里没有核对过的“%(item)s”，请先在“造价口径”里登记，由另一人核对。",
            item=Phrase(missing[0]),
        )
        raise UnableToRelieveError(words, field="month")
    return Prices(
        dedicated_cny=by_item["dedicated"],
        balance_cny=by_item["balance"],
        transfer_cny=by_item["transfer"],
        storage_cny_per_kwh=by_item["storage"],
        larger_cny={row.rating_kva: row.cny for row in rows if row.rating_kva is not None},
    )


def kept(rows: Sequence[PriceRow]) -> list[dict[str, Any]]:
    """Return prices as a proposal keeps them, with source and year."""
    return [
        {
            "label": row.item_label,
            "rating_kva": row.rating_kva,
            "cny": row.cny,
            "source": row.source,
            "year": row.year,
            "checked": row.check is not None,
        }
        for row in rows
    ]
