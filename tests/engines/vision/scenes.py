"""Places that are drawn, people that walk in them, and a detector that knows where they are."""

from dataclasses import dataclass

import cv2
import numpy as np

from dianliang.engines.vision import Camera, Detections, Zone, ZoneKind

SIZE = (240, 320)
LINE = Zone(
    id="导线下",
    kind=ZoneKind.DANGER,
    corners=((0.3, 0.4), (0.7, 0.4), (0.7, 1.0), (0.3, 1.0)),
    dwell_s=5,
)
STIR = np.random.default_rng(9).normal(0, 1, (8, *SIZE, 3)).round().astype(np.int16)
START_S = 1_767_200_400.0
"""01:00 of a Chinese morning."""


def place(seed: int = 3) -> np.ndarray:
    """Return a place with grass, water and some stones, 240 × 320."""
    rng = np.random.default_rng(seed)
    rough = cv2.GaussianBlur(rng.normal(120, 60, SIZE).astype(np.float32), (0, 0), 3)
    picture = np.clip(np.stack([rough, rough * 1.1, rough * 0.9], axis=2), 0, 255).astype(np.uint8)
    for _ in range(25):
        x, y = (int(v) for v in rng.integers(0, [SIZE[1], SIZE[0]]))
        shade = [int(v) for v in rng.integers(30, 220, 3)]
        cv2.rectangle(
            picture, (x, y), (x + int(rng.integers(6, 30)), y + int(rng.integers(6, 30))), shade, -1
        )
    return picture


def noisy(picture, rng, by=2.0):
    """Return what a sensor makes of a picture."""
    stirred = picture.astype(np.int16) + STIR[int(rng.integers(len(STIR)))] * int(by)
    return np.clip(stirred, 0, 255).astype(np.uint8)


@dataclass
class Person:
    """Somebody whose feet are at (x, y), 60 pixels tall; `hidden` are spans of seconds."""

    path: list
    colour: tuple = (40, 40, 200)
    hidden: tuple = ()
    height: int = 60

    def at(self, t):
        """Return the box at a time; None where not seen."""
        times = [p[0] for p in self.path]
        if not times[0] <= t <= times[-1] or any(a <= t < b for a, b in self.hidden):
            return None
        x, y = (np.interp(t, times, [p[k] for p in self.path]) for k in (1, 2))
        return (x - self.height / 6, y - self.height, x + self.height / 6, y)


def drawn(background, people, t):
    """Return the picture of a moment."""
    picture = background.copy()
    for one in people:
        box = one.at(t)
        if box is not None:
            a, b = (int(box[0]), int(box[1])), (int(box[2]), int(box[3]))
            cv2.rectangle(picture, a, b, one.colour, -1)
    return picture


class Seeing:
    """A detector that knows the truth: the scene is told which moment it is."""

    def __init__(self, people, score=0.8):
        self.people, self.score, self.t, self.asked = people, score, 0.0, 0
        self.offset = (0, 0)

    def __call__(self, picture):
        self.asked += 1
        boxes = [box for one in self.people if (box := one.at(self.t)) is not None]
        found = np.array(boxes, np.float32).reshape(-1, 4) - np.array(self.offset * 2, np.float32)
        return Detections(boxes=found, scores=np.full(len(found), self.score, np.float32))


def camera(**changes):
    """Return a camera that watches the place under the line."""
    return Camera(**{"id": "C1", "zones": (LINE,), **changes})
