"""Alarms of two models are compared by occasions: nothing is said that chance could have made."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.fitting import Occasion, Verdict, alarms
from dianliang.engines.fitting._alarming import _by_chance

SAME = Occasion(due=1, hits=(1, 1), false=(0, 0))
GAIN = Occasion(due=1, hits=(0, 1), false=(0, 0))
LESS_FALSE = Occasion(due=0, hits=(0, 0), false=(1, 0))
counts = st.integers(0, 3)


@st.composite
def occasions(draw):
    due = draw(counts)
    hits = st.integers(0, due)
    return Occasion(due=due, hits=(draw(hits), draw(hits)), false=(draw(counts), draw(counts)))


def turned(one):
    return Occasion(due=one.due, hits=one.hits[::-1], false=one.false[::-1])


@given(st.lists(occasions(), max_size=40))
@settings(deadline=None, max_examples=60)
def test_whoever_swaps_the_models_gets_the_opposite(rows):
    one, other = alarms(rows), alarms([turned(row) for row in rows])
    opposite = {Verdict.BETTER: Verdict.WORSE, Verdict.WORSE: Verdict.BETTER}

    assert one.f1 == other.f1[::-1]
    assert (one.low, one.high) == (pytest.approx(-other.high), pytest.approx(-other.low))
    assert opposite.get(one.verdict, one.verdict) is other.verdict
    assert one.low <= one.high


def test_f1_counts_told_missed_and_false():
    found = alarms([SAME] * 6 + [GAIN] * 2 + [LESS_FALSE] * 3)

    assert (found.due, found.hits, found.false) == (8, (6, 8), (3, 0))
    assert found.f1 == (pytest.approx(12 / 17), 1.0)
    assert (found.occasions, found.gained, found.lost) == (11, 5, 0)


def test_better_needs_enough_visits_and_more_than_chance():
    assert alarms([SAME] * 20 + [GAIN] * 5).verdict is Verdict.BETTER
    assert alarms([SAME] * 20 + [GAIN] * 4).verdict is Verdict.NOT_DISTINGUISHABLE
    assert alarms([GAIN] * 15).verdict is Verdict.NOT_DISTINGUISHABLE, "fewer than 20 visits"
    one_film = Occasion(due=20, hits=(0, 20), false=(0, 0))
    assert alarms([one_film]).verdict is Verdict.NOT_DISTINGUISHABLE, "one occasion"
    assert alarms([]).verdict is Verdict.NOT_DISTINGUISHABLE
    assert alarms([SAME] * 20 + [turned(GAIN)] * 5).verdict is Verdict.WORSE


@pytest.mark.parametrize("of", range(1, 9))
def test_the_chance_of_a_count_is_that_of_all_throws_of_a_coin(of):
    throws = [sum(one) for one in product((0, 1), repeat=of)]
    for gained in range(of + 1):
        most = max(gained, of - gained)
        share = sum(one >= most for one in throws) / len(throws)
        assert _by_chance(gained, of - gained) == pytest.approx(share)
