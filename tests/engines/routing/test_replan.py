"""Changing a plan that people already know."""

import pytest
from hypothesis import given, settings

from dianliang.engines.routing import (
    MaxIterations,
    Priority,
    Problem,
    check,
    diff,
    insert_job,
    recommend,
    solve,
)
from tests.engines.routing.worlds import at, county_day, job, problems, team


@pytest.fixture(scope="module")
def day():
    problem = county_day(teams=8, jobs=60, seed=9)
    return problem, solve(problem, stop=MaxIterations(limit=1500))


def test_an_urgent_job_leaves_every_visit_with_its_team_and_in_its_order(day):
    problem, plan = day
    urgent = job("urgent", minutes=20, priority=Priority.MUST, skills=frozenset({"repair"}))

    after = insert_job(problem, plan, urgent)

    wider = Problem(jobs=(*problem.jobs, urgent), teams=problem.teams)
    assert check(wider, after) == ()
    assert after.stop_of("urgent") is not None
    assert not [change for change in diff(plan, after) if change.kind in {"moved", "removed"}]


def test_the_recommended_slot_costs_what_it_says(day):
    problem, plan = day
    new = job("new", minutes=30, skills=frozenset({"inspect"}))

    slots = recommend(problem, plan, new, k=3)
    after = insert_job(problem, plan, new)

    assert [s.price_s for s in slots] == sorted(s.price_s for s in slots)
    assert after.objective.total - plan.objective.total == pytest.approx(slots[0].price_s, abs=1)
    assert after.stop_of("new")[1].start_at == slots[0].start_at


def test_a_longer_plan_says_what_changed_in_words():
    crew = (team("A"), team("B"))
    before = solve(Problem(jobs=(job("J"),), teams=crew), stop=MaxIterations(limit=40))
    after = solve(
        Problem(jobs=(job("J", due_at=at(9)), job("K")), teams=crew), stop=MaxIterations(limit=40)
    )

    assert [change.words for change in diff(before, after) if change.job_id == "K"] == [
        f"新排入 {after.stop_of('K')[0].team_id}"
    ]


@settings(max_examples=30, deadline=None)
@given(problems())
def test_a_plan_does_not_differ_from_itself(problem):
    plan = solve(problem, stop=MaxIterations(limit=40))

    assert diff(plan, plan) == ()
