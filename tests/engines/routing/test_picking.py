"""Where most jobs do not pay, the search finds which few to serve."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dianliang.engines.routing import (
    Job,
    MaxIterations,
    Params,
    Problem,
    Shift,
    Team,
    check,
    solve,
)
from dianliang.engines.routing import _picking as picking
from dianliang.engines.routing._anneal import CHEAP_LEGS, mean_leg, worth_of
from dianliang.engines.routing._arrays import compile_problem
from dianliang.engines.routing._picking import has_picking, is_long
from dianliang.engines.routing._solve import fill_up, opening
from tests.engines.routing.worlds import county_day, km_east, window

STOP = MaxIterations(limit=3000)


def offers(*, jobs=210, teams=14, seed=1, value=700.0):
    """Many offers around one seat, hardly one of which pays for the way there by itself."""
    rng = np.random.default_rng(seed)
    spots = rng.normal(0, 18, (jobs, 2))
    opens = rng.uniform(8.5, 15, jobs)
    work = tuple(
        Job(
            id=f"J{i}",
            at=km_east(*spots[i]),
            duration_s=600,
            windows=(window(opens[i], opens[i] + 2),),
            gear={"load": int(rng.integers(1, 5))},
            value=float(value * rng.uniform(0.4, 1.6)),
        )
        for i in range(jobs)
    )
    day = Shift(window=window(8.5, 17.5), start=km_east(0))
    crews = tuple(Team(id=f"T{i}", shifts=(day,), gear={"load": 20}) for i in range(teams))
    return Problem(jobs=work, teams=crews)


@pytest.fixture(scope="module")
def planned():
    problem = offers()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(picking, "LONG_ITERATIONS", 10)
        return problem, solve(problem, stop=STOP)


@pytest.fixture
def hasty(monkeypatch):
    """Let a short search count as long."""
    monkeypatch.setattr(picking, "LONG_ITERATIONS", 10)


def begun(problem):
    search = opening(compile_problem(problem), seed=1, start=None)
    fill_up(search)
    return search


def test_offers_are_picked_and_ordinary_days_are_not():
    picky, ordinary = begun(offers()), begun(county_day(teams=20, jobs=240, seed=1))

    assert has_picking(picky)
    assert worth_of(picky) < CHEAP_LEGS * mean_leg(picky)
    assert worth_of(ordinary) >= CHEAP_LEGS * mean_leg(ordinary)
    assert not has_picking(begun(offers(jobs=60)))
    assert is_long(picky, 1000 * 210)
    assert not is_long(picky, 999 * 210)


def test_the_plan_keeps_every_rule_and_pays(planned):
    problem, plan = planned

    assert check(problem, plan) == ()
    assert plan.routes
    assert plan.objective.total < sum(job.value for job in problem.jobs)


@pytest.mark.usefixtures("hasty")
def test_one_seed_gives_one_plan(planned):
    problem, plan = planned

    assert solve(problem, stop=STOP) == plan


def test_it_is_better_than_to_cool_down_once(planned):
    problem, plan = planned

    once = solve(problem, stop=STOP, params=Params(region_jobs=len(problem.jobs)))

    assert plan.objective.total < once.objective.total


@pytest.mark.usefixtures("hasty")
def test_what_is_told_only_gets_better_and_it_stops_when_told_to():
    told = []

    def progress(now):
        told.append(now)
        return now.share < 0.6

    problem = offers(seed=2)
    plan = solve(problem, stop=STOP, progress=progress)

    assert check(problem, plan) == ()
    assert 0.6 <= told[-1].share < 0.7
    assert all(b.best <= a.best + 1e-3 for a, b in pairwise(told))
    assert plan.objective.total == pytest.approx(told[-1].best)


def test_a_plan_to_start_from_is_improved_as_it_is(planned):
    problem, plan = planned

    again = solve(problem, stop=replace(STOP, limit=300), start=plan)

    assert again.objective.total <= plan.objective.total
