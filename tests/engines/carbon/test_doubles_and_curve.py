"""What is counted twice is found; what is emitted adds up over months; what driving saves."""

import json
from datetime import date, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.carbon import (
    BadAccountError,
    DoubleKind,
    Driving,
    EmissionFactor,
    curve,
    doubles,
    substitution,
)
from tests.engines.carbon.test_inventory import CASES, JANUARY, line


def days(first, until):
    return {
        "from_on": JANUARY + timedelta(days=first),
        "until_on": JANUARY + timedelta(days=until),
    }


def test_one_meter_in_two_accounts_is_told_with_its_days():
    both = [line("L1", **days(0, 31)), line("L2", account="所", **days(20, 59))]

    (double,) = doubles([*both, line("L3", place="所")])

    assert (double.kind, double.first, double.second) == (DoubleKind.BETWEEN, "L1", "L2")
    assert double.days == 11
    assert double.words == "“县公司”和“所”两个账户里，办公楼 的电力有 11 天记了两次：L1、L2。"


def test_the_sellers_scope_1_is_no_double_of_the_buyers_scope_2():
    assert doubles([line("L1", scope=1, account="电厂"), line("L2")]) == ()


def test_one_meter_in_one_account_is_one_however_spelt_and_whatever_its_scope():
    lines = [
        line("L1", place="１号表"),
        line("L2", place="1 号表"),
        line("L3", place="1号表", scope=3),
    ]

    found = doubles(lines)

    assert [(one.first, one.second) for one in found] == [("L1", "L2"), ("L1", "L3"), ("L2", "L3")]


def test_periods_that_meet_do_not_overlap():
    assert doubles([line("L1", **days(0, 31)), line("L2", **days(31, 59))]) == ()


def test_a_part_beside_its_whole_in_one_account_is_told():
    lines = [line("whole", place="全县"), line("part", place="某厂"), line("far", account="村")]

    found = doubles(lines, parents={"part": "whole", "far": "whole", "gone": "whole"})

    assert [(one.kind, one.first, one.second) for one in found] == [
        (DoubleKind.PARENT, "whole", "part")
    ]


spans = st.tuples(st.integers(0, 60), st.integers(1, 40), st.sampled_from("甲乙"))


@given(st.lists(spans, max_size=7))
def test_every_overlap_and_nothing_else_is_found(rows):
    lines = [
        line(f"L{n}", place=place, **days(first, first + long))
        for n, (first, long, place) in enumerate(rows)
    ]
    both = {
        frozenset((a.number, b.number))
        for a, b in combinations(lines, 2)
        if a.place == b.place and a.from_on < b.until_on and b.from_on < a.until_on
    }

    found = doubles(lines)

    assert {frozenset((one.first, one.second)) for one in found} == both
    assert len(found) == len(both)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 400), st.floats(0, 1e6)), max_size=5))
@settings(deadline=None)
def test_the_curve_ends_at_the_sum_and_never_falls(rows):
    lines = [
        line(f"L{n}", quantity=quantity, **days(first, first + long))
        for n, (first, long, quantity) in enumerate(rows)
    ]

    found = curve(lines)

    total = sum(one.co2_kg for one in lines)
    assert (found[-1].cumulative_kg if found else 0) == pytest.approx(total)
    assert all(b.cumulative_kg >= a.cumulative_kg for a, b in pairwise(found))
    assert all(month.first_on.day == 1 for month in found)


def test_a_line_is_spread_by_its_days():
    (january, february) = curve([line(quantity=100.0, **days(21, 41))])

    assert january.first_on == date(2026, 1, 1)
    assert january.co2_kg == pytest.approx(50 * 10 / 20)
    assert february.cumulative_kg == pytest.approx(50)


def test_what_16_000_tonnes_of_the_ev_centre_take():
    """Under green electricity 16 GWh; under the grid of today two to six times as much."""
    case = json.loads((CASES / "ev_centre.json").read_text("utf-8"))
    assert len(case["worlds"]) == 6
    for world in case["worlds"]:
        driving = driven(case, world["kg_per_kwh"])

        found = substitution(world["kwh"], driving=driving)

        assert found.kg_per_kwh == pytest.approx(world["net_kg_per_kwh"], rel=1e-3)
        assert found.kwh_for(case["claimed_kg"]) == pytest.approx(
            world["kwh"], rel=case["tolerance"]
        )
        assert found.avoided_kg == pytest.approx(case["claimed_kg"], rel=case["tolerance"])
        assert found.fuel_kg - found.power_kg == pytest.approx(found.avoided_kg)


def driven(case, grid):
    return Driving(
        kwh_per_100_km=case["kwh_per_100_km"],
        litres_per_100_km=case["litres_per_100_km"],
        kg_per_litre=case["kg_per_litre"],
        fuel=EmissionFactor(code="petrol", kg_per_unit=case["petrol_kg_per_kg"], unit="kg"),
        power=EmissionFactor(code="grid", kg_per_unit=grid, unit="kWh"),
    )


def test_charging_from_a_grid_that_emits_more_saves_nothing():
    case = json.loads((CASES / "ev_centre.json").read_text("utf-8"))
    found = substitution(1000.0, driving=driven(case, 1.2))

    assert found.avoided_kg < 0
    with pytest.raises(BadAccountError):
        found.kwh_for(1.0)
    with pytest.raises(BadAccountError, match="energy charged"):
        substitution(float("inf"), driving=driven(case, 1.2))
