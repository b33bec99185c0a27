"""Small numbers are kept back, and nobody can work them out."""

from datetime import date
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.voices.queries import LEAST, quarter, quarters, suppressed

tallies = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9), min_size=1, max_size=4)


@given(tallies)
def test_what_is_told_is_true_and_never_small(tally):
    told = suppressed(tally)

    for key, value in told.items():
        assert value is None or (value == tally[key] and (value == 0 or value >= LEAST))


@given(tallies)
def test_a_reader_of_the_whole_cannot_work_out_a_small_number(tally):
    """Try every way to fill in what is kept back: no small number has only one."""
    told, whole = suppressed(tally), sum(tally.values())
    if whole < LEAST:  # the whole is not told either
        return
    hidden = [key for key, value in told.items() if value is None]
    left = whole - sum(value for value in told.values() if value)
    ways = [way for way in product(range(1, left + 1), repeat=len(hidden)) if sum(way) == left]
    for place, key in enumerate(hidden):
        if 0 < tally[key] < LEAST:
            assert len({way[place] for way in ways}) > 1


def test_counts_are_of_whole_quarters_only():
    assert quarter(date(2026, 11, 26)) == (date(2026, 7, 1), date(2026, 9, 30))
    assert quarter(date(2026, 2, 1)) == (date(2025, 10, 1), date(2025, 12, 31))
    spans = quarters(date(2026, 11, 26))
    assert all(a[0].toordinal() == b[1].toordinal() + 1 for a, b in pairwise(spans))
