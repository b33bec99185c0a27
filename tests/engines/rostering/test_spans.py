"""A period is cut without gap or overlap, and nights, days and weeks are those of Shanghai."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.rostering import cut, day_of, gaps, is_night, overlaps, week_of
from dianliang.kernel.periods import TimeWindow
from tests.engines.rostering.worlds import at, span

windows = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(
    lambda pair: span(pair[0], pair[0] + pair[1])
)


@given(st.lists(st.times(), min_size=1, max_size=5), st.integers(0, 40), st.integers(1, 100))
def test_a_period_is_cut_without_gap_or_overlap_at_any_times(starts, begin, hours):
    period = span(begin + 0.3, begin + 0.3 + hours)

    found = cut(period, starts)

    assert gaps(period, found) == overlaps(found) == ()
    assert (found[0].start, found[-1].end) == (period.start, period.end)
    assert all(window.duration <= timedelta(days=1) for window in found)


def test_no_time_of_change_is_refused():
    with pytest.raises(ValueError, match="交接班时间"):
        cut(span(0, 24), [])


@given(st.lists(windows, max_size=6), st.integers(0, 30), st.integers(1, 60))
def test_gaps_and_overlaps_are_those_of_every_quarter_of_an_hour(series, begin, hours):
    period = span(begin, begin + hours)
    quarters = [period.start + n * timedelta(minutes=15) for n in range(4 * hours)]

    bare = [any(at in gap for gap in gaps(period, series)) for at in quarters]
    shared = [any(at in both for both in overlaps(series)) for at in quarters]

    assert bare == [not any(at in window for window in series) for at in quarters]
    assert shared == [sum(at in window for window in series) > 1 for at in quarters]


@pytest.mark.parametrize(
    ("window", "night"),
    [
        (span(16, 24), False),
        (span(17, 25), True),
        (span(0, 8), True),
        (span(3, 12), True),
        (span(3.5, 12), False),
        (span(8, 20), False),
        (span(20, 32), True),
    ],
)
def test_three_hours_between_ten_and_six_make_a_night(window, night):
    assert is_night(window) is night


def test_a_duty_counts_for_the_day_and_week_in_shanghai_on_which_it_begins():
    late_sunday = TimeWindow(at(167.5), at(175))

    assert day_of(late_sunday) == date(2026, 12, 6)
    assert week_of(late_sunday) == date(2026, 11, 30)
    assert week_of(TimeWindow(at(168), at(170))) == date(2026, 12, 7)
    assert cut(span(0, 24), [time(8)]) == (span(0, 8), span(8, 24))
