"""The stability index: by hand, symmetric, silent by chance, loud on a change."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from dianliang.engines.labelling import Size, stability
from dianliang.engines.labelling._drift import _chi_squared_95

counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 300), max_size=6)


def test_a_share_that_doubles_is_counted_as_the_book_says():
    found = stability({"a": 80_000, "b": 20_000}, {"a": 60_000, "b": 40_000})

    assert found.index == pytest.approx(-0.2 * log(0.6 / 0.8) + 0.2 * log(0.4 / 0.2), abs=1e-4)
    assert found.size is Size.SOME
    assert [change.name for change in found.changes] == ["b", "a"]
    assert (found.changes[0].before, found.changes[0].after) == (0.2, 0.4)


def test_a_class_that_is_new_is_a_large_change():
    found = stability({"a": 1000}, {"a": 600, "b": 400})

    assert found.size is Size.MUCH
    assert found.changes[0].name == "b"


def test_with_nothing_to_compare_nothing_is_said():
    assert stability({}, {"a": 5}).size is Size.UNKNOWN
    assert stability({"a": 5}, {"a": 0}).size is Size.UNKNOWN


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        stability({"a": 1}, {"a": -1})


def test_small_weeks_of_many_services_do_not_cry_wolf():
    """Fifty needs of thirty services move the bare index above every mark by chance alone."""
    draw = np.random.default_rng(3)
    shares = draw.dirichlet(np.ones(30))
    marked, bare = 0, 0
    for _ in range(300):
        before, after = draw.multinomial(200, shares), draw.multinomial(50, shares)
        found = stability(
            {str(i): int(n) for i, n in enumerate(before)},
            {str(i): int(n) for i, n in enumerate(after)},
        )
        marked += found.size is not Size.NONE
        bare += found.index >= 0.25

    assert bare > 200
    assert marked <= 30


@given(counts, counts)
def test_it_is_never_negative_and_the_same_both_ways(before, after):
    there, back = stability(before, after), stability(after, before)

    assert there.index >= 0
    assert there.index == pytest.approx(back.index)
    assert there.size is back.size
    assert there.index == pytest.approx(sum(change.part for change in there.changes))


@given(counts, st.integers(1, 50))
def test_the_same_shares_are_no_change_however_many_more(before, times):
    found = stability(before, {name: n * times for name, n in before.items()})

    assert found.size in {Size.NONE, Size.UNKNOWN}


@pytest.mark.parametrize("degrees", [1, 2, 5, 12, 39, 60])
def test_the_limit_of_chance_is_that_of_the_tables(degrees):
    assert _chi_squared_95(degrees) == pytest.approx(chi2.ppf(0.95, degrees), rel=0.03)
