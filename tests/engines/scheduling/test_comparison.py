"""Few projects tell little, and the comparison says how little."""

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.scheduling import compare
from dianliang.engines.scheduling._comparison import _ways


@pytest.mark.parametrize(("n", "m"), [(1, 1), (2, 3), (3, 3), (4, 2)])
def test_the_distribution_is_that_of_all_orders(n, m):
    counted = [0] * (n * m + 1)
    for places in combinations(range(n + m), n):
        counted[sum(place - rank for rank, place in enumerate(places))] += 1

    assert _ways(n, m) == counted
    assert sum(counted) == comb(n + m, n)


def test_two_projects_and_no_other_say_nothing():
    assert compare(first=[210, 270], second=[]) is None


def test_two_against_five_allow_an_interval_no_narrower_than_the_extremes():
    found = compare(first=[210, 270], second=[300, 310, 330, 340, 360])

    assert found is not None
    assert found.is_known
    assert (found.low_days, found.high_days) == (210 - 360, 270 - 300)


def test_one_against_five_has_a_shift_but_no_interval():
    found = compare(first=[210], second=[300, 310, 330, 340, 360])

    assert found is not None
    assert found.shift_days == -120
    assert not found.is_known
    assert not found.excludes_zero


@given(
    st.lists(st.integers(0, 500), min_size=3, max_size=6),
    st.lists(st.integers(0, 500), min_size=3, max_size=6),
)
def test_turning_the_question_round_turns_the_answer_round(first, second):
    one, other = compare(first=first, second=second), compare(first=second, second=first)

    assert one is not None
    assert other is not None
    assert one.low_days is not None
    assert other.high_days is not None
    assert one.low_days == -other.high_days
    assert one.shift_days == -other.shift_days
    assert one.low_days <= one.shift_days <= -(other.low_days or 0)
