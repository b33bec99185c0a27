"""Sums by place and by market, and how sure they are."""

import json
from datetime import date, timedelta
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.carbon import (
    Activity,
    BadAccountError,
    Basis,
    Certificate,
    EmissionFactor,
    inventory,
    simulated,
)

CASES = Path(__file__).parents[2] / "cases" / "carbon"
GRID = EmissionFactor(code="grid", kg_per_unit=0.5, unit="kWh", low=0.45, high=0.55)
RESIDUAL = EmissionFactor(code="residual", kg_per_unit=0.6, unit="kWh")
PETROL = EmissionFactor(code="petrol", kg_per_unit=3.0, unit="kg", low=2.7, high=3.3)
JANUARY = date(2026, 1, 1)


def line(number="L1", **other):
    told = {
        "account": "县公司",
        "place": "办公楼",
        "carrier": "电力",
        "scope": 2,
        "from_on": JANUARY,
        "until_on": JANUARY + timedelta(days=31),
        "quantity": 1000.0,
        "factor": GRID,
    }
    return Activity(number=number, **{**told, **other})


def certificate(kwh, number="C1", *, days=(0, 31), account="县公司"):
    first, until = (JANUARY + timedelta(days=day) for day in days)
    return Certificate(number=number, account=account, from_on=first, until_on=until, kwh=kwh)


def account(lines, **other):
    return inventory(lines, **other).accounts["县公司"]


def test_sums_combine_errors_as_the_ipcc_does():
    case = json.loads((CASES / "combination.json").read_text("utf-8"))
    factors = {
        row["factor"]: EmissionFactor(
            code=row["factor"],
            kg_per_unit=row["value"],
            unit="kWh",
            low=row["value"] - row["half"],
            high=row["value"] + row["half"],
        )
        for row in case["lines"]
    }
    lines = [
        line(
            f"L{n}",
            place=f"表 {n}",
            quantity=row["quantity"],
            share=row["share"],
            factor=factors[row["factor"]],
        )
        for n, row in enumerate(case["lines"])
    ]

    total = account(lines).totals[Basis.LOCATION]

    assert total.co2_kg == pytest.approx(case["total_kg"], rel=case["tolerance"])
    assert total.high_kg - total.co2_kg == pytest.approx(case["half_kg"], rel=case["tolerance"])


def test_certificates_cover_each_kwh_once_and_the_rest_counts_by_the_residual_mix():
    lines = [line("L1"), line("L2", place="营业厅", quantity=500.0)]

    found = account(lines, certificates=[certificate(1200)], residual=RESIDUAL)

    assert found.totals[Basis.LOCATION].co2_kg == pytest.approx(750)
    assert found.totals[Basis.MARKET].co2_kg == pytest.approx(300 * 0.6)
    assert (found.certified_kwh, found.left_kwh) == (1200, 0)


def test_a_certificate_of_another_time_or_account_covers_nothing():
    late = certificate(400, days=(31, 62))
    others = certificate(400, "C2", account="某厂")

    found = account([line()], certificates=[late, others])

    assert found.totals[Basis.MARKET].co2_kg == pytest.approx(500)
    assert (found.certified_kwh, found.left_kwh) == (0, 400)


def test_a_certificate_of_a_day_covers_no_more_than_a_days_share():
    year = line(until_on=date(2027, 1, 1), quantity=365.0)

    found = account([year], certificates=[certificate(300, days=(10, 11))])

    assert (found.certified_kwh, found.left_kwh) == (1, 299)
    assert found.totals[Basis.MARKET].co2_kg == pytest.approx(364 * 0.5)


def test_of_two_certificates_the_one_that_ends_first_covers_first():
    """The year's certificate leaves January to the one that has nothing else."""
    lines = [line(), line("L2", **february())]
    redeemed = [certificate(1000, "C1", days=(0, 59)), certificate(1000, "C2")]

    found = account(lines, certificates=redeemed)

    assert (found.certified_kwh, found.left_kwh) == (2000, 0)


