"""Plans are right (an independent checker says so), good (brute force says so), and steady."""

import time
from dataclasses import replace
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import (
    FirstOf,
    Lock,
    MaxIterations,
    MaxSeconds,
    NoImprovement,
    Priority,
    Problem,
    Slowed,
    Team,
    Weights,
    check,
    solve,
)
from dianliang.engines.routing._model import Objective, Plan, Route, Stop
from tests.engines.routing.laying import laid_over
from tests.engines.routing.worlds import at, county_day, job, problems, shift, team, window

SHORT = MaxIterations(limit=400)


def plan_of(*jobs, teams=None, locks=()):
    problem = Problem(jobs=jobs, teams=teams or (team(),), locks=locks)
    plan = solve(problem, stop=SHORT)
    assert check(problem, plan) == ()
    return plan


def planned(plan):
    return {stop.job_id for route in plan.routes for stop in route.stops}


@settings(max_examples=80, deadline=None)
@given(problems())
def test_every_plan_keeps_every_rule(problem):
    assert check(problem, solve(problem, stop=MaxIterations(limit=80))) == ()


def best_by_brute_force(problem: Problem) -> float:
    """Try every order of every split of the jobs over the shifts."""
    routes = [(t.id, i) for t in problem.teams for i in range(len(t.shifts))]
    best, lay = float("inf"), laid_over(problem)
    for owners in product(range(-1, len(routes)), repeat=len(problem.jobs)):
        groups = [
            [j for j, o in zip(problem.jobs, owners, strict=True) if o == r]
            for r in range(len(routes))
        ]
        for orders in product(*(permutations(group) for group in groups)):
            plan = skeleton(routes, orders)
            laid = lay(plan)
            if planned(laid) == planned(plan):
                best = min(best, laid.objective.total)
    return best


def skeleton(routes, orders) -> Plan:
    zero = Objective(
        unassigned_must=0,
        unassigned_should=0,
        unassigned_may=0,
        late_s=0,
        overtime_s=0,
        travel_s=0,
        other_team=0,
        total=0,
    )
    made = tuple(
        Route(
            team_id=team_id,
            shift=number,
            leave_at=at(8),
            return_at=at(18),
            lunch_at=None,
            travel_s=0,
            travel_m=0,
            overtime_s=0,
            stops=tuple(
                Stop(
                    job_id=j.id,
                    arrive_at=at(9),
                    start_at=at(9),
                    depart_at=at(9),
                    travel_s=0,
                    travel_m=0,
                    late_s=0,
                    why="",
                )
                for j in jobs
            ),
        )
        for (team_id, number), jobs in zip(routes, orders, strict=True)
    )
    return Plan(routes=made, unassigned=(), objective=zero, seed=1, iterations=0)


@settings(max_examples=15, deadline=None)
@given(problems(max_jobs=3))
def test_small_plans_are_optimal(problem):
    found = solve(problem, stop=MaxIterations(limit=400)).objective.total

    assert found == pytest.approx(best_by_brute_force(problem), rel=1e-9, abs=1e-6)


def test_a_seed_fixes_the_plan():
    problem = county_day(teams=5, jobs=40, seed=3)

    first, again = (solve(problem, stop=MaxIterations(limit=800), seed=7) for _ in range(2))

    assert first == again


def test_more_time_never_gives_a_worse_plan():
    problem = county_day(teams=5, jobs=60, seed=4)
    costs = [solve(problem, stop=MaxIterations(limit=limit)).objective.total for limit in (0, 4000)]

    assert costs[1] < costs[0]


def test_a_county_day_is_planned_in_time_and_kept_by_the_checker():
    problem = county_day(teams=30, jobs=300, seed=1)
    solve(problem, stop=MaxIterations(limit=40))

    began = time.monotonic()
    plan = solve(problem, stop=MaxSeconds(limit_s=3, clock=time.monotonic))

    assert time.monotonic() - began < 20
    assert check(problem, plan) == ()
    assert plan.objective.unassigned_must <= 3


def test_a_cancelled_search_gives_the_best_plan_so_far():
    problem = county_day(teams=4, jobs=30, seed=2)
    seen = []

    plan = solve(
        problem,
        stop=MaxIterations(limit=10**9),
        progress=lambda told: bool(seen.append(told)) or len(seen) < 5,
    )

    assert len(seen) == 5
    assert check(problem, plan) == ()


def test_a_search_without_success_stops():
    plan = solve(
        Problem(jobs=(job(),), teams=(team(),)),
        stop=FirstOf(criteria=(MaxIterations(limit=10**9), NoImprovement(patience=200))),
    )

    assert plan.iterations <= 400


def test_lunch_is_taken_between_jobs():
    plan = plan_of(*(job(f"J{i}", minutes=80) for i in range(5)))

    (route,) = plan.routes
    assert window(11.5, 12.51).start <= route.lunch_at <= window(11.5, 12.5).end


