"""The chain finds the best row of labels of all, and its slope is the slope of its loss."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.triage import _chain as chain

FEATURES, KINDS = 5, 3
sequences = st.lists(
    st.lists(
        st.lists(st.integers(0, FEATURES - 1), max_size=3, unique=True).map(
            lambda row: np.array(row, dtype=np.intp)
        ),
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=4,
)


def score(made, rows, labels, penalties, begins):
    total = begins[labels[0]]
    total += sum(made.weights[row, label].sum() for row, label in zip(rows, labels, strict=True))
    total += sum(penalties[at, label] for at, label in enumerate(labels))
    return total + sum(made.follows[a, b] for a, b in pairwise(labels))


@given(seed=st.integers(0, 10_000), rows=sequences.map(lambda found: found[0]))
@settings(deadline=None)
def test_no_other_row_of_labels_is_better(seed, rows):
    draw = np.random.default_rng(seed)
    made = chain.Chain(
        weights=draw.normal(size=(FEATURES, KINDS)).astype(np.float32),
        follows=draw.normal(size=(KINDS, KINDS)),
    )
    penalties, begins = draw.normal(size=(len(rows), KINDS)), draw.normal(size=KINDS)

    found = made.best(rows, penalties, begins)

    best = max(
        score(made, rows, labels, penalties, begins)
        for labels in product(range(KINDS), repeat=len(rows))
    )
    assert score(made, rows, found, penalties, begins) == pytest.approx(best, abs=1e-4)


def all_scores(rows, weights, follows):
    return [
        sum(weights[row, label].sum() for row, label in zip(rows, labels, strict=True))
        + sum(follows[a, b] for a, b in pairwise(labels))
        for labels in product(range(KINDS), repeat=len(rows))
    ]


@given(seed=st.integers(0, 10_000), rows=sequences)
@settings(deadline=None, max_examples=30)
def test_the_loss_is_the_likelihood_counted_out_and_its_slope_is_its_slope(seed, rows):
    draw = np.random.default_rng(seed)
    labels = [[int(draw.integers(KINDS)) for _ in one] for one in rows]
    lesson = chain._lesson(rows, labels, features=FEATURES, kinds=KINDS)
    flat = draw.normal(size=FEATURES * KINDS + KINDS * KINDS)
    weights = flat[: FEATURES * KINDS].reshape(FEATURES, KINDS)
    follows = flat[FEATURES * KINDS :].reshape(KINDS, KINDS)

    loss, slope = lesson.loss(flat)

    expected = chain.RIDGE / 2 * float(flat @ flat)
    for one, truth in zip(rows, labels, strict=True):
        scores = np.array(all_scores(one, weights, follows))
        place = int("".join(map(str, truth)), KINDS)
        expected += float(np.log(np.exp(scores).sum()) - scores[place])
    assert loss == pytest.approx(expected, rel=1e-4, abs=1e-3)
    step = draw.normal(size=len(flat))
    ahead, behind = lesson.loss(flat + 0.01 * step)[0], lesson.loss(flat - 0.01 * step)[0]
    assert float(slope @ step) == pytest.approx((ahead - behind) / 0.02, rel=0.02, abs=0.02)


def test_what_follows_what_is_learnt_where_a_token_alone_tells_nothing():
    same = np.array([0], dtype=np.intp)
    rows = [[same, same, same, same]] * 30

    made = chain.fit(rows, [[0, 1, 2, 0]] * 30, features=1, kinds=KINDS)

    begins = np.array([0.0, -9.0, -9.0])
    assert made.best(rows[0], np.zeros((4, KINDS)), begins) == [0, 1, 2, 0]
