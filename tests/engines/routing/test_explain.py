"""Every job that is left out says why, and the fix that it names does fit it in."""

from dataclasses import replace
from datetime import timedelta

import pytest
from benchmarks.routing.explanations import late as late_promises
from benchmarks.routing.explanations import left_out as promises
from benchmarks.routing.shortages import SHORTAGES
from hypothesis import given, settings

from dianliang.engines.routing import (
    FixKind,
    MaxIterations,
    Plan,
    Priority,
    Problem,
    ReasonCode,
    apply_fix,
    check,
    foresee,
    insert_job,
    recommend,
    solve,
)
from dianliang.engines.routing._lacks import EFFORTS_S, lacks_of
from dianliang.engines.routing._ways import spare_of
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow
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


@pytest.mark.slow
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


def test_times_of_another_year_than_the_shifts_are_told_with_the_year():
    last_year = TimeWindow(
        *(at - timedelta(days=365) for at in (window(9, 11).start, window(9, 11).end))
    )

    (left,) = foresee(Problem(jobs=(job(windows=(last_year,)),), teams=(team(),)))
    (late,) = foresee(Problem(jobs=(job(windows=(window(19, 21),)),), teams=(team(),)))

    this, last = (f"{one.start.astimezone(SHANGHAI):%Y}-" for one in (window(9, 11), last_year))
    assert this in left.reasons[0].words
    assert last in left.reasons[0].words
    assert this not in late.reasons[0].words


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
def test_every_way_out_that_is_named_holds_and_what_is_foreseen_is_left_out(problem):
    foreseen = {left.job_id for left in foresee(problem)}
    plan = solve(problem, stop=MaxIterations(limit=80))

    assert foreseen <= {left.job_id for left in plan.unassigned}
    for left in plan.unassigned:
        assert left.reasons
        for fix in (left.fix, *left.others) if left.fix else ():
            helped = apply_fix(problem, fix, job_id=left.job_id)
            wanted = next(j for j in helped.jobs if j.id == left.job_id)
            after = insert_job(helped, plan, wanted)
            assert check(helped, after) == ()
            assert after.stop_of(left.job_id), fix


@pytest.mark.parametrize("name", SHORTAGES)
def test_every_promise_on_a_day_that_is_short_of_something_is_kept(name):
    problem = SHORTAGES[name](11)
    plan = solve(problem, stop=MaxIterations(limit=200), seed=11)

    found = [*promises(name, problem, plan), *late_promises(name, problem, plan)]

    assert found
    assert [finding for finding in found if finding.fault] == []


def cheapest_by_trying_everything(problem: Problem, plan: Plan, job_id: str) -> float | None:
    """Make every change of every kind for every team; return the least price, None without any."""
    given = next(j for j in problem.jobs if j.id == job_id)
    wanted = replace(given, priority=Priority.MUST)
    free = replace(wanted, windows=(), area="", forbidden_teams=frozenset(), skills=frozenset())
    prices = [slot.price_s for slot in slots(problem, plan, wanted)]
    longer = tuple(
        replace(
            crew,
            shifts=tuple(
                replace(s, overtime_limit_s=s.overtime_limit_s + 7200) for s in crew.shifts
            ),
        )
        for crew in problem.teams
    )
    overtime = slots(replace(problem, teams=longer), plan, wanted)
    prices += [slot.price_s + EFFORTS_S[FixKind.OVERTIME] for slot in overtime]
    if given.windows:
        timeless = slots(problem, plan, replace(wanted, windows=()))
        prices += [slot.price_s + EFFORTS_S[FixKind.WINDOW] for slot in timeless]
    for gear in (given.gear, {}):
        unruled = replace(free, windows=given.windows, gear=gear)
        prices += [
            slot.price_s + effort_of(problem, given, slot, is_given_gear=gear != given.gear)
            for slot in slots(problem, plan, unruled)
        ]
    prices += instead_of_others(problem, plan, wanted, given)
    prices += on_spare_shifts(problem, plan, given, free)
    return min(prices, default=None)


def slots(problem, plan, wanted):
    return recommend(problem, plan, wanted, k=100)


def effort_of(problem, given, slot, *, is_given_gear):
    """Return the stated effort; a team that lacks no gear may have given it to others."""
    crew = next(team for team in problem.teams if team.id == slot.team_id)
    (lack,) = lacks_of(given, ((crew, slot.shift),), problem.teams)
    return lack.effort_s + (EFFORTS_S[FixKind.GEAR] if is_given_gear and not lack.gear else 0.0)


def instead_of_others(problem, plan, wanted, given):
    ranks = [Priority.MAY, Priority.SHOULD, Priority.MUST]
    for other in problem.jobs:
        if plan.stop_of(other.id) and ranks.index(other.priority) < ranks.index(given.priority):
            fewer = replace(problem, jobs=tuple(j for j in problem.jobs if j.id != other.id))
            fewer = replace(fewer, jobs=tuple(wanted if j == given else j for j in fewer.jobs))
            after = insert_job(fewer, plan, wanted)
            if after.stop_of(given.id):
                grown = after.objective.total + problem.weights.worth(other)
                yield grown - (plan.objective.total - problem.weights.worth(given))


def on_spare_shifts(problem, plan, given, free):
    for crew in problem.teams:
        (opened,) = spare_of(crew)
        lone = replace(opened, only_for=frozenset({given.id}))
        teams = tuple(
            replace(t, shifts=(*t.shifts, lone)) if t.id == crew.id else t for t in problem.teams
        )
        later = replace(problem, teams=teams)
        (lack,) = lacks_of(given, ((replace(crew, shifts=(opened,)), 0),), problem.teams)
        effort = lack.effort_s + EFFORTS_S[FixKind.ANOTHER_DAY]
        for windows, extra in ((given.windows, 0.0), ((), EFFORTS_S[FixKind.WINDOW])):
            wanted = replace(free, gear={}, windows=windows)
            for slot in slots(later, plan, wanted):
                if (slot.team_id, slot.shift) == (crew.id, len(crew.shifts)):
                    yield slot.price_s + effort + extra


@settings(max_examples=40, deadline=None)
@given(problems(max_jobs=5, max_teams=2))
def test_the_fix_that_is_named_first_is_the_cheapest_of_all(problem):
    plan = solve(problem, stop=MaxIterations(limit=60))

    for left in plan.unassigned:
        least = cheapest_by_trying_everything(problem, plan, left.job_id)
        assert (left.fix is None) == (least is None)
        assert left.fix is None or left.fix.price_s == pytest.approx(least, abs=1)


def test_a_team_that_lacks_only_the_level_is_asked_before_one_that_lacks_the_trade():
    wanted = job(skills=frozenset({"water"}), levels={"water": 3})
    plumbers = team("B", skills=("water",), levels={"water": 1})
    problem = Problem(jobs=(wanted,), teams=(team("A"), plumbers))

    _, left = left_out(problem)

    assert "等级都不够" in left.reasons[0].words
    assert left.fix.words == "请“water”等级更高的人带班 B"
    assert left.fix.team_id == "B"
