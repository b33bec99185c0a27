"""N-grams counted all at once are those counted one by one."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.triage._columns import counts, plain


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="电线断了路灯坏", max_size=20), max_size=5))
def test_each_text_has_its_own_grams_and_no_neighbours(texts):
    rows = counts(texts)

    assert rows.shape[0] == len(texts)
    for row, text in enumerate(texts):
        grams = Counter(text[at : at + n] for n in (2, 3) for at in range(len(text) + 1 - n))
        counted = sorted(1 + np.log(times) for times in grams.values())
        assert sorted(rows[row].data) == pytest.approx(counted)


def test_a_text_has_the_same_columns_whatever_stands_beside_it():
    together = counts(["路灯坏了", "电线断了"])

    assert (together[1] != counts(["电线断了"])).nnz == 0


def test_marks_width_case_and_traditional_characters_make_no_difference():
    assert plain("電線斷了，ＡＢ棟 13812345678！") == plain("电线断了ab栋")
