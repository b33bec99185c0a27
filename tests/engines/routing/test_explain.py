"""Every job that is left out says why, and the fix that it names does fit it in."""

import pytest
from hypothesis import given, settings

from dianliang.engines.routing import (
    FixKind,
    MaxIterations,
    Priority,
    Problem,
    ReasonCode,
    apply_fix,
    check,
    foresee,
    insert_job,
    solve,
)
from tests.engines.routing.worlds import county_day, job, problems, team, window


def left_out(problem, name="J"):
    plan = solve(problem, stop=MaxIterations(limit=120))
    return plan, next(left for left in plan.unassigned if left.job_id == name)


def fits_after(problem, plan, left) -> bool:
    """Make the proposed fix and put the job in, with everything else where it was."""
    helped = apply_fix(problem, left.fix, job_id=left.job_id)
    wanted = next(j for j in helped.jobs if j.id == left.job_id)
    after = insert_job(helped, plan, wanted)
    assert check(helped, after) == ()
    return after.stop_of(left.job_id) is not None


@pytest.mark.parametrize(
    ("wanted", "crew", "reason", "fix"),
    [
        (job(skills=frozenset({"diving"})), team(), ReasonCode.NO_SKILL, FixKind.SKILL),
        (job(gear={"pump": 1}), team(), ReasonCode.NO_GEAR, FixKind.GEAR),
        (job(allowed_teams=frozenset({"X"})), team(), ReasonCode.NOT_ALLOWED, FixKind.TEAM),
        (job(forbidden_teams=frozenset({"A"})), team(), ReasonCode.NOT_ALLOWED, FixKind.TEAM),
        (job(windows=(window(19, 21),)), team(), ReasonCode.OUTSIDE_SHIFTS, FixKind.WINDOW),
        (job(minutes=320), team(), ReasonCode.TOO_LONG, FixKind.OVERTIME),
    ],
)
def test_the_binding_reason_is_named_and_its_fix_works(wanted, crew, reason, fix):
    problem = Problem(jobs=(wanted,), teams=(crew,))

    plan, left = left_out(problem)

    assert [r.code for r in left.reasons] == [reason]
    assert left.fix.kind is fix
    assert fits_after(problem, plan, left)


def test_a_full_day_says_so_and_offers_the_cheapest_way_out():
    others = tuple(job(f"K{i}", minutes=110, priority=Priority.MUST) for i in range(4))
    problem = Problem(jobs=(*others, job("J", minutes=110, priority=Priority.MAY)), teams=(team(),))

    plan, left = left_out(problem)

    assert [r.code for r in left.reasons] == [ReasonCode.FULL]
    assert left.fix.kind in {FixKind.OVERTIME, FixKind.ANOTHER_DAY}
    assert fits_after(problem, plan, left)


@settings(max_examples=60, deadline=None)
@given(problems(max_jobs=6, max_teams=2))
def test_every_proposed_fix_fits_the_job(problem):
    plan = solve(problem, stop=MaxIterations(limit=80))

    for left in plan.unassigned:
        assert left.reasons
        if left.fix is not None:
            assert fits_after(problem, plan, left)


def test_a_crowded_county_day_explains_everyone_it_leaves_out():
    problem = county_day(teams=6, jobs=120, seed=5)

    plan = solve(problem, stop=MaxIterations(limit=400))

    assert len(plan.unassigned) >= 20
    assert all(left.fix is not None for left in plan.unassigned)
    assert all(fits_after(problem, plan, left) for left in plan.unassigned)


def test_what_no_plan_can_serve_is_foreseen_and_nothing_else():
    jobs = (
        job("fine"),
        job("full", minutes=200),
        job("full too", minutes=200),
        job("diving", skills=frozenset({"diving"})),
        job("night", windows=(window(19, 21),)),
        job("blink", windows=(window(9, 9.1),)),
    )

    found = {left.job_id: left for left in foresee(Problem(jobs=jobs, teams=(team(),)))}

    assert set(found) == {"diving", "night", "blink"}
    assert "短于作业时长 45 分钟" in found["blink"].reasons[0].words
    assert all(left.fix for left in found.values())


@settings(max_examples=60, deadline=None)
@given(problems())
def test_whatever_is_foreseen_is_left_out_by_every_plan(problem):
    foreseen = {left.job_id for left in foresee(problem)}
    plan = solve(problem, stop=MaxIterations(limit=80))

    assert foreseen <= {left.job_id for left in plan.unassigned}


def test_a_job_not_worth_its_detour_says_so_and_can_be_put_in_anyway():
    far = job("J", km_east=55, minutes=30, priority=Priority.MAY)
    problem = Problem(jobs=(far,), teams=(team(),))

    plan, left = left_out(problem)

    assert [r.code for r in left.reasons] == [ReasonCode.NOT_WORTH]
    assert left.fix.kind is FixKind.ANYWAY
    helped = apply_fix(problem, left.fix, job_id="J")
    assert solve(helped, stop=MaxIterations(limit=80)).stop_of("J")
    assert fits_after(problem, plan, left)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_every_way_out_that_is_named_holds(problem):
    plan = solve(problem, stop=MaxIterations(limit=80))
    for left in plan.unassigned:
        for fix in (left.fix, *left.others) if left.fix else ():
            helped = apply_fix(problem, fix, job_id=left.job_id)
            wanted = next(j for j in helped.jobs if j.id == left.job_id)
            after = insert_job(helped, plan, wanted)
            assert check(helped, after) == ()
            assert after.stop_of(left.job_id), fix
