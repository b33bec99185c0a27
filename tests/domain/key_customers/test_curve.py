"""The curves of supply: counts add up, a late report changes only what comes after it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.key_customers import curve
from dianliang.domain.key_customers.curve import LOST, NORMAL, STATES, Report

START = datetime(2026, 7, 7, 0, 0, tzinfo=UTC)
END = START + timedelta(hours=12)
CUSTOMERS = range(6)
STEP = timedelta(minutes=30)
moments = st.integers(-60, 12 * 60 + 60).map(lambda m: START + timedelta(minutes=m))
told = st.builds(
    Report, customer=st.integers(0, 7), state=st.sampled_from(STATES), at=moments, serial=st.just(0)
)
many = st.lists(told, max_size=25).map(
    lambda rows: [
        Report(customer=row.customer, state=row.state, at=row.at, serial=n)
        for n, row in enumerate(rows)
    ]
)


def drawn(reports, **changes):
    known = {"customers": CUSTOMERS, "start": START, "end": END, "step": STEP}
    return curve.curve(reports, **{**known, **changes})


@given(many, st.randoms())
def test_every_point_counts_each_customer_once_in_the_state_that_holds_there(reports, dice):
    shuffled = list(reports)
    dice.shuffle(shuffled)
    points = drawn(shuffled)

    assert points == drawn(reports)
    assert points[0].at == START
    assert points[-1].at == END
    for point in points:
        standing = curve.standing(reports, customers=CUSTOMERS, at=point.at)
        states = [report.state if report else NORMAL for report in standing.values()]
        assert point.counts == {state: states.count(state) for state in STATES}
        assert point.total == len(CUSTOMERS)
        assert 0 <= point.restored <= point.hit <= point.total
        assert point.served == point.total - point.counts[LOST]


@given(many, told)
def test_a_late_report_changes_only_points_from_its_moment_on(reports, late):
    late = Report(customer=late.customer, state=late.state, at=late.at, serial=len(reports))
    before, after = drawn(reports), drawn([*reports, late])

    earlier = [n for n, point in enumerate(before) if point.at < late.at]
    assert [before[n] for n in earlier] == [after[n] for n in earlier]


@given(many)
def test_hours_without_power_are_the_area_below_the_curve_of_the_lost(reports):
    minute = timedelta(minutes=1)
    points = drawn(reports, step=minute)[:-1]  # each stands for the minute that begins there

    area = sum(point.counts[LOST] for point in points) / 60
    lost = curve.hours_lost(reports, customers=CUSTOMERS, start=START, end=END)
    assert lost == pytest.approx(area)


@given(st.integers(0, 90 * 24 * 60))
def test_a_period_is_drawn_with_a_readable_number_of_points(minutes):
    end = START + timedelta(minutes=minutes)
    step = curve.step_for(START, end)

    assert 1 <= len(drawn([], end=end, step=step)) <= curve.MOST_POINTS + 1


def test_a_curve_that_runs_backwards_is_refused():
    with pytest.raises(ValueError, match="start before its end"):
        drawn([], end=START - STEP)
    with pytest.raises(ValueError, match="step above nought"):
        drawn([], step=timedelta(0))
