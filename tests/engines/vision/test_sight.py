"""Haze is told by what it does to a view: outlines fade, and nothing dark is left."""

import numpy as np
import pytest

from dianliang.engines.vision import Camera, Detections, HealthRules, Trouble, Watch, Zone, ZoneKind
from dianliang.engines.vision._sight import FADES_S, clearness

RULES = HealthRules()
WHOLE = Zone(id="z", kind=ZoneKind.DANGER, corners=((0, 0), (1, 0), (1, 1), (0, 1)))
SIZE = (108, 192)


def nobody(picture):
    del picture
    return Detections(boxes=np.zeros((0, 4), np.float32), scores=np.zeros(0, np.float32))


def view(rng):
    """A generated place with dark things, pale things and outlines of every kind."""
    place = np.full((*SIZE, 3), 140, np.uint8)
    for level in rng.integers(15, 240, 60):
        y, x = rng.integers(0, [SIZE[0] - 24, SIZE[1] - 32])
        place[y : y + rng.integers(8, 24), x : x + rng.integers(8, 32)] = level
    return place


def told(change, *, seconds=200, every_s=1.0):
    """Watch a place that `change` makes worse, and return when what was told and over."""
    rng = np.random.default_rng(4)
    place = view(rng).astype(np.float32)
    watch = Watch(camera=Camera(id="c", zones=(WHOLE,)), detector=nobody)
    began, over = {}, {}
    for n in range(int(seconds / every_s)):
        t = n * every_s
        stirred = change(place, t) + rng.normal(0, 1.0, place.shape)
        step = watch.step(np.clip(stirred, 0, 255).astype(np.uint8), at_s=1e6 + t)
        for one in step.findings:
            (over if one.is_over else began).setdefault(one.trouble, t)
    return began, over


def haze(clear):
    """Haze that lets `clear(t)` of the contrast through, and adds its own pale light."""
    return lambda place, t: clear(t) * place + (1 - clear(t)) * 205


def test_fog_that_rolls_in_is_told_and_its_end_too():
    def clear(t):
        return 1 - 0.7 * np.clip((t - 40) / 20, 0, 1) + 0.7 * np.clip((t - 140) / 20, 0, 1)

    began, over = told(haze(clear))

    assert set(began) == {Trouble.HAZE}
    assert 40 + RULES.haze_s < began[Trouble.HAZE] < 60 + RULES.haze_s
    assert 140 < over[Trouble.HAZE] < 165


@pytest.mark.parametrize(
    "change",
    [
        lambda place, t: place if t < 40 else 0.75 * place + 0.25 * 205,
        lambda place, t: place if t < 40 else 120 + 0.45 * (place - 120) - 30,
        lambda place, t: place if t < 40 else 0.2 * place,
        lambda place, t: place if t < 40 else np.minimum(place + 40, 255),
        lambda place, t: 0.3 * place + 0.7 * 205 if 40 <= t < 60 else place,
    ],
    ids=["thin veil", "sun goes", "night", "more light", "a lorry's steam"],
)
def test_what_is_no_haze_is_not_told_as_haze(change):
    began, _ = told(change, seconds=120)
    assert Trouble.HAZE not in began


def test_fog_of_a_whole_day_stays_told():
    """What is usual is learnt from clear views only: hours of fog do not become the usual view."""
    began, over = told(
        haze(lambda t: 1.0 if t < 300 else 0.25), seconds=1.2 * FADES_S, every_s=20.0
    )
    assert Trouble.HAZE in began
    assert Trouble.HAZE not in over


def test_contrast_is_that_of_the_place_whatever_the_light():
    place = view(np.random.default_rng(1))[..., 0]
    bright, dark = clearness(place), clearness((place * 0.4).astype(np.uint8))
    assert dark[0] == pytest.approx(bright[0], rel=0.1)
    assert dark[1] == pytest.approx(0.4 * bright[1], abs=2)
