"""Jobs that begin here and end there: a team goes on from where the work ended, either way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dianliang.engines.routing import (
    Courier,
    Job,
    MaxIterations,
    Params,
    Problem,
    check,
    follow_plan,
    foresee,
    improve_bytes,
    insert_job,
    recommend,
    replan,
    solve,
)
from tests.engines.routing.test_lines import home_at, with_directions
from tests.engines.routing.worlds import km_east, team

SHORT = MaxIterations(limit=400)
SECOND = timedelta(seconds=1)


def walk(name, start, end, *, minutes=45, either_way=True, **rest) -> Job:
    """Return work from one place to another, in kilometres east of the seat."""
    return Job(
        id=name,
        at=km_east(start),
        ends_at=km_east(end),
        duration_s=minutes * 60,
        either_way=either_way,
        **rest,
    )


def stops_of(*jobs, teams=None, **how):
    problem = Problem(jobs=jobs, teams=teams or (team(),))
    plan = solve(problem, stop=SHORT, **how)
    assert check(problem, plan) == ()
    (route,) = plan.routes
    return route.stops


def test_a_team_goes_on_from_where_the_line_ends():
    first, second = stops_of(walk("line", 1, 9), walk("far", 9, 9.5))

    assert [first.job_id, second.job_id] == ["line", "far"]
    assert (second.travel_s, second.travel_m) == (0, 0)


def test_a_line_is_walked_the_way_that_saves_travel():
    first, second = stops_of(walk("J", 6, 1), walk("K", 6, 10), teams=home_at(10))

    assert (first.job_id, first.is_turned, second.is_turned) == ("J", True, False)
    assert second.travel_s == 0


def test_a_line_with_one_direction_is_never_walked_against_it():
    (stop,) = stops_of(walk("J", 9, 1, either_way=False))

    assert not stop.is_turned
    assert stop.travel_m > 9 * 1000


def test_the_checker_sees_who_walks_against_the_only_direction():
    problem = Problem(jobs=(walk("J", 9, 1, either_way=False),), teams=(team(),))
    plan = solve(problem, stop=SHORT)

    turned = with_directions(plan, {"J": True})

    assert "direction" in {wrong.rule for wrong in check(problem, turned)}


def test_the_checker_sees_who_forgets_where_a_line_ended():
    problem = Problem(jobs=(walk("J", 1, 30, either_way=False),), teams=(team(),))
    plan = solve(problem, stop=SHORT)
    (route,) = plan.routes
    hasty = replace(route, return_at=route.stops[0].depart_at + 120 * SECOND)

    assert "travel" in {v.rule for v in check(problem, replace(plan, routes=(hasty,)))}


def test_an_urgent_job_leaves_directions_as_they_are():
    problem = Problem(jobs=(walk("J", 6, 1), walk("K", 6, 10)), teams=home_at(10))
    plan = solve(problem, stop=SHORT)

    after = insert_job(problem, plan, walk("urgent", 3, 3.1))

    assert after.stop_of("J")[1].is_turned
    assert after.stop_of("urgent") is not None
    assert follow_plan(problem, plan) == replace(plan, iterations=0)


def test_a_line_that_ends_too_far_to_come_home_is_foreseen():
    problem = Problem(jobs=(walk("J", 1, 200, minutes=300, either_way=False),), teams=(team(),))

    assert [left.job_id for left in foresee(problem)] == ["J"]


def test_directions_travel_to_far_executors_too():
    jobs = tuple(
        walk(f"J{i}", 1 + i, 2 + i) if i % 2 else walk(f"J{i}", 2 + i, 1 + i) for i in range(40)
    )
    crew = tuple(team(f"T{i}") for i in range(6))
    problem = Problem(jobs=jobs, teams=crew)
    how = {"stop": MaxIterations(limit=3000), "params": Params(region_jobs=15, rounds=3)}

    here = solve(problem, **how)
    far = solve(problem, **how, executor=Courier(lambda works: map(improve_bytes, works)))

    assert here == far
    assert check(problem, here) == ()
    assert any(stop.is_turned for route in here.routes for stop in route.stops)


def test_work_that_has_begun_goes_on_the_way_it_went():
    """After a new road it would be better to go the other way, but half of it is done."""
    problem = Problem(jobs=(walk("J", 6, 1, minutes=120), walk("K", 6, 10)), teams=home_at(10))
    plan = solve(problem, stop=SHORT)
    _, begun = plan.stop_of("J")
    home = replace(problem.teams[0].shifts[0], end=None)
    after = replace(problem, teams=(replace(problem.teams[0], shifts=(home,)),))

    held = replan(after, plan, stop=SHORT, before=begun.start_at + SECOND, most_changes=9).plan

    assert begun.is_turned
    assert held.stop_of("J")[1].is_turned
    assert held.stop_of("J")[1].start_at == begun.start_at
    assert check(after, held) == ()


def test_a_job_that_leads_somewhere_is_offered_the_slot_that_it_then_gets():
    problem = Problem(jobs=(walk("J", 1, 9),), teams=(team("A"), team("B")))
    plan = solve(problem, stop=SHORT)
    new = walk("new", 9, 2)

    best, *_ = recommend(problem, plan, new)
    after = insert_job(problem, plan, new)

    assert after.objective.total - plan.objective.total == pytest.approx(best.price_s, abs=0.5)
    assert after.stop_of("new")[0].team_id == best.team_id
