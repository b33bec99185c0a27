"""Dates that come again: weekly, every other week, each second Tuesday."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.venues.booking.recurring import MOST_DATES, Rule, dates
from dianliang.kernel.errors import InvalidInputError

FIRST = date(2026, 11, 24)


def rule(**changes):
    known = {"repeat": "weekly", "first_on": FIRST, "last_on": date(2026, 12, 31)}
    return Rule(**{**known, "weekdays": frozenset({2}), **changes})


def test_every_other_week_on_two_days_without_one_that_is_left_out():
    found = dates(
        rule(every=2, weekdays=frozenset({2, 4}), left_out=frozenset({date(2026, 12, 8)}))
    )

    assert [f"{day:%m-%d}" for day in found] == ["11-24", "11-26", "12-10", "12-22", "12-24"]


def test_monthly_is_the_same_weekday_of_the_month():
    found = dates(rule(repeat="monthly", last_on=date(2027, 3, 31)))  # the fourth Tuesday

    assert found == tuple(date.fromisoformat(d) for d in (
        "2026-11-24", "2026-12-22", "2027-01-26", "2027-02-23", "2027-03-23"))  # fmt: skip


def test_a_month_without_a_fifth_is_skipped():
    found = dates(rule(repeat="monthly", first_on=date(2026, 9, 30), last_on=date(2027, 1, 31)))

    assert found == (date(2026, 9, 30), date(2026, 12, 30))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"repeat": "yearly"}, "repeat"),
        ({"last_on": FIRST - timedelta(days=1)}, "last_on"),
        ({"last_on": FIRST + timedelta(days=367)}, "last_on"),
        ({"every": 0}, "every"),
        ({"weekdays": frozenset()}, "weekdays"),
        ({"last_on": FIRST, "weekdays": frozenset({3})}, "last_on"),
        ({"repeat": "daily", "last_on": FIRST + timedelta(days=MOST_DATES)}, "last_on"),
    ],
)
def test_a_rule_that_makes_no_sense_names_its_field(changes, field):
    with pytest.raises(InvalidInputError) as refusal:
        dates(rule(**changes))

    assert refusal.value.field == field


@given(
    st.sampled_from(["daily", "weekly", "monthly"]),
    st.integers(0, 100),
    st.integers(1, 4),
    st.frozensets(st.integers(1, 7), min_size=1),
)
def test_dates_rise_lie_in_the_period_and_leaving_one_out_takes_exactly_it(
    repeat, days, every, weekdays
):
    wanted = rule(
        repeat=repeat, every=every, weekdays=weekdays, last_on=FIRST + timedelta(days=days)
    )
    try:
        found = dates(wanted)
    except InvalidInputError:
        return
    assert list(found) == sorted(set(found))
    assert found[0] >= FIRST
    assert found[-1] <= wanted.last_on
    if len(found) > 1:
        fewer = dates(
            rule(
                repeat=repeat,
                every=every,
                weekdays=weekdays,
                last_on=wanted.last_on,
                left_out=frozenset(found[:1]),
            )
        )
        assert fewer == found[1:]