def february():
    return {"from_on": date(2026, 2, 1), "until_on": date(2026, 3, 1)}


days_ = st.tuples(st.integers(0, 60), st.integers(1, 60))


@given(st.lists(days_, min_size=1, max_size=4), st.lists(st.tuples(days_, st.floats(1, 1e4))))
@settings(deadline=None, max_examples=60)
def test_no_certificate_covers_more_than_what_was_used_in_its_days(rows, redeemed):
    lines = [
        line(
            f"L{n}", from_on=JANUARY + timedelta(first), until_on=JANUARY + timedelta(first + long)
        )
        for n, (first, long) in enumerate(rows)
    ]
    certificates = [
        certificate(kwh, f"C{n}", days=(first, first + long))
        for n, ((first, long), kwh) in enumerate(redeemed)
    ]

    found = account(lines, certificates=certificates)

    in_days = sum(
        1000.0 / long
        for first, long in rows
        for day in range(first, first + long)
        if any(a <= day < a + span for (a, span), _ in redeemed)
    )
    assert found.certified_kwh <= in_days * (1 + 1e-9)
    total = sum(kwh for _, kwh in redeemed)
    assert found.certified_kwh + found.left_kwh == pytest.approx(total)


def test_more_certificates_than_electricity_are_no_negative_emission():
    found = account([line()], certificates=[certificate(5000)])

    assert found.totals[Basis.MARKET].co2_kg == 0
    assert found.left_kwh == 4000


def test_fuel_counts_alike_on_both_bases_and_scopes_stand_apart():
    fuel = line("L2", carrier="汽油", scope=1, factor=PETROL, quantity=10.0)

    found = account([line(), fuel], residual=RESIDUAL)

    assert found.scopes[1, Basis.MARKET] == found.scopes[1, Basis.LOCATION]
    assert found.scopes[1, Basis.LOCATION].co2_kg == 30
    assert found.scopes[2, Basis.LOCATION].co2_kg == 500
    assert found.totals[Basis.MARKET].co2_kg == 630


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: line(quantity=-1.0), "“L1”的数量"),
        (lambda: line(quantity=float("nan")), "“L1”的数量"),
        (lambda: line(scope=4), "范围"),
        (lambda: line(until_on=JANUARY), "止日"),
        (lambda: line(share=-0.1), "不确定度"),
        (lambda: EmissionFactor(code="x", kg_per_unit=-1, unit="kg"), "因子“x”"),
        (lambda: EmissionFactor(code="x", kg_per_unit=1, unit="kg", low=0.5), "缺一端"),
        (lambda: EmissionFactor(code="x", kg_per_unit=1, unit="kg", low=2, high=3), "区间"),
        (lambda: certificate(0), "绿证“C1”"),
        (lambda: inventory([line()], certificates=[certificate(1), certificate(1)]), "两次"),
        (
            lambda: inventory(
                [line(), line("L2", factor=EmissionFactor(code="grid", kg_per_unit=1, unit="kWh"))]
            ),
            "前后不一致",
        ),
        (lambda: simulated([line()], seed=1, draws=10), "1000"),
    ],
)
def test_figures_that_cannot_be_are_refused_by_name(make, words):
    with pytest.raises(BadAccountError) as refusal:
        make()

    assert words in refusal.value.words
    assert str(refusal.value).isascii()


quantities = st.floats(0, 1e6)
lines_ = st.lists(
    st.tuples(quantities, st.floats(0, 0.2), st.sampled_from([GRID, RESIDUAL, PETROL])),
    min_size=1,
    max_size=6,
)


