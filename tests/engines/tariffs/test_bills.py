"""A bill is the sum of lines that anybody can reckon after."""

from datetime import date
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.tariffs import (
    NO_W,
    BasicRule,
    Period,
    Terms,
    Way,
    adjustment_rate,
    best_factor,
    bills,
    charged_kw,
    power_factor,
    schedule,
)
from tests.engines.tariffs.examples import days_of, flat, tariff

JANUARY = days_of(date(2025, 1, 1), date(2025, 1, 31))
LAID = schedule([tariff()], code="DEMO-10KV", days=JANUARY, kinds=[0] * 31)


def bill(power, **terms):
    given = {"way": Way.CAPACITY, "capacity_kva": 500.0, **terms}
    return bills(power_w=power, schedule=LAID, terms=[Terms(**given)])


def test_a_month_of_100_kw_costs_what_the_hand_says():
    found = bill(flat(100, JANUARY))

    hours = 31 * 12
    by_hand = hours * 100 * 1.00 + hours * 100 * 0.30 + 744 * 100 * 0.05 + 500 * 30
    assert found.total_cny[0, 0] == pytest.approx(by_hand)
    assert by_hand == 67_080
    assert [line.name for line in found.lines(0, 0)] == [
        "高峰电量",
        "低谷电量",
        "基金及附加",
        "基本电费",
    ]


def test_lines_add_up_to_the_bill_whatever_the_terms():
    kvarh = (74_400.0 * 0.75,)
    for way in Way:
        found = bill(flat(100, JANUARY), way=way, contract_kw=90.0, standard=0.9, kvarh=kvarh)
        lines = found.lines(0, 0)
        assert sum(line.cny for line in lines) == pytest.approx(found.total_cny[0, 0])
        for line in lines:
            assert line.quantity * line.price == pytest.approx(line.cny)


@pytest.mark.parametrize(
    ("contract_kw", "charged"),
    [(100, 100), (96, 96), (95, 95 + 2 * (100 - 99.75)), (80, 80 + 2 * 16), (10, 40 + 2 * 58)],
)
def test_what_goes_beyond_105_percent_is_paid_twice_and_40_percent_is_the_floor(
    contract_kw, charged
):
    found = charged_kw(
        most_kw=np.array(100.0),
        contract_kw=np.array(float(contract_kw)),
        capacity_kva=np.array(100.0),
        rule=BasicRule(),
    )

    assert float(found) == pytest.approx(charged)


def test_who_uses_his_capacity_well_pays_nine_tenths_for_demand():
    busy = bill(flat(100, JANUARY), way=Way.ACTUAL, capacity_kva=74_400 / 260)
    idle = bill(flat(100, JANUARY), way=Way.ACTUAL, capacity_kva=74_400 / 260 + 1)

    assert busy.basic_cny[0, 0] == pytest.approx(100 * 40 * 0.9)
    assert idle.basic_cny[0, 0] == pytest.approx(100 * 40)


def test_a_point_that_was_not_read_is_no_use():
    power = flat(100, JANUARY)
    power[0, 3, 40] = NO_W

    assert bill(power).energy_kwh[0, 0, Period.PEAK] == 31 * 12 * 100 - 25


@pytest.mark.parametrize(
    ("standard", "factor", "percent"),
    [
        (0.90, 1.00, -0.75),
        (0.90, 0.95, -0.75),
        (0.90, 0.93, -0.45),
        (0.90, 0.90, 0),
        (0.90, 0.895, 0),
        (0.90, 0.8949, 0.5),
        (0.90, 0.80, 5),
        (0.90, 0.70, 10),
        (0.90, 0.65, 15),
        (0.90, 0.64, 17),
        (0.85, 0.94, -1.10),
        (0.85, 0.90, -0.5),
        (0.85, 0.65, 10),
        (0.85, 0.60, 15),
        (0.85, 0.58, 19),
        (0.80, 0.92, -1.30),
        (0.80, 0.90, -1.0),
        (0.80, 0.60, 10),
        (0.80, 0.54, 17),
    ],
)
def test_the_table_of_1983(standard, factor, percent):
    found = adjustment_rate(factor=np.array([factor]), standard=standard)

    assert found[0] * 100 == pytest.approx(percent)


def test_a_worse_power_factor_never_costs_less():
    for standard in (0.90, 0.85, 0.80):
        rates = adjustment_rate(factor=np.linspace(0, 1, 1001), standard=standard)
        assert (np.diff(rates) <= 1e-12).all()
        reached = adjustment_rate(factor=np.array([best_factor(standard)]), standard=standard)
        assert reached[0] == rates.min()


def test_who_has_no_known_capacity_has_not_used_it_well():
    idle = bill(flat(0, JANUARY), way=Way.ACTUAL, capacity_kva=0.0)
    busy = bill(flat(100, JANUARY), way=Way.ACTUAL, capacity_kva=0.0)

    assert (idle.basic_price[0, 0], busy.basic_price[0, 0]) == (40, 40)


def test_what_is_fed_in_is_told_apart_and_takes_nothing_off_the_bill():
    power = flat(100, JANUARY)
    power[:, :, 40:48] = -60_000
    found = bill(power, standard=0.9, kvarh=(30_000.0,))
    drawn = bill(np.maximum(power, 0), standard=0.9, kvarh=(30_000.0,))
    fed = bill(flat(-10, JANUARY), standard=0.9, kvarh=(100.0,))

    assert found.total_cny[0, 0] == drawn.total_cny[0, 0]
    assert found.fed_in_kwh[0, 0] == pytest.approx(31 * 2 * 60)
    line = next(line for line in found.lines(0, 0) if line.name == "上网电量")
    assert (line.quantity, line.cny) == (pytest.approx(31 * 2 * 60), 0)
    assert fed.kwh[0, 0] == 0
    assert fed.total_cny[0, 0] == pytest.approx(fed.basic_cny[0, 0] + fed.adjustment_cny[0, 0])
    assert fed.total_cny[0, 0] >= fed.basic_cny[0, 0]


def test_the_adjustment_leaves_levies_out():
    found = bill(flat(100, JANUARY), standard=0.9, kvarh=(74_400 * sqrt(1 / 0.64 - 1),))

    assert found.factor[0, 0] == pytest.approx(0.8)
    assert found.adjustment_cny[0, 0] == pytest.approx(0.05 * (37_200 * 1.3 + 15_000))


def test_a_month_without_reactive_readings_is_not_adjusted():
    assert np.isnan(power_factor(kwh=np.array([5.0]), kvarh=np.array([np.nan])))[0]
    assert bill(flat(100, JANUARY), standard=0.9, kvarh=(None,)).adjustment_cny[0, 0] == 0


def test_a_standard_without_a_table_is_refused():
    with pytest.raises(ValueError, match=r"0\.87"):
        adjustment_rate(factor=np.array([0.9]), standard=0.87)


@given(seed=st.integers(0, 9), times=st.sampled_from([2, 3, 7]))
@settings(deadline=None, max_examples=10)
def test_bills_of_energy_grow_with_use_and_do_not_know_their_neighbours(seed, times):
    power = np.random.default_rng(seed).integers(0, 100_000, (4, 31, 96)).astype(np.int32)
    terms = [Terms(way=Way.ACTUAL, capacity_kva=9e9)] * 4
    once = bills(power_w=power, schedule=LAID, terms=terms).total_cny
    more = bills(power_w=power * times, schedule=LAID, terms=terms).total_cny
    turned = bills(power_w=power[::-1].copy(), schedule=LAID, terms=terms).total_cny

    np.testing.assert_allclose(more, once * times)
    np.testing.assert_array_equal(turned, once[::-1])
