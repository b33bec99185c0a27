"""What measures cost, from the table that the top unit keeps, and its versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dianliang.domain.relief import operations, price_queries
from dianliang.domain.relief.models import MeasurePrice
from dianliang.domain.relief.operations import Priced, UnableToRelieveError
from dianliang.domain.relief.price_queries import PriceRow
from dianliang.flows.relief.options import Prices
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

__all__ = ["ITEMS", "Priced", "change", "current", "keeps_prices", "kept", "table"]

ITEMS = tuple(MeasurePrice.Item.choices)
KEEPERS = frozenset({Role.DISPATCHER, Role.ADMINISTRATOR})


def keeps_prices(by: Actor) -> bool:
    """Tell whether the actor may change the table: every unit's proposals are made by it."""
    return by.role in KEEPERS and by.is_top


def table() -> tuple[PriceRow, ...]:
    """Return the present version of every price."""
    return price_queries.prices()


def change(*, told: Priced, by: Actor, at: datetime) -> MeasurePrice:
    """Put another version of a price in the place of the last.

    Raises:
        NotVisibleError: the actor is not of the top unit.
        UnableToRelieveError, InvalidInputError: see the operation.
    """
    if not keeps_prices(by):
        raise NotVisibleError("造价口径各单位共用，只由县公司维护。")
    return operations.price(told=told, by=by, at=at)


def current(rows: Sequence[PriceRow]) -> Prices:
    """Return the prices that a proposal reckons with.

    Raises:
        UnableToRelieveError: a price is missing.
    """
    by_item = {row.item: row.cny for row in rows if row.rating_kva is None}
    missing = [label for item, label in ITEMS if item != "larger" and item not in by_item]
    if missing:
        words = f"造价口径里没有“{missing[0]}”，请先在“造价口径”里登记。"
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
        }
        for row in rows
    ]
