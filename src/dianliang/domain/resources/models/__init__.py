"""Gear, its tests and loans; stores, items and their movements."""

from dianliang.domain.resources.models.stock import (
    CountLine,
    Item,
    Movement,
    Stock,
    StockCount,
)
from dianliang.domain.resources.models.things import (
    Loan,
    Resource,
    ResourceKind,
    ResourcePaper,
    Store,
    Upkeep,
    UpkeepRecord,
)

__all__ = [
    "CountLine",
    "Item",
    "Loan",
    "Movement",
    "Resource",
    "ResourceKind",
    "ResourcePaper",
    "Stock",
    "StockCount",
    "Store",
    "Upkeep",
    "UpkeepRecord",
]
