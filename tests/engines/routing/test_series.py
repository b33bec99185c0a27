"""Visits of series are improved by day and as a whole, and keep their rules whatever is tried."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import (
    Lock,
    MaxIterations,
    Problem,
    Series,
    Weights,
    check,
    solve,
)
from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._arrays import compile_problem
from dianliang.engines.routing._render import render
from dianliang.engines.routing._solve import opening
from dianliang.kernel.calendar import SHANGHAI
from tests.engines.routing.worlds import at, job, team

DAYS = [at(9, day).astimezone(SHANGHAI).date() for day in range(4)]
PATTERNS = {1: tuple((day,) for day in DAYS), 2: ((DAYS[0], DAYS[2]), (DAYS[1], DAYS[3]))}


def week(*, seed, team_price, customers=8):
    """Return a week in which three customers in four are seen twice, with hardly room for all."""
    rng = np.random.default_rng(seed)
    jobs, series = [], []
    for i in range(customers):
        visits = 1 if i % 4 == 0 else 2
        km_east, gear = float(rng.uniform(-9, 9)), {"pump": int(rng.integers(1, 4))}
        ids = tuple(f"{i}.{visit}" for visit in range(visits))
        jobs += [job(id_, km_east=km_east, gear=gear) for id_ in ids]
        series.append(Series(id=str(i), job_ids=ids, patterns=PATTERNS[visits]))
    return Problem(
        jobs=tuple(jobs),
        teams=tuple(team(name, days=4, gear={"pump": 5}) for name in "AB"),
        series=tuple(series),
        weights=Weights(series_team=team_price),
    )


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(1, 99),
    team_price=st.sampled_from([0.0, 600.0]),
    heat=st.sampled_from([1.0, 3000.0]),
)
def test_a_week_of_series_keeps_its_rules_and_its_price_whatever_is_ruined(seed, team_price, heat):
    problem = week(seed=seed, team_price=team_price)
    compiled = compile_problem(problem)
    search = opening(compiled, seed=seed, start=None)

    search.run(temperature=heat, iterations=150)

    assert search.totals[0] == pytest.approx(kernel.total(search.data, search.tour))
    search.recall()
    assert check(problem, render(problem, compiled, search, seed=seed, iterations=150)) == ()


@pytest.mark.parametrize("hour", [None, 9, 14])
@pytest.mark.parametrize("held", [0, 1])
@pytest.mark.parametrize("day", range(3))
def test_visits_that_are_otherwise_alike_may_be_held_apart(held, day, hour):
    start_at = None if hour is None else at(hour, day)
    lock = Lock(job_id=f"V{held}", team_id="B", shift=day, start_at=start_at, tolerance_s=0)
    problem = Problem(
        jobs=(job("V0"), job("V1")),
        teams=(team("A", days=3), team("B", days=3)),
        series=(Series(id="S", job_ids=("V0", "V1"), patterns=tuple(permutations(DAYS[:3], 2))),),
        locks=(lock,),
    )

    plan = solve(problem, stop=MaxIterations(limit=100))

    assert not plan.unassigned
    assert check(problem, plan) == ()
    route, stop = plan.stop_of(f"V{held}")
    assert (route.team_id, route.shift) == ("B", day)
    assert start_at is None or stop.start_at == start_at


def test_what_takes_much_gear_is_at_times_placed_first_so_that_tight_days_come_out_even():
    """Bulky and small jobs fill two vans exactly; placed as they come, something stays out."""
    needs = (5, 5, 3, 3, 2, 2)
    problem = Problem(
        jobs=tuple(
            job(f"J{i}", km_east=float(i), minutes=5, gear={"pump": need})
            for i, need in enumerate(needs)
        ),
        teams=(team("A", gear={"pump": 10}), team("B", gear={"pump": 10})),
    )

    compiled = compile_problem(problem)
    plan = solve(problem, stop=MaxIterations(limit=200))

    assert compiled.data.items["bulk"][:6].tolist() == [need / 10 for need in needs]
    assert not plan.unassigned
    assert check(problem, plan) == ()
