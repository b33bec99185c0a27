"""Far places that no single job is worth going to, but all of them together are."""

from dataclasses import replace
from datetime import timedelta

from dianliang.engines.routing import (
    Lunch,
    MaxIterations,
    Params,
    Priority,
    Problem,
    check,
    insert_job,
    solve,
)
from dianliang.kernel.periods import TimeWindow
from tests.engines.routing.worlds import DAY, job, team


def test_a_far_village_is_gone_to_when_its_jobs_together_are_worth_the_way():
    there = tuple(
        replace(job(f"V{i}", km_east=40 + i / 10, minutes=10, priority=Priority.MAY), value=4_000.0)
        for i in range(8)
    )
    problem = Problem(jobs=there, teams=(team("A"),))

    plan = solve(problem, stop=MaxIterations(limit=400))

    assert check(problem, plan) == ()
    assert not plan.unassigned
    assert plan.objective.travel_s > there[0].value


def test_a_far_job_that_is_not_worth_the_way_stays_out():
    alone = replace(job("V", km_east=40, priority=Priority.MAY), value=4_000.0)

    plan = solve(Problem(jobs=(alone,), teams=(team("A"),)), stop=MaxIterations(limit=400))

    assert [left.job_id for left in plan.unassigned] == ["V"]


def test_many_who_are_worth_a_way_together_are_gone_to_at_once_and_too_few_never():
    def served(*, worth):
        jobs = tuple(
            replace(job(f"V{i}", km_east=40 + i / 10, minutes=10), value=worth) for i in range(20)
        )
        problem = Problem(jobs=jobs, teams=(team("A"),))
        plan = solve(problem, stop=MaxIterations(limit=1), params=Params(chunk=1))
        assert check(problem, plan) == ()
        return len(jobs) - len(plan.unassigned)

    assert served(worth=1500.0) == 20
    assert served(worth=100.0) == 0


def test_where_many_wait_nothing_that_would_pay_is_left_waiting():
    """A hundred jobs near each other, hours for some forty: no gap could be used better."""
    jobs = tuple(
        replace(job(f"J{i}", km_east=(i * 7) % 60 / 4, minutes=30), value=900.0 + 20 * (i % 11))
        for i in range(100)
    )
    problem = Problem(jobs=jobs, teams=(team("A"), team("B")))
    plan = solve(problem, stop=MaxIterations(limit=6_000))

    assert check(problem, plan) == ()
    assert len(plan.unassigned) > 40
    for left in plan.unassigned[::4]:
        wanted = next(each for each in jobs if each.id == left.job_id)
        among = insert_job(problem, plan, wanted)
        if among.stop_of(wanted.id):
            assert among.objective.total >= plan.objective.total - 1


def test_the_hours_before_a_late_break_are_used_though_the_job_there_is_nobodys_neighbour():
    """A job far away at dawn, a break after noon, one job just after it, sixty without a time."""

    def at(hour, minute):
        return DAY + timedelta(hours=hour, minutes=minute)

    dawn, late = at(8, 0), at(14, 0)
    lunch = Lunch(window=TimeWindow(at(12, 30), at(13, 45)), duration_s=3600)
    first = replace(
        job("far", km_east=-8, minutes=10),
        windows=(TimeWindow(dawn, at(9, 15)),),
        value=1e7,
    )
    then = replace(job("then", km_east=5), windows=(TimeWindow(late, at(14, 50)),), value=1e7)
    others = tuple(job(f"J{i}", km_east=5 + i / 100, minutes=20) for i in range(60))
    crew = team("A")
    crew = replace(crew, shifts=(replace(crew.shifts[0], lunch=lunch),))
    problem = Problem(jobs=(first, then, *others), teams=(crew,))
    plan = solve(problem, stop=MaxIterations(limit=1), params=Params(chunk=1))

    assert check(problem, plan) == ()
    (route,) = plan.routes
    assert sum(stop.start_at < lunch.window.start for stop in route.stops) >= 8


def test_jobs_that_are_worth_nothing_are_planned_or_left_without_a_fault():
    jobs = tuple(replace(job(f"J{i}", km_east=1 + i), value=0.0) for i in range(5))
    plan = solve(Problem(jobs=jobs, teams=(team("A"),)), stop=MaxIterations(limit=50))

    assert len(plan.unassigned) == 5
