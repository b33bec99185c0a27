"""A wording says one thing and many things each in its own form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.kernel.phrases import Phrase
from dianliang.kernel.plurals import agreed, counted, is_one

BOTH = "%(n)s {n:task is|tasks are} late, %(m)s {m:person|people} wait"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"n": 1, "m": 1}, "1 task is late, 1 person wait"),
        ({"n": 2, "m": 1}, "2 tasks are late, 1 person wait"),
        ({"n": 0, "m": "1,200"}, "0 tasks are late, 1,200 people wait"),
        ({"n": "1", "m": "1.0"}, "1 task is late, 1.0 people wait"),
    ],
)
def test_each_number_of_a_sentence_asks_for_its_own_form(values, told):
    assert agreed(BOTH, values) % values == told


@given(st.integers() | st.text(max_size=3) | st.floats(allow_nan=False) | st.booleans())
def test_one_is_what_is_shown_as_one(value):
    assert is_one(value) == (
        not isinstance(value, bool) and str(value).strip("-−") == "1" == str(value)[-1:]
    )


@given(st.text(alphabet="{}|:n 1%", max_size=12))
def test_what_a_person_wrote_is_never_taken_for_forms(words):
    phrase = Phrase("%(who)s：%(n)d 天", who=words, n=1)

    assert phrase.said(lambda _: "%(who)s: %(n)d {n:day|days}") == f"{words}: 1 day"


def test_a_wording_that_counts_what_is_not_there_is_a_fault_and_not_a_guess():
    assert counted(BOTH) == {"n", "m"}
    with pytest.raises(KeyError):
        agreed(BOTH, {"n": 1})
