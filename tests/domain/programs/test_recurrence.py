"""On which days something comes again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.programs.recurrence import Rule, occurrences
from dianliang.kernel.calendar import WorkCalendar

PLAIN = WorkCalendar()
NATIONAL = WorkCalendar(
    holidays=frozenset(date(2026, 10, n) for n in (1, 2, 5, 6, 7)),
    make_up_days=frozenset({date(2026, 10, 10)}),
)
YEAR = (date(2026, 1, 1), date(2027, 1, 1))


def rule(frequency="weekly", **changes) -> Rule:
    known = {
        "every": 1,
        "weekdays": (),
        "month_day": None,
        "nth": None,
        "on_holiday": "keep",
        "starts_on": date(2026, 1, 1),
        "ends_on": None,
    }
    return Rule(frequency=frequency, **{**known, **changes})


def days(asked: Rule, *, since=YEAR[0], until=YEAR[1], calendar=PLAIN):
    found = occurrences(asked, since=since, until=until, calendar=calendar)
    return [one.on for one in found]


def test_the_31st_is_the_last_day_of_a_shorter_month():
    found = days(rule("month_day", month_day=31))

    assert found[:4] == [date(2026, m, d) for m, d in ((1, 31), (2, 28), (3, 31), (4, 30))]
    assert len(found) == 12


def test_the_last_friday_of_every_second_month():
    found = days(rule("month_nth", weekdays=(4,), nth=-1, every=2))

    assert found[:3] == [date(2026, 1, 30), date(2026, 3, 27), date(2026, 5, 29)]


def test_every_second_week_is_counted_from_the_week_of_the_start():
    found = days(rule(weekdays=(1, 3), every=2, starts_on=date(2026, 1, 7)))

    assert found[:3] == [date(2026, 1, 8), date(2026, 1, 20), date(2026, 1, 22)]


@pytest.mark.parametrize(
    ("on_holiday", "expected"),
    [("keep", date(2026, 10, 1)), ("skip", None), ("next", date(2026, 10, 8))],
)
def test_a_day_on_a_holiday_is_kept_left_out_or_put_off(on_holiday, expected):
    asked = rule("month_day", month_day=1, on_holiday=on_holiday)
    october = {"since": date(2026, 10, 1), "until": date(2026, 11, 1), "calendar": NATIONAL}

    assert days(asked, **october) == ([expected] if expected else [])


def test_two_days_that_a_long_holiday_puts_off_onto_one_are_held_once():
    asked = rule(weekdays=(3, 4), on_holiday="next")

    found = days(asked, since=date(2026, 10, 1), until=date(2026, 10, 10), calendar=NATIONAL)
    later = days(asked, since=date(2026, 10, 2), until=date(2026, 10, 10), calendar=NATIONAL)

    assert found == [date(2026, 10, 8), date(2026, 10, 9)]
    assert later == [date(2026, 10, 9)]


@given(
    st.sampled_from(["weekly", "month_day", "month_nth"]),
    st.integers(1, 4),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(1, 31),
    st.sampled_from([1, 2, 3, 4, -1]),
    st.sampled_from(["keep", "skip", "next"]),
    st.integers(0, 200),
)
def test_looking_in_two_steps_finds_what_one_look_finds(
    frequency, every, weekdays, month_day, nth, on_holiday, cut
):
    """A series is made bit by bit: nothing is made twice, nothing is left out."""
    asked = rule(
        frequency,
        every=every,
        weekdays=tuple(sorted(weekdays)),
        month_day=month_day,
        nth=nth,
        on_holiday=on_holiday,
        ends_on=date(2026, 10, 20),
    )
    middle = date(2026, 3, 1) + timedelta(days=cut)
    whole = days(asked, calendar=NATIONAL)
    first = days(asked, until=middle, calendar=NATIONAL)
    second = days(asked, since=middle, calendar=NATIONAL)

    assert sorted({*first, *second}) == sorted(whole)
    assert all(day <= date(2026, 10, 20) + timedelta(days=14) for day in whole)
