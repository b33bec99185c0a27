"""Trials on machines: nothing is promised that a design cannot carry."""

import json
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.measurement import (
    Code,
    Spread,
    Status,
    Unit,
    _trials,
    drawn_order,
    half_width,
    planned,
    trial,
)
from tests.engines.measurement.worlds import ar1

CASES = Path(__file__).parents[2] / "cases" / "measurement"
READINGS = 96


def unit(rng, name, *, saved, machine, days=3, is_pair=False):
    """A machine's (or a pair's) readings of kWh per kg with and without the measure."""
    n = READINGS * days
    level = rng.normal(0, machine, 2) if is_pair else np.repeat(rng.normal(0, machine), 2)
    own = 1 - saved - rng.normal(0, 0.03)
    noise = [0.1 * ar1(rng, (n,), 0.8) for _ in range(2)]
    without, measured = (0.6 * np.exp(level[k] + noise[k] - 0.005) for k in range(2))
    return Unit(
        name=name,
        without=without,
        measured=measured * own,
        is_pair=is_pair,
        days=days,
        is_random=True,
    )


def test_one_pair_for_a_day_shows_a_range_and_no_interval():
    rng = np.random.default_rng(2)
    found = trial([unit(rng, "17/18", saved=0.36, machine=0.12, days=1, is_pair=True)])

    assert (found.low, found.high, found.status) == (None, None, Status.SCREENED)
    assert found.least == found.most == found.fraction
    assert {Code.ONE_PAIR, Code.FEW_PER_BLOCK} <= {one.code for one in found.findings}
    assert found.units[0].effective < READINGS / 2
    assert all(one.words and one.english for one in found.findings)


def test_nine_intervals_in_ten_hold_the_truth_of_six_machines():
    """Errors differ from machine to machine, and so does what the measure brings them."""
    rng = np.random.default_rng(4)
    truth = np.log(1 - 0.148)
    held = []
    for _ in range(2000):
        errors = rng.uniform(0.01, 0.04, 6)
        logs = truth + rng.normal(0, 0.03, 6) + rng.normal(0, errors)
        _, middle, error = _trials._combined(logs, errors**2)
        held.append(abs(middle - truth) <= 2.015 * error)
    assert 0.87 <= np.mean(held) <= 0.93


def test_a_trial_in_drawn_order_verifies_and_another_does_not():
    rng = np.random.default_rng(6)
    units = [unit(rng, f"M{k}", saved=0.148, machine=0.12) for k in range(8)]
    found = trial(units)
    undrawn = [
        Unit(name=u.name, without=u.without, measured=u.measured, is_pair=False, days=u.days)
        for u in units
    ]
    one = trial(
        [
            Unit(
                name="M0",
                without=u.without,
                measured=u.measured,
                is_pair=False,
                days=u.days,
                is_random=True,
            )
            for u in units
        ]
    )

    assert found.status is Status.VERIFIED
    assert found.low <= 0.148 <= found.high
    assert found.least <= found.fraction <= found.most
    assert 0 < found.between < 0.1
    assert trial(undrawn).status is Status.MEASURED
    assert (one.status, one.findings[0].code) == (Status.MEASURED, Code.ONE_MACHINE)


@given(
    machines=st.integers(1, 12),
    spells=st.sampled_from([2, 4, 6]),
    seed=st.integers(0, 10**6),
)
@settings(max_examples=25, deadline=None)
def test_a_drawn_order_is_balanced_and_repeats_with_its_seed(machines, spells, seed):
    names = [f"M{k}" for k in range(machines)]
    order = drawn_order(names, spells=spells, seed=seed)
    table = np.array([order[name] for name in names])

    assert (table.sum(axis=1) == spells / 2).all()
    assert (np.abs(2 * table.sum(axis=0) - machines) <= machines % 2).all()
    assert order == drawn_order(names, spells=spells, seed=seed)


@pytest.mark.parametrize("case", json.loads((CASES / "trials.json").read_text("utf-8")))
def test_half_widths_are_those_of_the_textbook(case):
    shape = {key: case[key] for key in ("units", "days", "spells", "is_crossover")}
    wanted = case["half_width"]
    found = half_width(**shape, spread=Spread())
    assert found == pytest.approx(wanted["value"], abs=wanted["tolerance"])


def test_the_planner_gives_the_smallest_trial_that_will_do():
    spread = Spread(effect=0.0)
    cross, pairs = planned(wanted=0.05, spread=spread, machines=80)

    for plan in (cross, pairs):
        assert plan.half_width <= 0.05
        shape = {"days": plan.days, "spells": plan.spells, "is_crossover": plan.is_crossover}
        assert half_width(units=plan.units - 1, **shape, spread=spread) > 0.05
    assert cross.units * cross.days * cross.spells < pairs.units * pairs.days * 2
    assert planned(wanted=0.001, spread=Spread(), machines=4) == ()
    with pytest.raises(ValueError, match="more than zero"):
        planned(wanted=0, spread=spread, machines=4)


def test_a_planned_trial_is_as_sure_as_planned():
    """Simulated estimates scatter as the planner's formula says."""
    rng = np.random.default_rng(8)
    spread = Spread(reading=0.0, effect=0.04)
    days, units = 3, 6
    sides = rng.normal(0, spread.day, (4000, units, 2, days)).mean(axis=3)
    effect = rng.normal(0, spread.effect, (4000, units))
    found = (sides[..., 0] - sides[..., 1] + effect).mean(axis=1).std()
    reach = half_width(units=units, days=days, spells=2, is_crossover=True, spread=spread)
    assert reach == pytest.approx(2.015 * found, rel=0.05)
    assert half_width(units=1, days=3, spells=2, is_crossover=True, spread=spread) == pytest.approx(
        float("inf")
    )
    assert found < sqrt(2) * spread.day


def test_energy_must_be_there():
    empty = Unit(name="M", without=np.array([]), measured=np.ones(3), is_pair=False, days=1)
    with pytest.raises(ValueError, match="M: energy"):
        trial([empty])
    with pytest.raises(ValueError, match="at least one"):
        trial([])
    with pytest.raises(ValueError, match="pairs"):
        drawn_order(["M"], spells=3, seed=1)
