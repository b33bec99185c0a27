"""Hours, levels, gear brought back, value of one job, even loads, travel from a table."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import (
    Job,
    MaxIterations,
    Params,
    Priority,
    Problem,
    Team,
    TravelTable,
    Weights,
    check,
    solve,
)
from tests.engines.routing.worlds import at, county_day, job, shift, team, window

SHORT = MaxIterations(limit=400)


def planned(problem, **how):
    plan = solve(problem, stop=SHORT, **how)
    assert check(problem, plan) == ()
    return plan


def served(plan):
    return {stop.job_id for route in plan.routes for stop in route.stops}


@settings(max_examples=40, deadline=None)
@given(hours=st.integers(1, 9), count=st.integers(1, 6))
def test_a_shift_lasts_no_longer_than_it_may(hours, count):
    crew = replace(team("A"), shift_limit_s=hours * 3600)
    jobs = tuple(job(f"J{i}", minutes=70, km_east=2 * i) for i in range(count))

    plan = planned(Problem(jobs=jobs, teams=(crew,)))

    for route in plan.routes:
        assert (route.return_at - route.leave_at).total_seconds() <= hours * 3600 + 1


def test_hours_over_all_days_are_kept():
    crew = replace(team("A", days=3), total_limit_s=4 * 3600)

    plan = planned(Problem(jobs=tuple(job(f"J{i}", minutes=85) for i in range(6)), teams=(crew,)))

    assert len(served(plan)) == 2


def test_a_level_below_what_is_asked_for_is_not_enough():
    crew = (replace(team("A"), levels={"line": 1}), replace(team("B"), levels={"line": 3}))

    plan = planned(Problem(jobs=(job("J", levels={"line": 2}),), teams=crew))

    assert plan.stop_of("J")[0].team_id == "B"


def test_what_is_left_makes_room_for_what_is_brought_back():
    crew = (team("A", gear={"unit": 1}),)
    bring, fetch = job("bring", gear={"unit": 1}), job("fetch", returns={"unit": 1})

    (route,) = planned(Problem(jobs=(fetch, bring), teams=crew)).routes

    assert [stop.job_id for stop in route.stops] == ["bring", "fetch"]


def test_a_job_of_more_value_goes_first():
    jobs = (job("dear", minutes=240, value=90_000.0), job("cheap", minutes=240, value=80_000.0))

    plan = planned(Problem(jobs=jobs, teams=(team(),)))

    assert served(plan) == {"dear"}
    assert plan.objective.total == pytest.approx(
        80_000.0 + plan.objective.travel_s * Weights().travel_per_s
    )


def test_loads_are_shared_when_that_is_wanted():
    jobs = tuple(job(f"J{i}", minutes=60) for i in range(4))
    crew = (team("A"), team("B"))

    even = planned(Problem(jobs=jobs, teams=crew, weights=Weights(balance=1.0)))

    assert sorted(len(route.stops) for route in even.routes) == [2, 2]


def test_a_team_that_costs_something_stays_at_home_if_it_can():
    crew = (team("A"), replace(team("B"), shift_price=50_000.0))

    plan = planned(Problem(jobs=tuple(job(f"J{i}", minutes=90) for i in range(4)), teams=crew))

    assert {route.team_id for route in plan.routes} == {"A"}


def test_a_table_of_roads_is_believed():
    near, far = job("near", km_east=1), job("far", km_east=30)
    points = (near.at, far.at, team().shifts[0].start)
    seconds = np.array([[0, 600, 7200], [600, 0, 60], [7200, 60, 0]], float)
    roads = TravelTable(points=points, seconds=seconds, metres=seconds * 10)

    (route,) = planned(Problem(jobs=(near, far), teams=(team(),), travel=roads)).routes

    assert [stop.travel_s for stop in route.stops] == [60, 600]
    assert route.travel_m == 10 * route.travel_s


def test_lunch_may_be_where_the_next_job_is():
    far = job("far", km_east=40, minutes=150, windows=(window(13, 16),))

    (route,) = planned(Problem(jobs=(far,), teams=(team(),))).routes

    assert route.lunch_at is not None
    assert at(11.5) <= route.lunch_at <= at(12.5)
    assert route.stops[0].start_at == at(13)


@pytest.mark.parametrize("workers", [1, 2])
def test_regions_keep_every_rule_and_help(workers):
    problem = county_day(teams=24, jobs=240, seed=11)
    first = solve(problem, stop=MaxIterations(limit=0))
    cut = Params(region_jobs=40, rounds=4, workers=workers, chunk=50)

    plan = solve(problem, stop=MaxIterations(limit=6000), params=cut)

    assert check(problem, plan) == ()
    assert plan.objective.total < first.objective.total


def test_regions_too_are_the_same_for_a_seed():
    problem = county_day(teams=12, jobs=120, seed=12)
    cut = Params(region_jobs=30, rounds=3, chunk=50)

    first, again = (
        solve(problem, stop=MaxIterations(limit=2000), seed=5, params=cut) for _ in range(2)
    )

    assert first == again


def test_a_must_job_alone_far_away_is_reached():
    lone = Job(id="lone", at=job(km_east=40).at, duration_s=1800, priority=Priority.MUST)
    near = tuple(job(f"J{i}", minutes=30) for i in range(20))

    plan = planned(Problem(jobs=(*near, lone), teams=(team("A"), team("B"))))

    assert "lone" in served(plan)


def test_a_limit_counts_the_way_home_when_the_break_is_taken_there():
    """A shift of five hours that ends before its break is late: it ends at home."""
    crew = team("A", shift_limit_s=5 * 3600)
    jobs = tuple(job(f"J{i}", km_east=40, minutes=50) for i in range(4))
    problem = Problem(jobs=jobs, teams=(crew,))

    plan = solve(problem, stop=MaxIterations(limit=100))

    assert check(problem, plan) == ()
    assert plan.routes


@settings(max_examples=30, deadline=None)
@given(opens=st.floats(9, 16), lasts=st.floats(0.8, 2), begins=st.floats(7, 8.5))
def test_hours_that_are_not_whole_seconds_are_kept_too(opens, lasts, begins):
    duty = replace(shift(lunch=False), window=window(begins, 18.0001))
    problem = Problem(
        jobs=(job("J", windows=(window(opens, opens + lasts),)), job("K", km_east=3.0)),
        teams=(Team(id="A", shifts=(duty, replace(duty, window=window(8, 17, 1)))),),
    )

    plan = solve(problem, stop=MaxIterations(limit=40))

    assert not plan.unassigned
    assert check(problem, plan) == ()
