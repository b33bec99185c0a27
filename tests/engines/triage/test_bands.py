"""Limits of confidence are measured, cautious, and say what they were measured on."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.triage import Band, Bands
from dianliang.engines.triage._bands import (
    ENOUGH_SURE,
    LEAST_MEASURED,
    Promise,
    lower_bound,
    measure,
)


def test_the_lower_end_equals_wilsons_published_value():
    """81 of 263: 95 % interval .2553 to .3662 (Newcombe 1998, method 3)."""
    assert lower_bound(81, 263) == pytest.approx(0.2553, abs=1e-4)


@given(texts=st.integers(1, 10_000), data=st.data())
def test_the_lower_end_lies_below_what_was_seen(texts, data):
    right = data.draw(st.integers(0, texts))

    assert 0 <= lower_bound(right, texts) <= right / texts


def test_nothing_is_measured_on_too_few():
    few = LEAST_MEASURED - 1

    assert measure(np.ones(few), np.ones(few, dtype=bool)) == Bands()
    assert Bands().band(0.99) is Band.AUTO


@given(seed=st.integers(0, 10_000), slope=st.floats(0, 1))
def test_a_promise_holds_on_the_texts_it_was_measured_on(seed, slope):
    draw = np.random.default_rng(seed)
    confidence = draw.random(400)
    bands = measure(confidence, draw.random(400) < slope * confidence + (1 - slope) * 0.6)

    assert bands.suggest_from <= bands.auto_from
    assert bands.auto is None or bands.auto.lower >= 0.95 or bands.auto.texts < ENOUGH_SURE
    assert (bands.auto is None) == (not (confidence >= bands.auto_from).any())


def test_sure_texts_too_few_for_an_interval_count_as_they_are():
    few = measure(np.r_[np.full(60, 0.95), np.full(60, 0.5)], np.ones(120, dtype=bool))

    assert few.band(0.95) is Band.AUTO
    assert few.auto is not None
    assert (few.auto.right, few.auto.texts) == (60, 60)


def test_where_nothing_keeps_the_promise_nothing_is_filled_in():
    wrong = measure(np.linspace(0.5, 1, 500), np.arange(500) % 2 == 0)

    assert wrong.auto_from == wrong.suggest_from == inf
    assert wrong.band(1.0) is Band.HUMAN


def test_a_promise_tells_its_figures():
    promise = Promise(texts=412, right=400, coverage=0.6)

    assert promise.precision == pytest.approx(0.9709, abs=1e-4)
    assert promise.lower == pytest.approx(0.9498, abs=1e-3)
    assert Promise(texts=0, right=0, coverage=0.0).precision == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=120, max_size=200))
def test_texts_that_speak_for_themselves_alone_count_as_before(seen):
    confidence = np.array([sure for sure, _ in seen])
    is_right = np.array([right for _, right in seen])

    assert measure(confidence, is_right) == measure(
        confidence, is_right, stands_for=np.ones(len(seen))
    )


def test_a_drawn_text_speaks_for_those_that_were_not_drawn():
    """People looked at what was wrong; one in twenty of the rest was drawn, and is right."""
    corrected, drawn = 300, 200
    confidence = np.full(corrected + drawn, 0.97)
    is_right = np.arange(corrected + drawn) >= corrected
    stands_for = np.where(is_right, 20.0, 1.0)

    assert measure(confidence, is_right).auto is None
    bands = measure(confidence, is_right, stands_for=stands_for)
    assert bands.suggest is not None
    assert bands.suggest.precision == pytest.approx(4000 / 4300, abs=0.01)
    assert bands.suggest.texts < corrected + drawn
