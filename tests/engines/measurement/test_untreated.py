"""What would have become of them anyway is no effect of a measure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.measurement import BadFiguresError, Code, Status, taken_off


def seasons(rng, n, *, year):
    """Hours beyond a rating in two seasons, of those that had more than eight in the first."""
    found = []
    while len(found) < n:
        size = rng.lognormal(4, 0.8)
        before, after = size * rng.lognormal(0, 0.3, 2) * (1, year)
        if before > 8:
            found.append((before, after))
    return tuple(np.array(found).T)


def test_a_milder_season_is_no_effect():
    before, others = np.array([40.0, 60.0, 100.0]), np.linspace(20, 120, 8)
    found = taken_off(treated=(before, before * 0.1), untreated=(others, others * 0.7))

    assert found.plain == pytest.approx(180)
    assert found.ratio == pytest.approx(0.7)
    assert (found.total, found.low, found.high) == pytest.approx((120, 120, 120))
    assert found.status is Status.VERIFIED


def test_few_untreated_carry_no_interval():
    before, others = np.array([40.0, 60.0]), np.full(5, 50.0)
    found = taken_off(treated=(before, before / 2), untreated=(others, others))

    assert (found.total, found.ratio, found.low, found.high) == (50, None, None, None)
    assert [one.code for one in found.findings] == [Code.FEW_COMPARED]


@pytest.mark.parametrize(("m", "n"), [(6, 1), (6, 8), (20, 3)])
def test_intervals_hold_the_nothing_that_no_measure_does(m, n):
    rng = np.random.default_rng(m * 100 + n)
    held = []
    for _ in range(800):
        year = rng.lognormal(-0.1, 0.15)
        found = taken_off(treated=seasons(rng, n, year=year), untreated=seasons(rng, m, year=year))
        held.append(found.low <= 0 <= found.high)

    assert 0.86 <= np.mean(held) <= 0.96


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.floats(0.01, 100))
def test_in_minutes_it_is_sixty_times_that_in_hours(seed, scale):
    rng = np.random.default_rng(seed)
    groups = [seasons(rng, n, year=0.8) for n in (3, 9)]
    one = taken_off(treated=groups[0], untreated=groups[1])
    other = taken_off(
        treated=tuple(scale * part for part in groups[0]),
        untreated=tuple(scale * part for part in groups[1]),
    )

    assert other.total == pytest.approx(scale * one.total)
    assert other.high == pytest.approx(scale * one.high)
    assert other.ratio == pytest.approx(one.ratio)


@pytest.mark.parametrize(
    ("treated", "words"),
    [
        (([], []), "nothing was treated"),
        (([1.0], [1.0, 2.0]), "differ in length"),
        (([0.0], [1.0]), "above zero"),
        (([1.0], [-1.0]), "below zero"),
        (([float("nan")], [1.0]), "before and after"),
    ],
)
def test_what_is_no_pair_is_refused(treated, words):
    pair = tuple(np.array(one) for one in treated)
    with pytest.raises(BadFiguresError, match=words):
        taken_off(treated=pair, untreated=(np.ones(6), np.ones(6)))


def test_one_that_has_some_only_after_takes_from_what_was_taken_off():
    others = np.full(6, 40.0), np.full(6, 40.0)
    alone = taken_off(treated=(np.array([100.0]), np.array([10.0])), untreated=others)
    both = taken_off(treated=(np.array([100.0, 0.0]), np.array([10.0, 30.0])), untreated=others)

    assert (alone.total, both.total) == (90.0, 60.0)
    with pytest.raises(BadFiguresError, match="above zero"):
        taken_off(treated=others, untreated=(np.zeros(6), np.ones(6)))
