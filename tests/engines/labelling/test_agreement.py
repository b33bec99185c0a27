"""Cohen's kappa against published figures, and what must hold for any counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.labelling import cohen_kappa

names = st.sampled_from("abcd")
counted = st.dictionaries(st.tuples(names, names), st.integers(0, 60), max_size=12)


def test_a_grant_committee_of_two_agrees_by_two_fifths():
    """50 applications, 20 + 15 alike, 5 + 10 not: po .7, pe .5, kappa .4 (the textbook example)."""
    found = cohen_kappa({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15})

    assert (found.n, found.observed, found.expected) == (50, 0.7, 0.5)
    assert found.kappa == pytest.approx(0.4)
    assert found.low == pytest.approx(0.4 - 1.959964 * (0.7 * 0.3 / 50) ** 0.5 / 0.5)


def test_cohens_own_example_of_three_diagnoses():
    """Cohen 1960, table 1: 200 patients, kappa .492."""
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    pairs = {(str(i), str(j)): n for i, row in enumerate(table) for j, n in enumerate(row)}

    found = cohen_kappa(pairs)

    assert (found.observed, round(found.expected, 2)) == (0.7, 0.41)
    assert found.kappa == pytest.approx(0.492, abs=0.0005)


def test_without_pairs_or_without_choice_there_is_no_kappa():
    assert cohen_kappa({}).kappa is None
    assert cohen_kappa({("a", "b"): 0}).n == 0
    always = cohen_kappa({("a", "a"): 9})
    assert (always.observed, always.expected, always.kappa) == (1.0, 1.0, None)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        cohen_kappa({("a", "a"): -1})


@given(counted)
def test_it_lies_between_minus_one_and_one_and_inside_its_interval(pairs):
    found = cohen_kappa(pairs)

    if found.kappa is not None:
        assert -1 <= found.kappa <= 1 + 1e-9
        assert found.low - 1e-9 <= found.kappa <= found.high + 1e-9


@given(counted)
def test_who_was_first_and_what_the_classes_are_called_does_not_matter(pairs):
    turned = {(other, one): n for (one, other), n in pairs.items()}
    renamed = {(f"x{one}", f"x{other}"): n for (one, other), n in pairs.items()}

    kappa = cohen_kappa(pairs).kappa
    assert cohen_kappa(turned).kappa == (None if kappa is None else pytest.approx(kappa))
    assert cohen_kappa(renamed).kappa == kappa


@given(st.dictionaries(names, st.integers(1, 60), min_size=2))
def test_those_who_always_agree_have_kappa_one(counts):
    assert cohen_kappa({(name, name): n for name, n in counts.items()}).kappa == pytest.approx(1)


@given(st.dictionaries(names, st.integers(1, 9)), st.dictionaries(names, st.integers(1, 9)))
def test_those_who_know_nothing_of_each_other_have_kappa_nought(first, second):
    """Counts that are products of their margins are chance itself."""
    pairs = {(a, b): n * m for a, n in first.items() for b, m in second.items()}

    kappa = cohen_kappa(pairs).kappa

    assert kappa is None or kappa == pytest.approx(0, abs=1e-9)
