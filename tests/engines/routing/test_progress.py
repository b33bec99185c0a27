"""What is done of a line is gone, the rest is planned again, and metres mean the same place."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import (
    ErrorCode,
    InvalidProblemError,
    Link,
    Lock,
    MaxIterations,
    Problem,
    check,
    covers_of,
    follow_plan,
    mark_done,
    solve,
    split_lines,
    validate,
)
from tests.engines.routing.worlds import dike, job, team

SHORT = MaxIterations(limit=60)


def lit(*, metres=2000.0, least=200.0, **rest):
    """Return two teams at a dike, cut into parts, and a job beside it."""
    line = dike(km=metres / 1000, measured_m=metres, least_part_m=least, **rest)
    return split_lines(Problem(jobs=(job("J"),), teams=(team("A"), team("B")), lines=(line,)))


def metres_of(problem):
    return sum(job.part.to_m - job.part.from_m for job in problem.jobs if job.part)


spans = st.lists(
    st.tuples(st.integers(0, 1990), st.integers(5, 900)).map(
        lambda pair: (float(pair[0]), float(min(2000, pair[0] + pair[1])))
    ),
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(done=spans, lamps=st.sampled_from([0.0, 40.0]))
def test_the_rest_of_a_line_is_a_valid_problem_and_nothing_done_is_in_it(done, lamps):
    before = lit(gear_per_km={"lamp": lamps} if lamps else {})
    before = replace(before, teams=tuple(replace(t, gear={"lamp": 99}) for t in before.teams))

    after = mark_done(before, {"D": done} if done else {})
    plan = solve(after, stop=SHORT)

    marks = [metre + 0.5 for metre in range(2000)]
    is_done = [any(a <= metre <= b for a, b in done) for metre in marks]
    parts = [job.part for job in after.jobs if job.part]
    assert validate(after) == ()
    assert check(after, plan) == ()
    for metre, gone in zip(marks, is_done, strict=True):
        assert sum(part.from_m <= metre <= part.to_m for part in parts) <= (not gone)
    assert metres_of(after) >= is_done.count(False) - 2 * (len(done) + 1)
    kept = {job.id: job for job in after.jobs}
    for was in before.jobs:
        if was.part and not any(a < was.part.to_m and b > was.part.from_m for a, b in done):
            now = kept[was.id]
            assert (now.at, now.ends_at, now.duration_s) == (was.at, was.ends_at, was.duration_s)
            assert (now.part.from_m, now.part.to_m) == (was.part.from_m, was.part.to_m)


def test_the_rest_goes_on_with_who_was_to_do_it_and_is_told_in_metres_of_the_whole():
    problem = lit()
    plan = solve(problem, stop=MaxIterations(limit=300))

    after = mark_done(problem, {"D": [(0.0, 700.0)]})
    again = follow_plan(after, plan)

    (cover,) = covers_of(after, again)
    marks = [metre for each in cover.stretches for metre in (each.from_m, each.to_m)]
    assert (min(marks), max(marks)) == (700.0, 2000.0)
    assert cover.done_m == pytest.approx(1300.0)
    was = {s.job_id: r.team_id for r in plan.routes for s in r.stops}
    assert {s.job_id: r.team_id for r in again.routes for s in r.stops} == {
        job.id: was[job.id] for job in after.jobs
    }
    shortened = next(job for job in after.jobs if job.id == "D#4")
    assert (shortened.part.from_m, shortened.part.to_m) == (700.0, 800.0)
    assert shortened.duration_s == pytest.approx(
        next(job.duration_s for job in problem.jobs if job.id == "D#4") / 2, abs=1
    )


def test_what_is_done_in_the_middle_leaves_two_lines_and_two_parts():
    after = mark_done(lit(), {"D": [(450.0, 550.0)]})

    assert [(line.id, line.begins_m, line.ends_m) for line in after.lines] == [
        ("D", 0.0, 450.0),
        ("D+2", 550.0, 2000.0),
    ]
    halves = [job for job in after.jobs if job.id in {"D#3", "D#3+2"}]
    assert [(j.part.line_id, j.part.from_m, j.part.to_m) for j in halves] == [
        ("D", 400.0, 450.0),
        ("D+2", 550.0, 600.0),
    ]


def test_a_second_gap_takes_no_name_that_the_first_has_given():
    once = mark_done(lit(), {"D": [(450.0, 550.0)]})

    twice = mark_done(once, {"D": [(410.0, 430.0)], "D+2": [(900.0, 950.0)]})

    assert [(line.id, line.begins_m, line.ends_m) for line in twice.lines] == [
        ("D", 0.0, 410.0),
        ("D+3", 430.0, 450.0),
        ("D+2", 550.0, 900.0),
        ("D+2+2", 950.0, 2000.0),
    ]
    assert validate(twice) == ()
    (was,) = (job for job in once.jobs if job.id == "D#3+2")
    (now,) = (job for job in twice.jobs if job.id == "D#3+2")
    assert now == was


def test_a_line_that_is_done_is_gone_with_its_locks_and_can_be_told_in_pieces():
    before = lit()
    locks = tuple(Lock(job_id=id_, team_id="A", shift=0) for id_ in ("D#2", "J"))

    half = mark_done(replace(before, locks=locks), {"D": [(0.0, 1000.0)]})
    whole = mark_done(half, {"D": [(1000.0, 1600.0), (1500.0, 2000.0)]})

    assert [lock.job_id for lock in half.locks] == ["J"]
    assert [job.id for job in whole.jobs] == ["J"]
    assert whole.lines == ()
    assert validate(whole) == ()


def test_nobody_waits_for_a_part_that_is_done():
    whole = lit()
    links = (
        Link(first="D#1", then="J", lag_to_s=36_000),
        Link(first="D#9", then="D#10", lag_to_s=36_000),
    )

    after = mark_done(replace(whole, links=links), {"D": [(0.0, 400.0)]})

    assert after.links == links[1:]
    assert validate(after) == ()


def test_a_line_that_is_not_cut_yet_is_cut_where_work_is_left():
    whole = lit()
    uncut = replace(whole, jobs=whole.jobs[:1])

    after = split_lines(mark_done(uncut, {"D": [(0.0, 1000.0)]}))

    assert metres_of(after) == pytest.approx(1000.0)
    assert min(job.part.from_m for job in after.jobs if job.part) == 1000.0
    assert validate(after) == ()


def test_all_that_is_wrong_with_what_is_done_is_told_at_once():
    with pytest.raises(InvalidProblemError) as refusal:
        mark_done(lit(), {"D": [(900.0, 300.0), (1500.0, 2600.0)], "X": [(0.0, 5.0)]})

    assert [(error.code, error.id) for error in refusal.value.errors] == [
        (ErrorCode.BAD_LINE, "D"),
        (ErrorCode.BAD_LINE, "D"),
        (ErrorCode.UNKNOWN_LINE, "X"),
    ]
    assert "1500–2600 米" in str(refusal.value)
