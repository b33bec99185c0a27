"""Of the routes that a search came through, those that go best together make the plan."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import Priority, Problem, Series, Team, Weights
from dianliang.engines.routing import _packing as packing
from dianliang.engines.routing._arrays import compile_problem
from dianliang.engines.routing._packing import (
    Pool,
    is_separable,
    put_together,
    puts_together,
    take_over,
)
from dianliang.engines.routing._state import Laid, Search
from dianliang.engines.routing._work import Work, improve_region
from tests.engines.routing.worlds import job, km_east, shift, team

JOBS, TEAMS = 7, 3


def crew(name, km=0.0, **facts):
    return Team(id=name, shifts=(shift(lunch=False, place=km_east(km)),), **facts)


def world(jobs=JOBS, teams=TEAMS):
    """Jobs around the seat, each worth a way of a few kilometres; teams that are alike."""
    work = tuple(
        job(
            f"J{i}",
            km_east=3 * np.cos(i),
            minutes=60 + 20 * (i % 3),
            value=300.0 + 90 * i,
            priority=Priority.MAY,
        )
        for i in range(jobs)
    )
    return Problem(jobs=work, teams=tuple(crew(f"T{i}") for i in range(teams)))


@pytest.fixture(scope="module")
def data():
    return compile_problem(world()).data


def pooled(data, seed, plans):
    """Return a search, a pool of routes drawn at random, and what each costs."""
    rng, search = np.random.default_rng(seed), Search.begin(data, seed=1)
    pool = Pool(data)
    for _ in range(plans):
        for route in range(TEAMS):
            search.lay(route, [])
        order = rng.permutation(JOBS).tolist()
        for route in range(TEAMS):
            search.lay(route, order[2 * route : 2 * route + int(rng.integers(0, 3))])
        pool.gather(search.tour)
    for route in range(TEAMS):
        search.lay(route, [])
    search.settle()
    return search, pool


def cheapest(data, pool):
    """Return the price of the best plan of disjoint routes: all of them are tried."""
    penalty = data.items["penalty"][:JOBS]
    routes = [(set(np.frombuffer(key[1], np.int64)), cost) for key, cost in pool.costs.items()]
    best = float(penalty.sum())
    for count in range(1, TEAMS + 1):
        for chosen in combinations(routes, count):
            jobs = [one for own, _ in chosen for one in own]
            if len(jobs) == len(set(jobs)):
                price = penalty.sum() - penalty[jobs].sum() + sum(cost for _, cost in chosen)
                best = min(best, float(price))
    return best


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), plans=st.integers(1, 6))
def test_no_plan_of_the_routes_that_were_seen_is_cheaper(data, seed, plans):
    search, pool = pooled(data, seed, plans)
    mix, empty = pool.mix(), float(search.totals[1])
    least = cheapest(data, pool)
    if mix is None:
        assert least == pytest.approx(empty)
        return

    keys = mix.taken() if mix.is_whole else mix.rounded(empty)
    take_over(search, pool.laid(keys))

    assert mix.total <= least + 1e-6
    assert search.totals[1] <= least + 1e-6
    assert (search.tour.runs["broken"] == 0).all()


def test_a_job_on_two_routes_stays_where_its_detour_is_shorter():
    far = job("far", km_east=9, value=9e4)
    near = job("near", km_east=1, value=9e4)
    shared = job("shared", km_east=8, value=9e4)
    d = compile_problem(Problem(jobs=(far, near, shared), teams=(crew("A"), crew("B")))).data
    keys = [(0, np.array(own, np.int64).tobytes()) for own in ([0, 2], [1, 2])]

    assert sorted(Pool(d).laid(keys).sequences.values()) == [[0, 2], [1]]


def test_a_dearer_plan_is_not_taken_over(data):
    search = Search.begin(data, seed=1)
    search.build(np.arange(JOBS))
    before = search.laid(), search.totals.tolist()

    assert not take_over(search, Laid({0: [0]}))
    assert (search.laid(), search.totals.tolist()) == before


def test_what_is_forgotten_is_not_of_the_best_mixture(data, monkeypatch):
    monkeypatch.setattr(packing, "MOST_ROUTES", 10)
    monkeypatch.setattr(packing, "KEPT_ROUTES", 8)
    _, pool = pooled(data, 3, 12)
    assert len(pool.costs) > 10

    first = pool.mix()

    assert len(pool.costs) == 8
    assert pool.mix().total == pytest.approx(first.total)


def test_only_routes_that_do_not_hang_together_are_put_together():
    jobs = (job("J0"), job("J1"))
    plain = Problem(jobs=jobs, teams=(crew("A"), crew("B")))
    series = replace(plain, series=(Series(id="S", job_ids=("J0", "J1")),))
    balanced = replace(plain, weights=Weights(balance=1.0))
    in_all = replace(plain, teams=(team("A", days=2, total_limit_s=20_000),))

    found = [is_separable(compile_problem(one).data) for one in (plain, series, balanced, in_all)]

    assert found == [True, False, False, False]


def test_a_plan_is_put_together_where_most_jobs_are_left_out_and_routes_are_short(data):
    search = Search.begin(data, seed=1)
    search.lay(0, [0, 1])
    search.settle()
    assert puts_together(search)

    search.build(np.arange(JOBS))

    assert 2 * search.unassigned() <= JOBS
    assert not puts_together(search)


def test_two_plans_make_a_third_that_has_the_better_half_of_each(data):
    search, pool = Search.begin(data, seed=1), Pool(data)
    for routes in ([[5], [6, 0]], [[6], [5, 0]]):
        for route, jobs in enumerate(routes):
            assert search.lay(route, jobs)
        pool.gather(search.tour)
    search.settle()
    before = float(search.totals[1])

    assert put_together(search, pool)
    assert search.totals[1] < before
    assert put_together(search, pool) is False


def test_a_region_gives_back_a_plan_no_dearer_and_the_same_wherever_it_is_done():
    problem = world(jobs=60, teams=6)
    data = compile_problem(problem).data
    start = Search.begin(data, seed=1)
    start.lay(0, [0, 1])
    start.settle()
    facts = {"laid": start.laid(), "seed": 3, "iterations": 400, "chunk": 20}
    work = Work(data=data, hot=300.0, cold=30.0, **facts)

    answer = improve_region(work)

    assert improve_region(work) == answer
    again = Search.begin(data, seed=9)
    again.load(answer.laid)
    assert again.totals[1] == pytest.approx(start.totals[1] - answer.gain)
    assert answer.gain > 0
