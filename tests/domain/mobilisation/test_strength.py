"""Shifts left to people: lawful whatever they have done, and as many as there can be."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.domain.mobilisation.strength import Force, Hand, force, shifts_left
from dianliang.engines.rostering import Rules
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

MONDAY = datetime(2026, 11, 23, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
SHIFT = 12 * HOUR


def span(starts_h, length_h):
    return TimeWindow(MONDAY + starts_h * HOUR, MONDAY + (starts_h + length_h) * HOUR)


spans = st.builds(span, st.integers(-24, 96), st.integers(1, 12))
rules = st.builds(
    Rules, rest=st.sampled_from([8 * HOUR, 11 * HOUR]), week_s=st.sampled_from([None, 44 * 3600])
)


def is_lawful(shifts, hand, window, law):
    """Tell by the rules' own words whether somebody may do these shifts."""
    duties = sorted([*shifts, *hand.held])
    rested = all(
        b.start - a.end >= law.rest for a, b in pairwise(duties) if a in shifts or b in shifts
    )
    here = not any(s.overlaps(a) for s in shifts for a in hand.away)
    within = all(window.start <= s.start and s.end <= window.end for s in shifts)
    spent = sum((d.duration for d in duties if MONDAY <= d.start < MONDAY + 168 * HOUR), HOUR * 0)
    short = not shifts or law.week_s is None or spent <= timedelta(seconds=law.week_s)
    return rested and here and within and short


@settings(max_examples=60)
@given(st.lists(spans, max_size=2), st.lists(spans, max_size=2), rules, st.integers(12, 96))
def test_the_shifts_left_are_lawful_and_no_other_choice_by_the_hour_has_more(
    held, away, law, length_h
):
    held = [one for one in held if not any(one.overlaps(o) for o in held if o is not one)]
    hand, window = Hand(held=tuple(held), away=tuple(away)), span(0, length_h)

    found = shifts_left(hand, window, rules=law, shift=SHIFT)

    assert is_lawful(found, hand, window, law)
    assert len(found) >= most_by_trying(hand, window, law)


def most_by_trying(hand, window, law, taken=(), at=0):
    """The most shifts that begin on full hours, by trying whether one more fits anywhere."""
    best, hours = len(taken), int((window.end - window.start) / HOUR) - 12
    for hour in range(at, hours + 1):
        more = (*taken, span(hour, 12))
        if is_lawful(more, hand, window, law):
            return max(best, most_by_trying(hand, window, law, more, hour + 12))
    return best


def test_people_person_shifts_and_person_times_are_three_numbers():
    window = span(0, 72)
    busy = Hand(held=(span(0, 12), span(24, 12)))
    away = Hand(away=(span(-1, 96),))

    found = force([Hand(), busy, away], window, rules=Rules.emergency(), shift=SHIFT)

    assert found == Force(people=2, person_shifts=4 + 1, person_times=2)
