"""How sure to be of an answer is learnt from what went with right and wrong ones."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.triage._sureness import (
    AT_ITS_WORD,
    LEAST_MEASURED,
    MOST_CONFIDENCE,
    Heard,
    sureness,
    unseen_worth,
)
from dianliang.engines.triage._sureness import given as given_worth

CODES = ("A", "B")
NUMBERS = st.floats(-10, 10)


def heard(share, *, margins=None, day_one=0.5):
    """Answers of which nothing but the share, and perhaps the margins, tells anything."""
    count = len(share)
    same = np.full(count, day_one)
    return Heard(
        share=np.asarray(share, dtype=float),
        margins=np.zeros((count, 2)) if margins is None else margins,
        day_one=same,
        day_one_best=same,
        belief=np.ones(count),
        near_own=np.zeros(count),
        near_others=np.zeros(count),
    )


def learnt(asked, is_right, numbers=None, stands_for=None):
    count = len(is_right)
    return sureness(
        asked,
        np.zeros(count, dtype=np.intp) if numbers is None else numbers,
        np.asarray(is_right, dtype=bool),
        codes=CODES,
        stands_for=np.ones(count) if stands_for is None else stands_for,
    )


def test_confidence_becomes_how_often_it_was_right():
    draw = np.random.default_rng(0)
    said = draw.uniform(0.05, 0.95, 5000)
    made = learnt(heard(said), draw.random(5000) < said / 2)

    worth = made.worth(heard([0.2, 0.8]), np.full(2, made.offsets[0]))

    assert worth == pytest.approx([0.1, 0.4], abs=0.06)


def test_what_the_share_does_not_tell_is_told_by_the_signs():
    """All answers are as sure; those that lie clearly on one side are right."""
    draw = np.random.default_rng(1)
    margins = draw.uniform(-1, 1, (2000, 2))
    is_right = draw.random(2000) < np.where(margins.max(axis=1) > 0.5, 0.98, 0.6)
    made = learnt(heard(np.full(2000, 0.9), margins=margins), is_right)

    clear, doubtful = made.worth(
        heard([0.9, 0.9], margins=np.array([[1.0, 0.0], [0.1, 0.0]])), np.full(2, made.offsets[0])
    )

    assert clear > 0.9
    assert doubtful < 0.75


def test_a_service_that_is_often_wrong_is_believed_less():
    numbers = np.arange(6000) % 2
    made = learnt(heard(np.full(6000, 0.8)), (numbers == 0) | (np.arange(6000) % 3 == 0), numbers)

    often, seldom = made.worth(heard([0.8, 0.8]), made.offsets)

    assert often > 0.95
    assert seldom == pytest.approx(1 / 3, abs=0.05)


def test_few_texts_leave_confidence_nearly_at_its_word():
    few = LEAST_MEASURED
    assert learnt(heard(np.full(few - 1, 0.7)), np.zeros(few - 1)) is AT_ITS_WORD
    said = np.full(few, 0.7)
    some = learnt(heard(said), np.arange(few) % 10 < 7)

    assert some.worth(heard([0.7]), some.offsets[:1]) == pytest.approx([0.7], abs=0.02)


def test_an_answer_less_sure_than_all_that_were_measured_is_believed_in_proportion():
    made = learnt(heard(np.linspace(0.8, 0.99, 1000)), np.ones(1000))

    low, high = made.worth(heard([0.08, 0.9]), np.full(2, made.offsets[0]))

    assert high > 0.98
    assert low == pytest.approx(0.1, abs=0.01)


def test_a_text_that_speaks_for_many_counts_as_many():
    is_right = np.arange(5000) >= 3000
    one = learnt(heard(np.full(5000, 0.9)), is_right)
    many = learnt(heard(np.full(5000, 0.9)), is_right, stands_for=np.where(is_right, 20.0, 1.0))

    worth = [made.worth(heard([0.9]), made.offsets[:1])[0] for made in (one, many)]

    assert worth == pytest.approx([0.4, 4000 / 4300], abs=0.02)


def test_a_promise_is_measured_on_answers_that_taught_nothing_of_it():
    """With as many signs as there is chance in, the fit flatters itself; what it had not seen
    does not."""
    draw = np.random.default_rng(2)
    is_right = draw.random(60) < 0.5
    asked = heard(np.full(60, 0.5), margins=draw.normal(size=(60, 2)))
    numbers = draw.integers(0, 2, 60)
    ones = np.ones(60)

    made = learnt(asked, is_right, numbers)
    seen = made.worth(asked, made.offsets[numbers])
    unseen = unseen_worth(asked, numbers, is_right, count=2, stands_for=ones)

    def loss(worth):
        return -np.log(np.where(is_right, worth, 1 - worth)).mean()

    assert loss(seen) < loss(unseen)


@given(
    shares=st.lists(st.floats(0.01, 1), min_size=2, max_size=6),
    total=st.floats(0.05, 1),
    worth=st.floats(0, MOST_CONFIDENCE),
)
def test_shares_still_add_up_to_one_at_most_and_the_best_stays_best(shares, total, worth):
    before = np.array(shares) / sum(shares) * total

    found = given_worth(before, worth)

    assert found.sum() <= 1 + 1e-9 or len(set(shares)) < len(shares)
    assert found.min() >= 0
    assert found[before.argmax()] == pytest.approx(found.max())


@pytest.fixture(scope="module")
def some():
    draw = np.random.default_rng(3)
    said = draw.random(200)
    return learnt(heard(said, margins=draw.normal(size=(200, 2))), draw.random(200) < said)


@given(margins=st.lists(NUMBERS, min_size=2, max_size=2), share=st.floats(0, 1), d=st.floats(0, 1))
def test_whatever_is_heard_is_worth_nothing_to_almost_certain(some, margins, share, d):
    strange = heard([share], margins=np.array([margins]), day_one=d)
    (worth,) = some.worth(replace(strange, near_own=np.array([d])), some.offsets[:1])

    assert 0 <= worth <= MOST_CONFIDENCE