def test_a_job_waits_for_its_window():
    (route,) = plan_of(job(windows=(window(14, 15.5),))).routes

    assert route.stops[0].start_at == at(14)


def test_the_second_window_is_used_when_the_first_is_taken():
    first = job("A", windows=(window(9, 10),), minutes=60)
    second = job("B", windows=(window(9, 10), window(15, 16)), minutes=60)

    plan = plan_of(first, second)

    assert plan.stop_of("B")[1].start_at == at(15)


def test_a_promise_comes_before_a_short_way():
    near = job("near", km_east=1, minutes=120)
    promised = job("promised", km_east=12, minutes=30, due_at=at(9.2))

    (route,) = plan_of(near, promised).routes

    assert [stop.job_id for stop in route.stops] == ["promised", "near"]


def test_must_goes_before_may_when_time_is_short():
    jobs = [job(f"may{i}", minutes=200, priority=Priority.MAY) for i in range(3)]

    plan = plan_of(*jobs, job("must", minutes=200, priority=Priority.MUST))

    assert "must" in planned(plan)


def test_the_known_team_is_kept_unless_it_is_dear():
    teams = (team("A"), team("B"))

    plan = plan_of(job("J", preferred_team="B"), teams=teams)

    assert plan.routes[0].team_id == "B"
    assert plan.routes[0].stops[0].why.startswith("客户的固定服务队伍")


def test_a_lock_holds_against_a_shorter_way():
    teams = (team("A"), team("B"))
    lock = Lock(job_id="J", team_id="B", shift=0, start_at=at(15))

    plan = plan_of(job("J"), job("K"), teams=teams, locks=(lock,))

    route, stop = plan.stop_of("J")
    assert route.team_id == "B"
    assert abs((stop.start_at - at(15)).total_seconds()) <= 900


def test_gear_runs_out():
    crew = (team("A", gear={"pump": 1}),)

    plan = plan_of(job("J", gear={"pump": 1}), job("K", gear={"pump": 1}), teams=crew)

    assert len(planned(plan)) == 1


def test_overtime_is_used_only_for_what_is_worth_it():
    crew = (
        team("A").__class__(id="A", skills=frozenset(), shifts=(shift(overtime_s=7200),), gear={}),
    )

    plan = plan_of(*(job(f"J{i}", minutes=120) for i in range(4)), teams=crew)

    assert len(planned(plan)) == 4
    assert 0 < plan.routes[0].overtime_s <= 7200


def test_no_team_leaves_everything_out_with_a_reason():
    plan = solve(Problem(jobs=(job(),), teams=()), stop=SHORT)

    assert plan.unassigned[0].reasons


def test_nothing_to_do_is_an_empty_plan():
    plan = solve(Problem(jobs=(), teams=(team(),)), stop=SHORT)

    assert (plan.routes, plan.unassigned, plan.objective.total) == ((), (), 0)


@pytest.mark.parametrize("days", [0.2, 2, 30])
@pytest.mark.parametrize("priority", Priority)
def test_a_promise_already_broken_is_kept_late_rather_than_never(days, priority):
    plan = plan_of(job("J", due_at=at(8 - 24 * days), priority=priority))

    assert plan.stop_of("J")[1].late_s > days * 86_000


@pytest.mark.parametrize("first", ["J", "K"])
def test_who_waits_at_a_price_is_served_first_though_promised_no_sooner(first):
    waits = [replace(job(name, due_at=at(16)), wait_per_s=20.0 * (name == first)) for name in "JK"]
    (route,) = plan_of(*waits).routes

    assert route.stops[0].job_id == first


def test_a_long_wait_is_better_than_none():
    plan = plan_of(*(job(f"J{n}", minutes=60, wait_per_s=100.0) for n in range(6)))

    assert not plan.unassigned
    assert plan.objective.waiting <= 6 * Weights().wait_most_share * Weights().unassigned_should


@settings(max_examples=60, deadline=None)
@given(problems(), st.sampled_from([1.5, 4.0]))
def test_a_plan_holds_where_a_way_round_is_quicker_than_the_way(problem, homeward):
    homes = frozenset(shift.end or shift.start for t in problem.teams for shift in t.shifts)
    slow = replace(problem, travel=Slowed(homeward=homeward, homes=homes))
    plan = solve(slow, stop=MaxIterations(limit=400))

    assert check(slow, plan) == ()


def test_people_are_able_on_the_days_they_are_there():
    monday, tuesday = (replace(shift(day=d), skills=frozenset(s)) for d, s in ((0, "a"), (1, "b")))
    crew = Team(id="A", shifts=(monday, tuesday), skills=frozenset("ab"))
    jobs = (job("J", skills=frozenset("b")), job("K", skills=frozenset("a")))

    plan = plan_of(*jobs, teams=(crew,))

    assert (plan.stop_of("J")[0].shift, plan.stop_of("K")[0].shift) == (1, 0)
