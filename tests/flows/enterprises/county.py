"""A handful of made firms in a curve store of two months, some of them unfit for analysis."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from dianliang.engines.loading import Span
from dianliang.flows.enterprises import made
from dianliang.integrations.curve_store import CurveStore

SPAN = Span(date(2025, 3, 1), date(2025, 5, 1))
DAYS = [SPAN.from_on + timedelta(days=n) for n in range(61)]
STORED_AT = datetime(2026, 1, 5, 4, tzinfo=UTC)


def stored(root, *, count=4, seed=3):
    """Return the firms, what they drew, and the store."""
    supplies, power = made.made_firms(count=count, days=DAYS, seed=seed)
    store = CurveStore(root / "curves")
    store.add(made.batch(supplies, power, DAYS[0]), source="made.parquet", at=STORED_AT)
    return supplies, power, store


def unfit(one):
    """Return contracts of which each has something wrong, with what must be said."""
    return {
        "没有读数": replace(one, number="X1", meters=("NO-SUCH",)),
        "没有这个电价": replace(one, number="X2", tariff="NIX"),
        "请核对倍率": replace(one, number="X3", capacity_kva=one.capacity_kva / 100),
        "是单一制电价": replace(one, number="X4", tariff="YS-380V"),
    }
