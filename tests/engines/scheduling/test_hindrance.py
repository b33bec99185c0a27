"""What a hindrance cost: days of the project's end, not days of waiting."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.scheduling import Hindrance, Step, lost_days, schedule

START = date(2026, 3, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


def hindered(code: str, step: str, first: int, last: int) -> Hindrance:
    return Hindrance(code=code, step=step, from_on=day(first), until_on=day(last))


LAND = Step(code="land", days=20, done_on=day(50))
STEEL = Step(code="steel", days=40, done_on=day(40))
BUILD = Step(code="build", days=30, after=("land", "steel"))


def test_only_what_moves_the_end_is_lost():
    lost = lost_days(
        steps=[LAND, STEEL, BUILD],
        starts_on=START,
        as_of=day(50),
        hindrances=[hindered("trees", "land", 10, 40)],
    )

    assert lost.each[0].blocked_days == 30
    assert lost.each[0].high_days == 10  # the steel came on day 40 whatever the trees did
    assert lost.joint_days == 10


def test_beside_the_critical_path_nothing_is_lost():
    lost = lost_days(
        steps=[LAND, STEEL, BUILD],
        starts_on=START,
        as_of=day(50),
        hindrances=[hindered("road", "steel", 0, 20)],
    )

    assert (lost.each[0].blocked_days, lost.joint_days) == (20, 0)


def test_a_step_that_kept_its_plan_lost_nothing():
    lost = lost_days(
        steps=[Step(code="land", days=50, done_on=day(50))],
        starts_on=START,
        as_of=day(60),
        hindrances=[hindered("trees", "land", 0, 45)],
    )

    assert lost.joint_days == 0


def test_days_that_two_block_belong_to_neither_alone():
    lost = lost_days(
        steps=[Step(code="land", days=20, done_on=day(50))],
        starts_on=START,
        as_of=day(60),
        hindrances=[hindered("trees", "land", 10, 40), hindered("price", "land", 10, 40)],
    )

    assert [(one.low_days, one.high_days) for one in lost.each] == [(0, 30), (0, 30)]
    assert lost.joint_days == 30


def test_two_branches_that_wait_cost_only_once_both_are_gone():
    lost = lost_days(
        steps=[
            Step(code="a", days=20, done_on=day(50)),
            Step(code="b", days=20, done_on=day(50)),
        ],
        starts_on=START,
        as_of=day(60),
        hindrances=[hindered("x", "a", 0, 30), hindered("y", "b", 0, 30)],
    )

    assert [(one.low_days, one.high_days) for one in lost.each] == [(0, 30), (0, 30)]
    assert lost.joint_days == 30


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Step], list[Hindrance]]:
    steps: list[Step] = []
    for place in range(draw(st.integers(1, 5))):
        after = draw(st.sets(st.integers(0, place - 1), max_size=2)) if place else set()
        steps.append(
            Step(
                code=f"s{place}",
                days=draw(st.integers(0, 20)),
                after=tuple(f"s{before}" for before in sorted(after)),
                expected_on=day(draw(st.integers(0, 90))),
            )
        )
    found = []
    for number in range(draw(st.integers(0, 4))):
        first = draw(st.integers(0, 60))
        step = draw(st.sampled_from(steps)).code
        found.append(hindered(f"h{number}", step, first, first + draw(st.integers(0, 40))))
    return steps, found


@given(stories())
@settings(max_examples=80)
def test_nobody_is_charged_more_than_was_lost_nor_than_was_waited(story):
    steps, found = story
    lost = lost_days(steps=steps, starts_on=START, as_of=day(30), hindrances=found)

    real = schedule(steps=steps, starts_on=START, as_of=day(30))
    kept = [Step(code=s.code, days=min(s.days, real.of(s.code).days), after=s.after) for s in steps]
    overrun = (real.ends_on - schedule(steps=kept, starts_on=START).ends_on).days
    assert 0 <= lost.joint_days <= overrun
    for one in lost.each:
        assert 0 <= one.low_days <= one.high_days <= min(one.blocked_days, lost.joint_days)
