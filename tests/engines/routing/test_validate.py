"""Bad input: everything that is wrong is said at once, with ids."""

from dataclasses import fields, replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.routing import (
    ErrorCode,
    InvalidProblemError,
    Link,
    Lock,
    Lunch,
    MaxIterations,
    Part,
    Problem,
    Series,
    Weights,
    apply_fix,
    check,
    solve,
    validate,
)
from tests.engines.routing.worlds import at, dike, job, shift, team, window


def test_all_errors_are_told_at_once():
    bad_shift = replace(
        shift(), lunch=Lunch(window=window(20, 21), duration_s=3600), overtime_limit_s=-1
    )
    problem = Problem(
        jobs=(
            job("J"),
            job("J"),
            job("K", minutes=-5),
            job("L", gear={"pump": -1}),
            job("M", value=-1.0),
            job("N", part=Part(line_id="E", from_m=0, to_m=100)),
        ),
        lines=(dike(setup_s=-1),),
        weights=Weights(travel_per_s=nan),
        teams=(
            team("A", days=0),
            replace(team("B"), shifts=(bad_shift,), gear={"pump": -2}),
            team("A", shift_limit_s=0),
            replace(team("C"), shifts=(shift(), shift())),
        ),
        links=(Link(first="K", then="K"),),
        series=(Series(id="S", job_ids=("L",), gap_from_days=3, gap_to_days=2),),
        locks=(
            Lock(job_id="X", team_id="A", shift=0),
            Lock(job_id="J", team_id="Z", shift=0),
            Lock(job_id="J", team_id="B", shift=9),
        ),
    )

    found = {error.code for error in validate(problem)}

    assert found == set(ErrorCode) - {ErrorCode.BAD_TRAVEL}  # ways are measured last
    with pytest.raises(InvalidProblemError) as refusal:
        solve(problem, stop=MaxIterations(limit=1))
    assert len(refusal.value.errors) >= len(found)


def test_a_sound_problem_has_no_errors():
    lock = Lock(job_id="J", team_id="A", shift=0, start_at=at(9))

    assert validate(Problem(jobs=(job("J"),), teams=(team("A"),), locks=(lock,))) == ()


def test_a_break_that_is_longer_than_its_time_of_day_is_refused():
    long = replace(shift(), lunch=Lunch(window=window(12, 12.5), duration_s=3600))
    (error,) = validate(Problem(jobs=(job(),), teams=(replace(team(), shifts=(long,)),)))

    assert error.code is ErrorCode.BAD_LUNCH
    assert "午休时段还长" in error.words


@pytest.mark.parametrize("value", [nan, -1.0, inf])
def test_a_price_that_is_no_price_is_refused_by_name(value):
    """Else the whole plan would cost no number, and nothing would be worth doing."""
    sound = Problem(jobs=(job("J"),), teams=(team("A"),))

    for weight in fields(Weights):
        wrong = replace(sound, weights=Weights(**{weight.name: value}))
        (error,) = validate(wrong)
        assert (error.code, error.id) == (ErrorCode.BAD_WEIGHT, weight.name)
    (error,) = validate(replace(sound, teams=(team("A", shift_price=value),)))
    assert (error.code, error.id) == (ErrorCode.BAD_VALUE, "A")


def test_more_gear_than_can_be_counted_and_a_promise_without_time_zone_are_refused():
    jobs = (
        job("J", gear={"pump": 10**19}),
        job("K", due_at=at(9).replace(tzinfo=None)),
        job("L", returns={"pump": 10**19}),
    )

    found = validate(Problem(jobs=jobs, teams=(team("A", gear={"pump": 10**19}),)))

    assert [(error.code, error.id) for error in found] == [
        (ErrorCode.BAD_GEAR, "J"),
        (ErrorCode.BAD_VALUE, "K"),
        (ErrorCode.BAD_GEAR, "L"),
        (ErrorCode.BAD_GEAR, "A"),
    ]


def spans(*hours):
    """Return shifts from one hour to another, without breaks."""
    return tuple(replace(shift(lunch=False), window=window(*span)) for span in hours)


def test_shifts_of_one_team_at_the_same_time_are_all_named_with_their_hours():
    crew = replace(team(), shifts=spans((20, 28), (8, 12), (9, 10), (11, 13), (13, 17), (26, 30)))

    found = validate(Problem(jobs=(job(),), teams=(crew, team("B"))))

    assert {(error.code, error.id) for error in found} == {(ErrorCode.OVERLAPPING_SHIFTS, "A")}
    assert [error.words.split("重叠")[0] for error in found] == [
        f"队伍 A 的第 {one} 个班次（{early}）与第 {other} 个班次（{late}）"
        for one, early, other, late in (
            (2, "11-24 08:00–11-24 12:00", 3, "11-24 09:00–11-24 10:00"),
            (2, "11-24 08:00–11-24 12:00", 4, "11-24 11:00–11-24 13:00"),
            (1, "11-24 20:00–11-25 04:00", 6, "11-25 02:00–11-25 06:00"),
        )
    ]


@given(opens=st.integers(8 * 60, 14 * 60), lasts=st.integers(30, 360))
def test_two_shifts_are_refused_exactly_when_they_share_a_time(opens, lasts):
    crew = replace(team(), shifts=spans((8.5, 12), (opens / 60, (opens + lasts) / 60)))

    is_refused = bool(validate(Problem(jobs=(job(),), teams=(crew,))))

    assert is_refused == (opens < 12 * 60 and opens + lasts > 8.5 * 60)


def test_overtime_ends_where_the_next_shift_begins():
    """Else the same people would still be on the way home when they set out again."""
    morning, afternoon = spans((8, 12), (12.5, 17))
    crew = replace(team(), shifts=(replace(morning, overtime_limit_s=7200), afternoon))
    jobs = tuple(job(f"J{i}", minutes=125, windows=(window(8, 15),)) for i in range(4))
    problem = Problem(jobs=jobs, teams=(crew,))

    plan = solve(problem, stop=MaxIterations(limit=60))

    assert check(problem, plan) == ()
    first, second = plan.routes
    assert at(12) < first.return_at <= at(12.5) <= second.leave_at
    twice = replace(plan, routes=(replace(first, return_at=at(13)), second))
    assert "twice" in {one.rule for one in check(problem, twice)}
    for left in plan.unassigned:
        for fix in (left.fix, *left.others):
            if fix is not None:
                assert validate(apply_fix(problem, fix, job_id=left.job_id)) == ()
