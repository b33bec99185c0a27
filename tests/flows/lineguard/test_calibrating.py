"""Thresholds are chosen on other films than those they are judged on, or not at all."""

import json

import cv2
import numpy as np
import pytest

from dianliang.engines.vision import Detections
from dianliang.flows.lineguard import calibrating
from dianliang.flows.lineguard.calibrating import calibrated, interval
from dianliang.flows.lineguard.configuration import cameras_of
from dianliang.flows.lineguard.evaluating import Visit
from dianliang.kernel.errors import InvalidInputError

SCORE = 0.45
"""How sure the detector is of the people in these films: too little for the usual threshold."""


class Faint:
    """A detector that finds whoever is drawn in red, without being sure."""

    def __init__(self):
        self.asked = 0

    def __call__(self, picture):
        self.asked += 1
        rows, columns = np.nonzero((picture[..., 2] > 180) & (picture[..., 0] < 60))
        if not len(rows):
            return Detections(boxes=np.zeros((0, 4), np.float32), scores=np.zeros(0, np.float32))
        box = [[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]]
        return Detections(boxes=np.array(box, np.float32), scores=np.array([SCORE], np.float32))


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Three films of two visits of six seconds each, two pictures a second."""
    folder, rng, rows = tmp_path_factory.mktemp("films"), np.random.default_rng(1), []
    place = cv2.GaussianBlur(rng.integers(60, 180, (90, 120, 3)).astype(np.uint8), (3, 3), 0)
    for name in ("monday", "tuesday", "friday"):
        (folder / name).mkdir()
        for n in range(36):
            picture = place + rng.integers(0, 4, place.shape, dtype=np.uint8)
            if n < 13 or 20 <= n < 33:
                picture[40:80, 50:64] = (30, 30, 210)
            cv2.imwrite(str(folder / name / f"{n:03d}.png"), picture)
        zone = {
            "id": "z",
            "kind": "danger",
            "corners": [[0, 0], [1, 0], [1, 1], [0, 1]],
            "dwell_s": 4,
        }
        rows.append(
            {
                "id": name,
                "source": str(folder / name),
                "clock_hz": 2,
                "zones": [zone],
                "detection": {"rate_hz": 2},
            }
        )
    visits = [Visit(zone_id="z", from_s=a, until_s=a + 6) for a in (0, 10)]
    return cameras_of(json.dumps({"cameras": rows})), {row["id"]: visits for row in rows}


def test_a_threshold_that_suits_the_camera_is_found_and_judged_on_films_left_out(
    films, monkeypatch
):
    monkeypatch.setattr(calibrating, "LEAST_VISITS", 6)
    watched, labels = films
    detector = Faint()
    found = calibrated(watched, labels, detector=detector)

    assert (found.before.hits, found.before.missed) == (0, 6)
    assert (found.held_out.hits, found.held_out.false, found.held_out.missed) == (6, 0, 0)
    assert found.sure <= SCORE
    assert found.is_better
    assert set(found.by_film) == {"monday", "tuesday", "friday"}
    assert detector.asked <= 3 * 36


def test_too_few_films_or_visits_are_refused_with_how_many_are_needed(films):
    watched, labels = films
    for few in (watched[:2], watched):
        with pytest.raises(InvalidInputError, match="至少要 3 段录像、20 次"):
            calibrated(few, labels, detector=Faint())


def test_intervals_of_shares_are_those_of_the_textbook():
    """81 of 263: .255 to .366 (Newcombe 1998, table I, method 3)."""
    assert interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert interval(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert interval(0, 0) == (0.0, 1.0)
