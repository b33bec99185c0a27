"""Scope 3 by category: what is entered, what stands beside energy, and what would count twice."""

import pytest

from dianliang.core.checks import InvalidRowsError
from dianliang.domain.energy.operations.factors import keep
from dianliang.flows.carbon import keeping, reckoning
from dianliang.kernel.actor import Role
from tests.claims import POWER_ROW, clerk, filled_account, opened_account, table
from tests.town import NOON

POWER = "电力-平均-全国-2023"


def freight(town):
    """Record a factor of carriage; return its series."""
    asked = {
        "series": "货运-公路-本单位-2025",
        "name": "公路货运",
        "carrier": "货运",
        "kind": "value_chain",
        "level": "own",
        "region": "本单位",
        "year": 2025,
        "unit": "kgCO2/tkm",
        "value": "0.1",
        "low": "0.08",
        "high": "0.12",
        "source": "承运商报告",
    }
    admin = town.actor("LM", Role.ADMINISTRATOR)
    return keep(asked=asked, reason="", by=admin, at=NOON).series


def take_in(town, number, *rows):
    keeping.take_in(number=number, content=table(*rows), name="用能.csv", by=clerk(town), at=NOON)


@pytest.mark.row("000-11")
@pytest.mark.row("003-13")
def test_carriage_is_counted_in_its_category_and_silent_categories_are_named(town):
    series = freight(town)
    number = opened_account(town)
    take_in(
        town,
        number,
        POWER_ROW,
        f"配送,货运,3,2026-01-01,2026-02-01,50000,吨公里,5,{series},,运单,4",
    )
    told = reckoning.page(number=number, year=2026, by=clerk(town)).reckoned

    ((name, quantity),) = told.categories
    assert name == "上游运输和配送"
    assert quantity.value == pytest.approx(5.0)
    assert quantity.low < 5.0 < quantity.high
    assert "商务差旅" in told.silent
    assert name not in told.silent
    last = told.curve[-1]
    total = told.lines[-1].location
    assert last.cumulative_t == pytest.approx(total.value)
    assert (last.low_t, last.high_t) == pytest.approx((total.low, total.high))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("配送,货运,3,2026-01-01,2026-02-01,1,tkm,,{series},,,", "要填类别"),
        ("配送,货运,3,2026-01-01,2026-02-01,1,tkm,,,,,4", "写明因子编号"),
        ("配送,货运,3,2026-01-01,2026-02-01,1,tkm,,{series},,,16", "16"),
        ("总表,电力,2,2026-01-01,2026-02-01,1,kWh,,,,,4", "只有范围 3"),
    ],
)
def test_a_row_of_the_wrong_scope_or_without_category_or_factor_is_refused(town, row, words):
    series = freight(town)
    number = opened_account(town)

    with pytest.raises(InvalidRowsError, match=words):
        take_in(town, number, row.format(series=series))


def test_the_upstream_of_energy_stands_beside_it_and_any_other_category_counts_it_twice(town):
    first = "1号表,电力,2,2026-01-01,2026-02-01,1000,kWh,,,,,"
    number = filled_account(town, first)
    beside = f"1号表,电力,3,2026-01-01,2026-02-01,1000,kWh,,{POWER},,,3"
    take_in(town, number, beside)
    again = f"1号表,电力,3,2026-01-01,2026-02-01,1000,kWh,,{POWER},,,8"
    with pytest.raises(InvalidRowsError, match="重叠，会重复计算"):
        take_in(town, number, again)
    with pytest.raises(InvalidRowsError, match="重叠，会重复计算"):
        take_in(town, number, beside)
    told = reckoning.page(number=number, year=2026, by=clerk(town)).reckoned

    assert told.doubles == ()
