"""Bad input: everything that is wrong is said at once, with ids."""

from dataclasses import fields, replace
from math import inf, nan

import pytest

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
