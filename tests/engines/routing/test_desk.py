"""Where one more job would fit, and what it really costs."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import (
    Desk,
    InvalidProblemError,
    MaxIterations,
    Problem,
    follow_plan,
    insert_job,
    recommend,
    solve,
)
from tests.engines.routing.worlds import county_day, job, places, problems, team, window


@settings(max_examples=80, deadline=None)
@given(problems(), places, st.integers(10, 200), st.booleans())
def test_each_slot_costs_what_the_objective_grows_by(problem, place, minutes, is_tight):
    windows = (window(10, 14),) if is_tight else ()
    new = replace(job("new", minutes=minutes, windows=windows), at=place, preferred_team="T1")
    plan = follow_plan(problem, solve(problem, stop=MaxIterations(limit=40)))

    slots = recommend(problem, plan, new, k=1)
    assume(slots)
    after = insert_job(problem, plan, new)

    route, stop = after.stop_of("new")
    assert after.objective.total - plan.objective.total == pytest.approx(slots[0].price_s, abs=0.5)
    assert (route.team_id, stop.start_at) == (slots[0].team_id, slots[0].start_at)


def test_a_desk_answers_as_if_asked_for_the_first_time():
    problem = county_day(teams=6, jobs=50, seed=3)
    plan = solve(problem, stop=MaxIterations(limit=800))
    desk = Desk(problem, plan)
    asked = [replace(wanted, id=f"new{i}") for i, wanted in enumerate(problem.jobs[:12])]

    for new in (*asked, asked[0]):
        assert desk.recommend(new) == recommend(problem, plan, new)


def test_a_planned_visit_is_offered_its_own_place_again():
    problem = Problem(jobs=(job("J"), job("K", km_east=3)), teams=(team("A"),))
    plan = solve(problem, stop=MaxIterations(limit=60))
    route, stop = plan.stop_of("K")

    (slot,) = recommend(problem, plan, problem.jobs[1])

    alone = follow_plan(replace(problem, jobs=problem.jobs[:1]), plan)
    assert slot.price_s == plan.objective.total - alone.objective.total
    assert (slot.team_id, slot.start_at) == (route.team_id, stop.start_at)


def test_nobody_is_offered_where_there_is_no_team_or_no_skill():
    plan = solve(Problem(jobs=(), teams=()), stop=MaxIterations(limit=1))
    idle = Problem(jobs=(), teams=(team("A", skills=("meter",)),))

    assert recommend(Problem(jobs=(), teams=()), plan, job("J")) == ()
    assert recommend(idle, plan, job("J", skills=frozenset({"repair"}))) == ()


def test_a_job_that_contradicts_itself_is_refused():
    problem = Problem(jobs=(job("J"),), teams=(team("A"),))
    desk = Desk(problem, solve(problem, stop=MaxIterations(limit=20)))

    with pytest.raises(InvalidProblemError, match="时长"):
        desk.recommend(job("K", minutes=0))
