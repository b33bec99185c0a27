"""A sample and what it tells of the whole."""

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.programs.sampling import draw, share, suggested_size


@given(st.sets(st.text(min_size=1, max_size=4), min_size=1, max_size=30), st.data())
def test_the_same_list_and_seed_give_the_same_sample_in_any_order(keys, data):
    size = data.draw(st.integers(1, len(keys)))
    shuffled = data.draw(st.permutations(sorted(keys)))

    first, second = draw(keys, size=size, seed=7), draw(shuffled, size=size, seed=7)

    assert first == second
    assert len(set(first)) == size
    assert set(first) <= keys


def test_every_target_is_drawn_about_equally_often():
    keys = [f"K{n}" for n in range(10)]
    counts = dict.fromkeys(keys, 0)
    for seed in range(1, 2001):
        for key in draw(keys, size=3, seed=seed):
            counts[key] += 1

    assert all(500 < n < 700 for n in counts.values()), counts


def chance(k, *, good, size, of):
    """The hypergeometric chance by counting."""
    return comb(good, k) * comb(of - good, size - k) / comb(of, size)


@pytest.mark.parametrize(("of", "size"), [(12, 5), (20, 20), (9, 1)])
def test_the_interval_holds_the_truth_in_at_least_95_of_100_samples(of, size):
    for good in range(of + 1):
        possible = range(max(0, size - (of - good)), min(size, good) + 1)
        held = sum(
            chance(k, good=good, size=size, of=of)
            for k in possible
            for found in [share(passed=k, size=size, population=of)]
            if found.low * of - 1e-9 <= good <= found.high * of + 1e-9
        )
        assert held >= 0.95, (good, held)


def test_looking_at_everything_leaves_no_doubt():
    found = share(passed=7, size=10, population=10)

    assert (found.value, found.low, found.high) == (0.7, 0.7, 0.7)


@given(st.integers(1, 200), st.data())
def test_the_share_of_the_sample_lies_in_its_interval(of, data):
    size = data.draw(st.integers(1, of))
    passed = data.draw(st.integers(0, size))

    found = share(passed=passed, size=size, population=of)

    assert 0 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1


def test_a_perfect_sample_of_367_from_8100_promises_99_in_100():
    found = share(passed=367, size=367, population=8100)

    assert found.high == 1
    assert 0.989 < found.low < 0.992


def test_the_suggested_size_is_cochrans_with_its_correction():
    assert [suggested_size(n) for n in (0, 1, 10, 8100)] == [0, 1, 10, 367]


@pytest.mark.parametrize(("passed", "size", "of"), [(2, 1, 5), (0, 0, 5), (1, 6, 5), (-1, 2, 3)])
def test_what_does_not_fit_together_is_refused(passed, size, of):
    with pytest.raises(ValueError, match="need"):
        share(passed=passed, size=size, population=of)


def test_small_samples_are_all_possible():
    drawn = {draw("ABCD", size=2, seed=seed) for seed in range(1, 200)}

    assert drawn == set(combinations("ABCD", 2))
