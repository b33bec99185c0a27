"""Shifts of an emergency: whole through midnight, rested, one beginning on a day."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.domain.mobilisation.strength import Hand
from dianliang.domain.mobilisation.stretches import Pace, day_of, days_of, stretches
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

HOUR = timedelta(hours=1)
MIDNIGHT = datetime(2026, 7, 7, tzinfo=SHANGHAI)
NIGHT = TimeWindow(MIDNIGHT + 20 * HOUR, MIDNIGHT + 32 * HOUR)
PACES = st.builds(
    Pace,
    on=st.sampled_from([6, 8, 10, 12]).map(HOUR.__mul__),
    rest=st.integers(8, 12).map(HOUR.__mul__),
)
HANDS = st.lists(
    st.builds(
        Hand,
        held=st.lists(
            st.integers(0, 80).map(
                lambda h: TimeWindow(MIDNIGHT + h * HOUR, MIDNIGHT + (h + 8) * HOUR)
            ),
            max_size=2,
        ).map(tuple),
    ),
    min_size=1,
    max_size=4,
)


def test_a_shift_through_the_night_is_one_shift_of_the_day_on_which_it_begins() -> None:
    pace = Pace(on=12 * HOUR, rest=12 * HOUR)
    found = days_of(
        stretches([Hand(), Hand()], TimeWindow(NIGHT.start, NIGHT.start + 72 * HOUR), pace=pace)
    )

    assert found[day_of(NIGHT)] == NIGHT
    assert [span.duration for span in found.values()] == [12 * HOUR] * 3


def test_a_stretch_that_an_earlier_window_cut_short_goes_on() -> None:
    pace, cut = Pace(on=12 * HOUR, rest=8 * HOUR), TimeWindow(MIDNIGHT, MIDNIGHT + 6 * HOUR)
    window = TimeWindow(MIDNIGHT + 4 * HOUR, MIDNIGHT + 28 * HOUR)
    others = Hand(held=(TimeWindow(MIDNIGHT + 8 * HOUR, MIDNIGHT + 16 * HOUR),))

    on, second = stretches([Hand(), Hand()], window, pace=pace, had=cut)
    assert (on, second.start - on.end) == (TimeWindow(MIDNIGHT, MIDNIGHT + 12 * HOUR), 12 * HOUR)
    assert stretches([Hand(), others], window, pace=pace, had=cut)[0] == cut


@settings(max_examples=60, deadline=None)
@given(
    HANDS,
    PACES,
    st.integers(0, 47),
    st.sampled_from([12, 24, 48, 72, 96]),
    st.none() | st.integers(-20, 0),
    st.integers(0, 5),
)
def test_shifts_are_whole_rested_and_one_a_day(hands, pace, begins, hours, before, short) -> None:
    start = MIDNIGHT + begins * HOUR
    window = TimeWindow(start, start + hours * HOUR)
    had = (
        TimeWindow(start + before * HOUR, start + before * HOUR + pace.on - short * HOUR)
        if before is not None
        else None
    )
    if had is not None and had.start > start:
        had = None  # it has not begun
    found = stretches(hands, window, pace=pace, had=had)
    days = days_of(found)

    assert list(days.values()) == list(found)  # nothing is cut or lost, and no two share a day
    assert all(day == span.start.astimezone(SHANGHAI).date() for day, span in days.items())
    assert all(span.duration <= pace.on and span.end <= window.end for span in found)
    is_on = had is not None and start < had.end
    worked = [had, *found] if had and not is_on else list(found)
    assert all(b.start - a.end >= pace.rest for a, b in pairwise(worked))
    if had and is_on and min(had.end, window.end) - had.start >= HOUR:
        assert found[0].start == had.start
        assert found[0].end >= min(had.end, window.end)
