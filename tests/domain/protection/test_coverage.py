"""A time is watched without a break, and by one at a time: gaps and doubles, half-open."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.protection.coverage import doubled, gaps
from dianliang.kernel.periods import TimeWindow

START = datetime(2026, 6, 7, tzinfo=UTC)
HOURS = 48
PERIOD = TimeWindow(START, START + timedelta(hours=HOURS))
windows = st.lists(
    st.tuples(st.integers(-6, HOURS + 6), st.integers(1, 20)).map(
        lambda told: TimeWindow(
            START + timedelta(hours=told[0]), START + timedelta(hours=told[0] + told[1])
        )
    ),
    max_size=12,
)


@given(windows)
def test_every_hour_is_in_a_gap_watched_once_or_doubled(watched):
    holes, twice = gaps(PERIOD, watched), doubled(PERIOD, watched)

    for hour in range(HOURS):
        at = START + timedelta(hours=hour)
        count = sum(at in window for window in watched)
        assert any(at in hole for hole in holes) == (count == 0)
        assert any(at in both for both in twice) == (count > 1)
    for found in (holes, twice):
        assert list(found) == sorted(found)
        assert all(PERIOD.start <= one.start and one.end <= PERIOD.end for one in found)
        assert all(not a.overlaps(b) for a, b in pairwise(found))
