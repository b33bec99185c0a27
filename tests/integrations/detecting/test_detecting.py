"""The shipped weights find what they should, and what is kept has no faces and no halves."""

import hashlib
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from dianliang.engines.vision import NOBODY, SwiftDetector, cover
from dianliang.integrations.detecting import NanoDet, UnableToDetectError, keep_clip, keep_snapshot
from dianliang.integrations.detecting.keeping import UnableToKeepError
from dianliang.integrations.detecting.light import lightened
from dianliang.integrations.detecting.nanodet import WEIGHTS, letterboxed, once
from dianliang.integrations.detecting.onnx_file import DamagedModelError, sides_freed


@pytest.fixture(scope="module")
def detector():
    return NanoDet()


def figure(height=200):
    """Return a grey place with a drawn walker, and the walker's box."""
    import cv2

    picture = np.full((300, 400, 3), 150, np.uint8)
    x, top = 200, 60
    unit = height / 8
    cv2.circle(picture, (x, int(top + unit / 2)), int(unit / 2), (120, 150, 200), -1)
    body = (int(x - unit), int(top + unit)), (int(x + unit), int(top + 4.5 * unit))
    cv2.rectangle(picture, *body, (60, 40, 30), -1)
    for side in (-1, 1):
        foot = (int(x + side * 0.9 * unit), int(top + height))
        cv2.line(
            picture,
            (int(x + side * 0.4 * unit), int(top + 4.5 * unit)),
            foot,
            (40, 30, 90),
            int(0.8 * unit),
        )
        hand = (int(x + side * 1.9 * unit), int(top + 4.2 * unit))
        cv2.line(
            picture,
            (int(x + side * unit), int(top + 1.3 * unit)),
            hand,
            (60, 40, 30),
            int(0.6 * unit),
        )
    return picture, (x - 1.9 * unit, top, x + 1.9 * unit, top + height)


def test_the_weights_are_the_ones_that_the_model_card_measures():
    card = WEIGHTS.with_name("model-card.md").read_text(encoding="utf-8")

    assert hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() in card


def test_a_walker_is_found_where_drawn(detector):
    picture, truth = figure()
    found = detector(picture)

    assert len(found) >= 1
    box = found.boxes[int(found.scores.argmax())]
    assert np.abs(box - np.array(truth)).max() < 35


def test_a_walker_in_the_dark_is_found_too(detector):
    """A twentieth of the light, as a camera without a lamp sends it: eleven levels of grey."""
    picture, truth = figure()
    dark = (picture * 0.05).astype(np.uint8)

    assert np.abs(detector(dark).boxes[0] - np.array(truth)).max() < 35
    assert lightened(dark).std() > 5 * dark.std()
    assert lightened(picture) is picture


@given(arrays(np.uint8, (9, 13, 3)))
def test_brightening_keeps_the_order_of_lights(picture):
    bright = lightened(picture)

    order = np.argsort(picture[..., 1].ravel(), kind="stable")
    assert (np.diff(bright[..., 1].ravel()[order].astype(int)) >= 0).all()


def test_a_swift_look_finds_whoever_is_not_small(detector):
    picture, truth = figure()

    assert isinstance(detector, SwiftDetector)
    assert np.abs(detector.swift(picture).boxes[0] - np.array(truth)).max() < 35


def test_what_is_cut_out_of_a_picture_is_found_again(detector):
    picture, _ = figure()
    whole, part = detector(picture), detector(picture[20:, 60:])

    assert part.boxes[0] + [60, 20, 60, 20] == pytest.approx(whole.boxes[0], abs=14)


def test_nobody_is_found_on_an_empty_picture_or_none(detector):
    assert len(detector(np.full((120, 160, 3), 128, np.uint8))) == 0
    assert detector(np.zeros((0, 10, 3), np.uint8)) is NOBODY


def test_a_picture_is_not_stretched_and_little_is_empty():
    fed, scale = letterboxed(np.full((100, 208, 3), 255, np.uint8))

    assert (fed.shape, scale) == ((1, 3, 224, 416), 2.0)
    assert fed[0, 0, 199, 400] > 0 > fed[0, 0, 201, 400]


def test_two_boxes_of_one_person_become_the_surer_one():
    boxes = np.array([[0, 0, 10, 30], [1, 0, 11, 30], [50, 0, 60, 30]], np.float32)
    kept = once(boxes, np.array([0.5, 0.8, 0.3], np.float32))

    assert kept.scores.tolist() == pytest.approx([0.8, 0.3])


@pytest.mark.parametrize("content", [b"", b"no model", WEIGHTS.read_bytes()[:5000]])
def test_broken_weights_are_refused_in_words(tmp_path, content):
    path = tmp_path / "own.onnx"
    path.write_bytes(content)

    with pytest.raises(UnableToDetectError, match="打不开"):
        NanoDet(weights=path)


def test_a_clip_plays_as_long_as_it_took(tmp_path):
    picture, box = figure()
    covered = cover(picture, np.array([box], np.float32))
    keep_clip(tmp_path / "c.mp4", [covered] * 5, times_s=[7.0, 7.2, 7.4, 8.4, 8.6])
    keep_snapshot(tmp_path / "s.jpg", covered)

    with av.open(str(tmp_path / "c.mp4")) as film:
        times = [float(frame.time) for frame in film.decode(video=0)]
    assert np.array(times) - times[0] == pytest.approx([0, 0.2, 0.4, 1.4, 1.6], abs=0.02)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.mp4", "s.jpg"]


def test_a_full_disk_leaves_nothing_half_written():
    """`/dev/full` takes no byte; a folder that is none refuses like a disk that is full."""
    picture = cover(figure()[0], np.zeros((0, 4), np.float32))
    nowhere = Path("/proc/nowhere")

    with pytest.raises(UnableToKeepError, match="检查磁盘"):
        keep_snapshot(nowhere / "s.jpg", picture)
    with pytest.raises(UnableToKeepError, match="检查磁盘"):
        keep_clip(nowhere / "c.mp4", [picture], times_s=[0.0])


def test_a_model_takes_pictures_of_any_shape_and_finds_the_same(detector):
    freed = sides_freed(WEIGHTS.read_bytes())
    picture, _ = figure()
    square = np.zeros((max(picture.shape), max(picture.shape), 3), np.uint8)
    square[: picture.shape[0], : picture.shape[1]] = picture
    low, whole = detector(picture), detector(square)

    assert (len(freed), freed != WEIGHTS.read_bytes()) == (WEIGHTS.stat().st_size, True)
    assert sides_freed(freed) == freed
    assert low.boxes[0] == pytest.approx(whole.boxes[0], abs=2.0)
    assert low.scores[0] == pytest.approx(whole.scores[0], abs=0.02)


@pytest.mark.parametrize("content", [b"\x3a\xff", b"\xff" * 40, b"\x3a\x05\x5a\x7f\x01\x02\x03"])
def test_what_is_cut_off_is_no_model(content):
    with pytest.raises(DamagedModelError):
        sides_freed(content)
