"""The critical path against every path there is."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.scheduling import (
    BrokenNetworkError,
    Step,
    faults_of,
    schedule,
    steps_of_days,
)

START = date(2026, 3, 1)


@st.composite
def networks(draw: st.DrawFn, *, with_progress: bool = False) -> tuple[Step, ...]:
    steps: list[Step] = []
    for place in range(draw(st.integers(1, 7))):
        after = draw(st.sets(st.integers(0, place - 1), max_size=3)) if place else set()
        expected = draw(st.none() | st.integers(-20, 60)) if with_progress else None
        steps.append(
            Step(
                code=f"s{place}",
                days=draw(st.integers(0, 40)),
                after=tuple(f"s{before}" for before in sorted(after)),
                expected_on=None if expected is None else START + timedelta(days=expected),
            )
        )
    return tuple(draw(st.permutations(steps)))


def paths(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """Return every way from a step that waits for none to one that none waits for."""
    known = {step.code: step for step in steps}
    awaited = {before for step in steps for before in step.after}

    def back(step: Step) -> list[tuple[Step, ...]]:
        if not step.after:
            return [(step,)]
        return [(*way, step) for before in step.after for way in back(known[before])]

    return [way for step in steps if step.code not in awaited for way in back(step)]


@given(networks())
def test_a_project_takes_as_long_as_its_longest_path(steps):
    made = schedule(steps=steps, starts_on=START)

    longest = max(sum(step.days for step in way) for way in paths(steps))
    assert (made.ends_on - START).days == longest


@given(networks())
def test_slack_is_what_the_longest_path_over_a_step_leaves(steps):
    made = schedule(steps=steps, starts_on=START)

    lengths = [(way, sum(step.days for step in way)) for way in paths(steps)]
    longest = max(length for _way, length in lengths)
    for step in steps:
        over = max(length for way, length in lengths if step in way)
        assert made.of(step.code).slack_days == longest - over


@given(networks(with_progress=True), st.integers(0, 50))
def test_the_path_told_is_one_and_every_step_on_it_is_critical(steps, today):
    made = schedule(steps=steps, starts_on=START, as_of=START + timedelta(days=today))

    known = {step.code: step for step in steps}
    assert not known[made.path[0]].after
    assert made.of(made.path[-1]).ends_on == made.ends_on
    assert all(a in known[b].after for a, b in pairwise(made.path))
    assert all(made.of(code).is_critical for code in made.path)
    assert all(timed.slack_days >= 0 for timed in made.steps)


@given(networks(), st.data())
@settings(max_examples=60)
def test_a_step_may_slip_by_its_slack_and_not_a_day_more(steps, data):
    made = schedule(steps=steps, starts_on=START)
    code = data.draw(st.sampled_from([step.code for step in steps]))
    slack = made.of(code).slack_days

    def ends_after(days: int) -> date:
        later = [
            Step(code=s.code, days=s.days + days * (s.code == code), after=s.after) for s in steps
        ]
        return schedule(steps=later, starts_on=START).ends_on

    assert ends_after(slack) == made.ends_on
    assert ends_after(slack + 1) == made.ends_on + timedelta(days=1)


@given(networks())
def test_a_plan_of_days_gives_those_days_back(steps):
    made = schedule(steps=steps, starts_on=START)
    planned = {timed.code: timed.ends_on for timed in made.steps}

    again = steps_of_days(
        planned=planned, after={step.code: step.after for step in steps}, starts_on=START
    )

    assert {s.code: s.days for s in again} == {s.code: s.days for s in steps}


def test_what_is_not_done_today_ends_today_at_the_earliest():
    steps = (Step(code="a", days=10), Step(code="b", days=5, after=("a",)))

    made = schedule(steps=steps, starts_on=START, as_of=START + timedelta(days=30))

    assert made.of("a").ends_on == START + timedelta(days=30)
    assert made.ends_on == START + timedelta(days=35)


def test_what_was_done_early_pulls_the_rest_forward():
    steps = (
        Step(code="a", days=10, done_on=START + timedelta(days=4)),
        Step(code="b", days=5, after=("a",)),
    )

    assert schedule(steps=steps, starts_on=START).ends_on == START + timedelta(days=9)


def test_all_faults_are_told_at_once():
    steps = (
        Step(code="a", days=1, after=("b",)),
        Step(code="b", days=1, after=("a",)),
        Step(code="c", days=-2, after=("nowhere",)),
        Step(code="c", days=1),
        Step(code="d", days=1),
        Step(code="e", days=1, after=("d",), done_on=START),
    )

    found = {(fault.kind, fault.code, fault.others) for fault in faults_of(steps=steps)}

    assert found == {
        ("twice", "c", ()),
        ("unknown", "c", ("nowhere",)),
        ("negative", "c", ()),
        ("order", "e", ("d",)),
        ("circle", "a", ("b",)),
    }
    with pytest.raises(BrokenNetworkError):
        schedule(steps=steps, starts_on=START)
