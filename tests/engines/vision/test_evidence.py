"""A rod is seen against the empty place, and no head is ever kept."""

from itertools import product

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dianliang.engines.vision import (
    Background,
    RodRules,
    band,
    comparisons,
    cover,
    judged,
    middle,
    strength,
)
from tests.engines.vision.scenes import Person, drawn, noisy, place

ANGLER = Person([(0.0, 160, 200), (1e3, 160, 200)])
BOX = ANGLER.at(0.0)


def gray(picture):
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def strengths(with_rod, seed):
    """Return the evidence of six pictures of an angler with or without a rod."""
    rng, empty = np.random.default_rng(seed), place()
    found = []
    for _ in range(6):
        picture = noisy(drawn(empty, [ANGLER], 0.0), rng)
        if with_rod:
            tip = (225 + int(rng.integers(-2, 3)), 120 + int(rng.integers(-2, 3)))
            cv2.line(picture, (168, 172), tip, (25, 25, 25), 1, cv2.LINE_AA)
        found.append(strength(gray(picture), gray(empty), BOX))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_a_rod_in_the_hand_shows_and_an_empty_hand_does_not(seed):
    rules = RodRules()
    rod, none = (
        judged(strengths(has, seed), least=rules.least_strength, pictures=rules.pictures)
        for has in (True, False)
    )

    assert (rod.is_rod, none.is_rod) == (True, False)
    assert rod.strength > 2 * none.strength


def test_fewer_pictures_than_asked_prove_nothing():
    assert not judged([50.0] * 5, least=3.0, pictures=6).is_rod
    assert judged([], least=3.0, pictures=6).strength == 0


def test_at_the_edge_of_the_picture_nothing_is_read_beyond_it():
    picture = gray(place())

    for box in ((-30, -40, -5, 10), (300, 200, 340, 260), (0, 0, 3, 8)):
        assert strength(picture, picture, box) == 0.0


def test_who_sits_for_an_hour_does_not_become_background():
    rng, empty = np.random.default_rng(1), place()
    background = Background(RodRules())
    for n in range(30):
        people = [ANGLER] if n >= 10 else []
        picture = gray(noisy(drawn(empty, people, 0.0), rng))
        background.learn(picture, [one.at(0.0) for one in people], at_s=n * 10.0)

    body = (slice(145, 195), slice(152, 168))
    away = np.abs(background.picture[body].astype(int) - gray(empty)[body])
    assert away.mean() < 4
    absorbed = np.abs(gray(drawn(empty, [ANGLER], 0.0))[body].astype(int) - gray(empty)[body])
    assert absorbed.mean() > 20


@given(arrays(np.uint8, st.tuples(st.integers(1, 17), st.just(2), st.just(9))))
def test_the_median_of_pictures_is_the_one_of_the_textbook(pictures):
    assert (middle(list(pictures)) == np.median(pictures, axis=0).astype(np.uint8)).all()


@pytest.mark.parametrize("count", range(1, 11))
def test_the_comparisons_sort_whatever_comes(count):
    """Zeros and ones are enough (Knuth, TAOCP 3, 5.3.4, the zero-one principle)."""
    for bits in product((0, 1), repeat=count):
        kept = list(bits)
        for one, other in comparisons(count):
            kept[one], kept[other] = min(kept[one], kept[other]), max(kept[one], kept[other])
        assert kept == sorted(bits)


def test_the_head_is_gone_and_the_rest_is_as_it_was():
    picture = place()
    rng = np.random.default_rng(0)
    picture[140:200, 150:170] = rng.integers(0, 255, (60, 20, 3))
    before = picture.copy()
    covered = cover(picture, np.array([BOX], np.float32))

    left, top, right, bottom = band(np.array(BOX), size=picture.shape[:2])
    assert top <= 140 <= bottom - 20
    assert (picture == before).all()
    head = covered[top:bottom, left:right]
    assert len(np.unique(head.reshape(-1, 3), axis=0)) <= 6 * 12
    outside = np.ones(picture.shape[:2], bool)
    outside[top:bottom, left:right] = False
    assert (covered[outside] == picture[outside]).all()


def test_somebody_half_outside_of_the_picture_is_covered_without_an_error():
    covered = cover(
        place(), np.array([[-20, -30, 15, 40], [310, 230, 400, 300], [5, 5, 5, 5]], np.float32)
    )

    assert covered.shape == place().shape
