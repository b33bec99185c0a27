"""A runner fed with made pictures, and people who are drawn where they stand: no network is run."""

from datetime import UTC, datetime

import cv2
import numpy as np

from dianliang.engines.vision import Detections
from dianliang.flows.linewatch.watching import Runner
from dianliang.integrations.cameras import Taken
from dianliang.integrations.loudspeakers import NotHeardError
from tests.integrations.detecting.test_detecting import figure
from tests.town import NOON

NOBODY = Detections(boxes=np.zeros((0, 4), dtype=np.float32), scores=np.zeros(0, dtype=np.float32))
BEGAN_S = NOON.timestamp()


def drawn(picture):
    """Find the drawn walker by the colour of his clothes; satisfies the port of detectors."""
    rows, columns = np.nonzero((picture[:, :, 2] < 50) & (picture[:, :, 0] < 90))
    if len(rows) < 200:
        return NOBODY
    box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    return Detections(
        boxes=np.array([box], dtype=np.float32), scores=np.array([0.9], dtype=np.float32)
    )


def place(*, seed=1):
    """Return an empty place with outlines of its own."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(110, 220, (15, 20, 3), dtype=np.uint8)
    return cv2.resize(coarse, (400, 300), interpolation=cv2.INTER_NEAREST)


def walker():
    """Return the place with somebody who stands in it."""
    view, (person, *_) = place(), figure()
    worn = np.abs(person.astype(int) - 150).max(axis=2) > 5
    view[worn] = person[worn]
    return view


def stirred(picture, n):
    """Return a picture with the noise that every real one has."""
    noise = np.random.default_rng(n).integers(0, 4, picture.shape, dtype=np.uint8)
    return cv2.add(picture, noise)


def runner(folder, source, *, told=None):
    """Return a runner whose clock stands at noon."""
    made = Runner(
        detector=drawn,
        folder=folder,
        clock=lambda: NOON,
        tell=(told if told is not None else []).append,
        films=source.parent,
    )
    made.feeds([])
    return made


def show(made, number, picture, at_s):
    """Give the runner one picture, so many seconds after noon."""
    made.take(Taken(camera_id=number, picture=picture, at_s=BEGAN_S + at_s))


def stay(made, number):
    """Show nobody for two seconds and somebody for five, five pictures a second."""
    empty, person = place(), walker()
    for n in range(36):
        show(made, number, stirred(person if n >= 10 else empty, n), n / 5)


def at(seconds):
    """Return an instant so long after noon."""
    return datetime.fromtimestamp(BEGAN_S + seconds, UTC)


class Ear:
    """A loudspeaker in memory that hears, or refuses for good."""

    def __init__(self, *, deaf=False):
        self.name, self.deaf, self.heard, self.has_heard = "192.0.2.30/line", deaf, [], None

    def send(self, body, *, camera_id, key):
        assert camera_id in key
        if self.deaf:
            raise NotHeardError("没有接受预警", may_retry=False)
        self.heard.append(body)
        if self.has_heard is not None:
            self.has_heard.set()

    def close(self):
        pass