@given(lines_, st.lists(st.floats(0.1, 1e6), max_size=3))
@settings(deadline=None, max_examples=60)
def test_by_market_never_more_electricity_is_covered_than_bought(rows, energies):
    bought = [
        line(f"L{n}", quantity=quantity, share=share, factor=factor)
        for n, (quantity, share, factor) in enumerate(rows)
    ]
    redeemed = [certificate(kwh, f"C{n}") for n, kwh in enumerate(energies)]

    found = account(bought, certificates=redeemed)

    power = sum(one.quantity for one in bought if one.factor.unit == "kWh")
    assert found.certified_kwh <= power * (1 + 1e-9)
    assert found.certified_kwh + found.left_kwh == pytest.approx(sum(energies))
    assert found.totals[Basis.MARKET].co2_kg <= found.totals[Basis.LOCATION].co2_kg * (1 + 1e-9)
    for total in found.totals.values():
        assert total.low_kg <= total.co2_kg <= total.high_kg


@given(lines_)
@settings(deadline=None, max_examples=40)
def test_errors_lie_between_independent_and_all_in_step(rows):
    """Sharing a factor, lines are surer than if all erred alike, less sure than if none did."""
    own = [
        line(f"L{n}", quantity=quantity, share=share, factor=factor)
        for n, (quantity, share, factor) in enumerate(rows)
    ]
    alone = [account([one]).totals[Basis.LOCATION] for one in own]
    halves = [one.high_kg - one.co2_kg for one in alone]

    half = account(own).totals[Basis.LOCATION]

    together = half.high_kg - half.co2_kg
    assert sqrt(sum(h * h for h in halves)) <= together * (1 + 1e-9) + 1e-9
    assert together <= sum(halves) * (1 + 1e-9) + 1e-9


def test_a_meter_errs_alike_in_every_month():
    """A meter of class 1 is 1 % off all year; over twelve months its error does not average out."""
    months = [line(f"L{n}", share=0.01, factor=RESIDUAL) for n in range(12)]

    summed = account(months).totals[Basis.LOCATION]
    drawn = simulated(months, seed=3)

    assert summed.share == pytest.approx(0.01)
    assert drawn.share == pytest.approx(0.01, rel=0.05)


def test_simulation_and_quadrature_agree_where_spreads_are_narrow():
    lines = [line(), line("L2", quantity=4000.0, share=0.05), line("L3", factor=RESIDUAL)]

    drawn = simulated(lines, seed=7)
    summed = account(lines).totals[Basis.LOCATION]

    assert drawn.co2_kg == pytest.approx(summed.co2_kg)
    assert drawn.low_kg == pytest.approx(summed.low_kg, rel=0.01)
    assert drawn.high_kg == pytest.approx(summed.high_kg, rel=0.01)
    assert drawn == simulated(lines, seed=7)


def test_simulation_keeps_a_skew_interval_skew():
    """A factor of 1 that may be 3 but not below 0.9: the interval's arms are not alike."""
    skew = EmissionFactor(code="skew", kg_per_unit=1.0, unit="kWh", low=0.9, high=3.0)

    drawn = simulated([line(factor=skew)], seed=3)

    assert drawn.low_kg == pytest.approx(900, rel=0.02)
    assert drawn.high_kg == pytest.approx(3000, rel=0.05)
    assert account([line(factor=skew)]).is_wide


def test_intervals_of_simulated_inventories_cover_what_happened():
    """Draw true worlds, estimate each from its erring data: 95 in 100 intervals hold the truth."""
    chance, held, worlds = np.random.default_rng(5), 0, 400
    for _ in range(worlds):
        true_factor, true_kwh = 0.5, [1000.0, 3000.0]
        seen_factor = true_factor + chance.normal() * 0.05 / 1.96
        ends = {"low": seen_factor - 0.05, "high": seen_factor + 0.05}
        factor = EmissionFactor(code="f", kg_per_unit=seen_factor, unit="kWh", **ends)
        errors = chance.normal(1, 0.06 / 1.96, 2)
        lines = [
            line(f"L{n}", place=f"表 {n}", quantity=kwh * error, share=0.06, factor=factor)
            for n, (kwh, error) in enumerate(zip(true_kwh, errors, strict=True))
        ]
        total = account(lines).totals[Basis.LOCATION]
        held += total.low_kg <= true_factor * sum(true_kwh) <= total.high_kg

    assert 0.92 <= held / worlds <= 0.98
