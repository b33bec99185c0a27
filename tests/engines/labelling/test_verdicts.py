"""What a figure means stands before the figure; a small sample means nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.labelling import (
    Bin,
    Verdict,
    agreement_verdict,
    calibration,
    calibration_verdict,
    cohen_kappa,
)


@pytest.mark.parametrize(
    ("equal", "unequal", "verdict"),
    [
        (19, 0, Verdict.UNKNOWN),
        (40, 1, Verdict.GOOD),
        (40, 5, Verdict.FAIR),
        (20, 12, Verdict.POOR),
    ],
)
def test_two_people_agree_or_do_not(equal, unequal, verdict):
    half = equal // 2
    pairs = {("a", "a"): half, ("b", "b"): equal - half, ("a", "b"): unequal}

    assert agreement_verdict(cohen_kappa(pairs)) is verdict


def test_who_always_chose_the_same_proves_nothing():
    assert agreement_verdict(cohen_kappa({("a", "a"): 500})) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("n", "right", "verdict"),
    [
        (99, 79, Verdict.UNKNOWN),
        (100, 80, Verdict.GOOD),
        (100, 76, Verdict.GOOD),
        (100, 72, Verdict.FAIR),
        (100, 60, Verdict.POOR),
    ],
)
def test_eighty_per_cent_should_be_right_in_eighty_of_a_hundred(n, right, verdict):
    found = calibration([Bin(number=8, n=n, mean_confidence=0.8, right=right)])

    assert calibration_verdict(found) is verdict


@given(st.integers(0, 99), st.data())
def test_a_small_sample_never_condemns_and_never_reassures(n, data):
    right = data.draw(st.integers(0, n))
    found = calibration([Bin(number=5, n=n, mean_confidence=0.55, right=right)])

    assert calibration_verdict(found) is Verdict.UNKNOWN
