"""Meters to compare with: what moves everybody is no saving."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.measurement import Code, Status, compared, matched


def test_what_everybody_saved_is_taken_off():
    rng = np.random.default_rng(1)
    others, treated = rng.normal(0.06, 0.04, 60), rng.normal(0.14, 0.04, 40)
    found = compared(treated=treated, others=others)
    same = compared(treated=treated - 0.08, others=others)

    assert found.fraction == pytest.approx(0.08, abs=0.02)
    assert found.low <= 0.08 <= found.high
    assert (found.status, same.status) == (Status.VERIFIED, Status.MEASURED)


def test_few_or_unlike_meters_are_said():
    rng = np.random.default_rng(2)
    few = compared(treated=rng.normal(0.1, 0.02, 30), others=rng.normal(0, 0.02, 5))
    apart = (rng.normal(0.05, 0.02, 30), rng.normal(0, 0.02, 30))
    unlike = compared(
        treated=rng.normal(0.1, 0.02, 30), others=rng.normal(0, 0.02, 30), placebo=apart
    )

    assert (few.low, few.status) == (None, Status.SCREENED)
    assert [one.code for one in few.findings] == [Code.FEW_COMPARED]
    assert [one.code for one in unlike.findings] == [Code.COMPARISON_DIFFERS]
    assert unlike.status is Status.MEASURED
    with pytest.raises(ValueError, match="at least two"):
        compared(treated=np.ones(1), others=np.ones(9))


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_matches_are_the_nearest_in_all(seed):
    rng = np.random.default_rng(seed)
    treated, pool = rng.uniform(1, 3, (3, 12)), rng.uniform(1, 3, (5, 12))

    def place(kwh):
        size = kwh.sum(axis=1, keepdims=True)
        return np.concatenate([kwh / size * 12, np.log(size) / 2], axis=1)

    def cost(chosen):
        return ((place(treated) - place(pool)[list(chosen)]) ** 2).sum()

    assert cost(matched(treated, pool)) == pytest.approx(
        min(cost(chosen) for chosen in permutations(range(5), 3))
    )


def test_a_pool_must_be_large_and_whole():
    with pytest.raises(ValueError, match="fewer meters"):
        matched(np.ones((3, 12)), np.ones((2, 12)))
    with pytest.raises(ValueError, match="every month"):
        matched(np.ones((1, 12)), np.full((2, 12), np.nan))
