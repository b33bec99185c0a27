"""What a camera sees, where somebody must not be, and what may be said about it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""A picture (height, width, 3), blue, green, red."""
Gray = NDArray[np.uint8]
"""A picture (height, width) of light only."""
Boxes = NDArray[np.float32]
"""Upright boxes (n, 4): left, top, right, bottom, in pixels of the whole picture."""
Scores = NDArray[np.float32]
"""How sure a detector is of each box, 0 to 1."""
Point = tuple[float, float]
"""A place on the picture: shares of its width from the left and of its height from the top."""
Box = tuple[float, float, float, float]
"""One box: left, top, right, bottom, in pixels of the whole picture."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detections:
    """Persons that a detector sees on one picture."""

    boxes: Boxes
    scores: Scores

    def __len__(self) -> int:
        return len(self.scores)


NOBODY = Detections(boxes=np.zeros((0, 4), dtype=np.float32), scores=np.zeros(0, dtype=np.float32))


class Detector(Protocol):
    """Anything that finds persons on a picture: boxes in pixels of the picture it is given."""

    def __call__(self, picture: Picture) -> Detections:
        """Return the persons on a picture, however unsure."""
        ...


@runtime_checkable
class SwiftDetector(Detector, Protocol):
    """A detector that can also look less closely at less cost: enough for whoever is not small."""

    def swift(self, picture: Picture) -> Detections:
        """Return the persons on a picture, small ones perhaps left out."""
        ...


class ZoneKind(StrEnum):
    """What a part of the picture means."""

    DANGER = "danger"
    """Under or beside the line: whoever stays there is warned."""
    WATER_EDGE = "water_edge"
    """Where anglers stand: staying there is watched, and warned of with a rod in hand."""
    EXCLUSION = "exclusion"
    """What happens there never counts: a road, a neighbour's yard, a flag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A part of the picture, and how long somebody may stand in it.

    A person is where the middle of the lower edge of the box is: the feet.
    """

    id: str
    kind: ZoneKind
    corners: tuple[Point, ...]
    dwell_s: float = 8.0
