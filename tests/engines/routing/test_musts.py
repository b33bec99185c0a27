"""What must be done is done where others on a route could step aside for it."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import MaxIterations, Params, Priority, Problem, check, solve
from dianliang.engines.routing._arrays import compile_problem
from dianliang.engines.routing._musts import MUST_FIRST, missing, secure
from dianliang.engines.routing._solve import musts_of
from dianliang.engines.routing._state import Search
from tests.engines.routing.worlds import county_day, job, problems, team, window

FAR_KM = 45
"""So far that the way there and back takes as long as several visits."""


def village(far=FAR_KM, **facts):
    """Twelve short visits at home, a day's work for the one team, and a must far away."""
    near = tuple(
        job(f"J{i}", km_east=0.2 * i, minutes=35, priority=Priority.SHOULD, value=20_000.0 + i)
        for i in range(12)
    )
    must = job("far", km_east=far, minutes=10, priority=Priority.MUST, value=60_000.0, **facts)
    return Problem(jobs=(*near, must), teams=(team(),))


def begun(problem, order):
    compiled = compile_problem(problem)
    search = Search.begin(compiled.data, seed=1)
    search.build(np.array(order, np.int64))
    return compiled, search


def out(problem, plan):
    musts = {job.id for job in problem.jobs if job.priority is Priority.MUST}
    return musts & {left.job_id for left in plan.unassigned}


def test_several_visits_step_aside_for_a_must_far_away():
    problem = village()
    compiled, search = begun(problem, range(12))
    musts = musts_of(compiled)
    assert missing(search, musts).tolist() == [12]
    before = search.unassigned() - 1

    secure(search, musts)

    assert missing(search, musts).tolist() == []
    assert before + 2 <= search.unassigned() <= 8


def test_those_who_are_worth_least_step_aside_first():
    problem = village()
    jobs = list(problem.jobs)
    jobs[3], jobs[7] = (replace(jobs[i], value=80_000.0) for i in (3, 7))
    compiled, search = begun(replace(problem, jobs=tuple(jobs)), range(12))

    secure(search, musts_of(compiled))

    assert (search.tour.spots["where"][[3, 7, 12]] == 0).all()


def test_a_must_that_nobody_can_reach_in_time_changes_nothing():
    problem = village(windows=(window(8.5, 9.5),))
    compiled, search = begun(problem, range(12))
    before = search.laid(), search.totals.tolist()

    secure(search, musts_of(compiled))

    assert missing(search, musts_of(compiled)).tolist() == [12]
    assert (search.laid(), search.totals.tolist()) == before


def test_a_must_that_is_served_has_a_price_that_nothing_outweighs_and_only_once():
    compiled, search = begun(village(), range(13))
    secure(search, musts_of(compiled))
    secure(search, musts_of(compiled))

    penalty = compiled.data.items["penalty"]

    assert penalty[12] == 60_000.0 + MUST_FIRST
    assert penalty[:12].max() < 100_000


@settings(deadline=None, max_examples=40)
@given(problem=problems(), seed=st.integers(0, 9))
def test_to_bring_musts_in_breaks_no_rule_and_drops_no_must(problem, seed):
    compiled = compile_problem(problem)
    musts = musts_of(compiled)
    search = Search.begin(compiled.data, seed=1)
    n = len(compiled.data.able)
    lasts = np.isin(np.arange(n), musts)
    order = np.random.default_rng(seed).permutation(n)
    search.build(order[np.argsort(lasts[order], kind="stable")].astype(np.int64))
    before = set(missing(search, musts).tolist())

    secure(search, musts)

    assert set(missing(search, musts).tolist()) <= before
    assert (search.tour.runs["broken"] == 0).all()
    assert (search.tour.worked <= compiled.data.teams["budget"]).all()
    again = Search.begin(compiled.data, seed=1)
    again.load(search.laid())
    assert again.unassigned() == search.unassigned()


def test_a_plan_in_regions_leaves_out_no_must_that_one_route_has_room_for():
    problem = county_day(teams=6, jobs=140, seed=8)
    params = Params(region_jobs=40, rounds=3)

    plan = solve(problem, stop=MaxIterations(limit=600), params=params)

    assert check(problem, plan) == ()
    assert len(plan.unassigned) > 20
    assert out(problem, plan) == set()


def test_a_small_plan_that_has_no_time_to_search_has_its_must_too():
    problem = village()

    plan = solve(problem, stop=MaxIterations(limit=0))

    assert check(problem, plan) == ()
    assert out(problem, plan) == set()


def test_the_plan_tells_the_true_price_of_what_it_leaves_out():
    problem = village()
    plan = solve(problem, stop=MaxIterations(limit=200))

    assert plan.unassigned
    assert plan.objective.total < MUST_FIRST
    assert all(left.fix is None or left.fix.price_s < MUST_FIRST for left in plan.unassigned)
