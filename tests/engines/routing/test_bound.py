"""No plan beats its bound: not a searched one, not a bad one, not the best there is."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import (
    InvalidProblemError,
    Job,
    Link,
    Lock,
    MaxIterations,
    Priority,
    Problem,
    Series,
    Weights,
    bound,
    check,
    gap,
    solve,
)
from tests.engines.routing.laying import laid_over
from tests.engines.routing.test_solve import best_by_brute_force, skeleton
from tests.engines.routing.worlds import (
    at,
    county_day,
    job,
    km_east,
    lined,
    problems,
    shift,
    team,
    window,
)

SHORT = MaxIterations(limit=60)
ONE_ULP = 1e-6


def assert_nothing_beats(proven, *plans):
    for plan in plans:
        assert proven.total <= plan.objective.total + ONE_ULP
        assert proven.unassigned_must <= plan.objective.unassigned_must


@st.composite
def with_everything(draw: st.DrawFn) -> Problem:
    """Draw a problem with levels, returns, limits, prices, locks, links and series on top."""
    problem = draw(problems(max_jobs=6, along_lines=True))
    teams = tuple(
        replace(
            each,
            levels={"repair": draw(st.integers(0, 2))},
            shift_limit_s=draw(st.sampled_from([None, 4 * 3600])),
            total_limit_s=draw(st.sampled_from([None, 5 * 3600])),
            shift_price=draw(st.sampled_from([0.0, 1800.0])),
        )
        for each in problem.teams
    )
    jobs = [
        replace(
            each,
            levels=draw(st.sampled_from([{}, {"repair": 1}])),
            returns=draw(st.sampled_from([{}, {"pump": 1}])),
            value=draw(st.sampled_from([None, 0.0, 900.0, 50_000.0])),
            late_per_s=draw(st.sampled_from([None, 0.0, 30.0])),
            wait_per_s=draw(st.sampled_from([0.0, 5.0])),
        )
        for each in problem.jobs
    ]
    names = [each.id for each in jobs]
    ties = draw(st.sampled_from(["none", "lock", "link", "series"])) if len(jobs) > 1 else "none"
    start_at = draw(st.sampled_from([None, at(10), at(15)]))
    return replace(
        problem,
        teams=teams,
        jobs=tuple(jobs),
        locks=(Lock(job_id=names[0], team_id="T0", shift=0, start_at=start_at),)
        if ties == "lock"
        else (),
        links=(Link(first=names[0], then=names[1], lag_to_s=3600),) if ties == "link" else (),
        series=(Series(id="S", job_ids=(names[0], names[1])),) if ties == "series" else (),
        weights=Weights(
            balance=draw(st.sampled_from([0.0, 0.5])),
            overtime_per_s=draw(st.sampled_from([0.0, 3.0])),
            travel_per_s=draw(st.sampled_from([0.0, 1.0])),
        ),
    )


@pytest.mark.slow
@settings(max_examples=90, deadline=None)
@given(st.one_of(problems(), problems(along_lines=True), with_everything(), lined()))
def test_no_plan_beats_the_bound(problem):
    proven = bound(problem)

    searched = solve(problem, stop=SHORT)
    assert check(problem, searched) == ()
    assert_nothing_beats(proven, searched, solve(problem, stop=MaxIterations(limit=1)))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(with_everything(), st.randoms(use_true_random=False))
def test_no_plan_laid_at_random_beats_the_bound(problem, chance):
    proven = bound(problem)
    routes = [(each.id, number) for each in problem.teams for number in range(len(each.shifts))]
    lay = laid_over(problem)
    for _ in range(4):
        shuffled = chance.sample(problem.jobs, len(problem.jobs))
        cuts = [chance.randrange(len(routes) + 1) for _ in shuffled]
        orders = [
            [each for each, cut in zip(shuffled, cuts, strict=True) if cut == number]
            for number in range(len(routes))
        ]

        assert_nothing_beats(proven, lay(skeleton(routes, orders)))

    assert_nothing_beats(proven, lay(skeleton([], [])))


@settings(max_examples=25, deadline=None)
@given(problems(max_jobs=3))
def test_the_best_plan_of_a_small_problem_does_not_beat_the_bound(problem):
    assert bound(problem).total <= best_by_brute_force(problem) + ONE_ULP


@settings(max_examples=15, deadline=None)
@given(problems(max_jobs=5), st.integers(10, 40))
def test_what_serves_more_customers_than_is_computed_exactly_still_holds(problem, copies):
    """Beyond the limit of the assignment each job is looked at by itself."""
    jobs = tuple(
        replace(each, id=f"{each.id}.{copy}") for each in problem.jobs for copy in range(copies)
    )
    many = replace(problem, jobs=jobs)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dianliang.engines.routing._bound.MOST_NODES", 0)
        patch.setattr("dianliang.engines.routing._relaxed.CLOSURE_LIMIT", 0)
        patch.setattr("dianliang.engines.routing._relaxed.MOST_CELLS", 0)
        patch.setattr("dianliang.engines.routing._relaxed.BAND", 7)
        proven = bound(many)

    assert_nothing_beats(proven, solve(many, stop=SHORT))


def test_one_visit_alone_is_bounded_exactly():
    problem = Problem(jobs=(job(km_east=8, due_at=at(7)),), teams=(team(),))

    plan = solve(problem, stop=SHORT)

    assert bound(problem).total == pytest.approx(plan.objective.total, rel=1e-6)
    assert gap(plan, bound(problem)) == pytest.approx(0, abs=1e-6)


def test_what_nobody_can_do_is_counted_in_full():
    only = job(skills=frozenset({"diving"}), priority=Priority.MUST)
    problem = Problem(jobs=(only,), teams=(team(),))

    proven = bound(problem)

    assert proven.unassigned_must == 1
    assert proven.total == pytest.approx(problem.weights.unassigned_must)


def test_of_ten_equal_musts_in_a_shift_of_eight_hours_two_stay_out():
    crowded = tuple(
        job(f"J{number}", km_east=0, minutes=60, priority=Priority.MUST) for number in range(10)
    )
    problem = Problem(jobs=crowded, teams=(team(),))

    plan, proven = solve(problem, stop=SHORT), bound(problem)

    assert proven.unassigned_must == plan.objective.unassigned_must == 2
    assert proven.total == pytest.approx(plan.objective.total)


def test_gear_that_is_short_is_counted():
    wanting = tuple(job(f"J{n}", gear={"pump": 1}, priority=Priority.MUST) for n in range(3))
    problem = Problem(jobs=wanting, teams=(team(gear={"pump": 1}),))

    assert bound(problem).unassigned_must == 2


def test_a_team_that_is_away_leaves_everything_out():
    problem = Problem(jobs=(job(priority=Priority.MUST),), teams=())

    plan, proven = solve(problem, stop=SHORT), bound(problem)

    assert proven.unassigned_must == 1
    assert proven.total == pytest.approx(plan.objective.total)


def test_no_work_costs_nothing():
    problem = Problem(jobs=(), teams=(team(),))

    assert bound(problem).total == 0
    assert gap(solve(problem, stop=SHORT), bound(problem)) == 0


def test_work_that_carries_a_team_faster_than_it_drives_does_not_break_the_bound():
    """A job that ends 40 km further on takes a minute: the next begins earlier than by road."""
    ferry = Job(id="F", at=km_east(1), ends_at=km_east(41), duration_s=60)
    there = Job(id="J", at=km_east(41), duration_s=600, windows=(window(8.5, 9.2),), value=9e6)
    home = replace(shift(lunch=False), end=km_east(41))
    problem = Problem(jobs=(ferry, there), teams=(replace(team(), shifts=(home,)),))

    plan = solve(problem, stop=SHORT)

    assert plan.objective.unassigned_should == 0
    assert_nothing_beats(bound(problem), plan)


def test_a_weak_bound_says_nothing():
    problem = Problem(jobs=(job(km_east=8),), teams=(team(),))
    plan = solve(problem, stop=SHORT)

    assert gap(plan, replace(bound(problem), total=0.0)) is None
    assert gap(plan, replace(bound(problem), total=plan.objective.total / 2)) == 0.5


def test_the_same_problem_has_the_same_bound():
    problem = county_day(teams=5, jobs=40, seed=3)

    assert bound(problem) == bound(problem)


def test_a_contradiction_is_refused():
    with pytest.raises(InvalidProblemError):
        bound(Problem(jobs=(job(), job()), teams=(team(),)))


def test_a_county_day_is_bounded_within_a_second_and_not_loosely():
    problem = county_day(teams=30, jobs=300, seed=1)
    bound(problem)
    began = time.process_time()

    proven = bound(problem)

    assert time.process_time() - began < 2
    found = gap(solve(problem, stop=MaxIterations(limit=4000)), proven)
    assert found is not None
    assert 0 < found < 0.6
