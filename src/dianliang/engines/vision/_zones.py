"""Where a zone lies on a picture, who stands in it, and what the detector must look at."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from dianliang.engines.vision._model import Point, Zone, ZoneKind

EDGE = 0.01
"""Share of the picture that counts as its edge."""
Window = tuple[int, int, int, int]
"""A part of a picture in whole pixels: left, top, right, bottom (right and bottom outside)."""


def holds(zone: Zone, place: Point, *, size: tuple[int, int]) -> bool:
    """Tell whether a place in pixels lies in a zone; `size` is the picture's height and width.

    Crossing number; a place on the border may count as either side.
    """
    x, y = place[0] / size[1], place[1] / size[0]
    inside = False
    before = zone.corners[-1]
    for corner in zone.corners:
        if (corner[1] > y) != (before[1] > y):
            share = (y - corner[1]) / (before[1] - corner[1])
            inside ^= x < corner[0] + share * (before[0] - corner[0])
        before = corner
    return inside


def standing(place: Point, *, size: tuple[int, int]) -> Point:
    """Return where somebody stands whose box may be cut off by the edge of the picture.

    The feet are then somewhere beyond it; a zone drawn up to the edge means them too.
    """
    height, width = size
    x, y = place
    return (
        min(max(x, EDGE * width), (1 - EDGE) * width),
        min(max(y, EDGE * height), (1 - EDGE) * height),
    )


def guarded(zones: Sequence[Zone]) -> tuple[Zone, ...]:
    """Return the zones that somebody may not stay in."""
    return tuple(zone for zone in zones if zone.kind is not ZoneKind.EXCLUSION)


def excluded(zones: Sequence[Zone], place: Point, *, size: tuple[int, int]) -> bool:
    """Tell whether what happens at a place never counts."""
    return any(zone.kind is ZoneKind.EXCLUSION and holds(zone, place, size=size) for zone in zones)


def window(zones: Sequence[Zone], *, size: tuple[int, int], person_share: float) -> Window:
    """Return the smallest part of a picture that shows whoever stands in a guarded zone.

    A detector shrinks what it is given to its own size: at 20 pixels a person is found ten times
    more often in the cut-out than in the whole picture, so all that need not be seen is cut off
    first. Feet are in the zone, heads up to `person_share` of the picture's height above it.
    """
    height, width = size
    corners = np.array([corner for zone in guarded(zones) for corner in zone.corners])
    if not len(corners):
        return 0, 0, width, height
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    side = person_share * height / width / 2
    return (
        max(0, int((left - side) * width)),
        max(0, int((top - person_share) * height)),
        min(width, int(np.ceil((right + side) * width))),
        min(height, int(np.ceil((bottom + person_share / 4) * height))),
    )


def mask(zones: Sequence[Zone], *, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return which pixels of a picture of some size lie in a guarded zone."""
    drawn = np.zeros(size, np.uint8)
    for zone in guarded(zones):
        corners = np.array(zone.corners) * [size[1], size[0]]
        cv2.fillPoly(drawn, [np.round(corners).astype(np.int32)], 1)
    return drawn.astype(bool)
