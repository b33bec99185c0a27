"""Far places that no single job is worth going to, but all of them together are."""

from dataclasses import replace

from dianliang.engines.routing import MaxIterations, Params, Priority, Problem, check, solve
from tests.engines.routing.worlds import job, team


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
