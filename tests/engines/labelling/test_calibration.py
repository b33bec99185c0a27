"""Confidence against truth: by hand, and what must hold for any bins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.labelling import BINS, Bin, bin_of, calibration


def tenth(number, n, mean, right):
    return Bin(number=number, n=n, mean_confidence=mean, right=right)


@st.composite
def some_bins(draw):
    made = []
    for number in draw(st.sets(st.integers(0, BINS - 1))):
        n = draw(st.integers(1, 500))
        mean = draw(st.floats(number / BINS, (number + 1) / BINS))
        made.append(tenth(number, n, mean, draw(st.integers(0, n))))
    return made


def test_the_gap_of_each_bin_counts_by_how_many_it_holds():
    found = calibration([tenth(9, 30, 0.95, 27), tenth(5, 10, 0.55, 8)])

    assert found.n == 40
    assert found.error == pytest.approx(0.75 * 0.05 + 0.25 * 0.25)
    assert [one.number for one in found.bins] == list(range(10))
    assert (found.bins[9].share_right, found.bins[0].share_right) == (0.9, None)
    assert found.bins[5].span == (0.5, 0.6)


def test_without_any_decision_there_is_no_error():
    assert calibration([]).error is None


@pytest.mark.parametrize(
    "bins",
    [
        [tenth(1, 2, 0.1, 3)],
        [tenth(10, 1, 1.0, 1)],
        [tenth(1, 1, 0.1, 1), tenth(1, 1, 0.1, 0)],
    ],
)
def test_bins_that_cannot_be_are_refused(bins):
    with pytest.raises(ValueError, match=r"right|ten bins"):
        calibration(bins)


@given(some_bins())
def test_the_error_lies_between_nought_and_one(bins):
    found = calibration(bins)

    assert found.error is None or 0 <= found.error <= 1
    assert found.n == sum(one.n for one in bins)


@given(st.lists(st.integers(1, 50), min_size=10, max_size=10))
def test_a_model_that_keeps_its_word_has_no_error(sizes):
    kept = [
        tenth(number, 10 * n, (number + 0.5) / BINS, round(n * (number + 0.5)))
        for number, n in enumerate(2 * size for size in sizes)
    ]

    assert calibration(kept).error == pytest.approx(0)


@given(st.floats(0, 1))
def test_every_confidence_has_its_bin(confidence):
    number = bin_of(confidence)

    assert 0 <= number < BINS
    assert number / BINS <= confidence + 1e-9
    assert confidence < (number + 1) / BINS + 1e-9 or confidence == 1
