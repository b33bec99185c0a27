"""Cover every head before a picture is kept: nobody is ever identified.

Face detectors fail at a distance; the head is where the body says it is. The band covers the
upper part of every person box, however unsure the detector is of it.
"""

from typing import NewType

import cv2
import numpy as np

from dianliang.engines.vision._model import Boxes, Picture

Covered = NewType("Covered", np.ndarray)
"""A picture on which heads are covered: the only kind that may be written or sent."""
LEAST_SCORE = 0.15
"""From here on a box is covered: a few bushes too many are no harm."""
ABOVE, ASIDE = 0.05, 0.10
"""Shares of a box's height and width that are covered beyond it."""
HEAD, HEAD_BY_WIDTH = 0.40, 0.75
"""The band's height: share of the box's height, or of its width where the body is cut off."""
TILES = 6
"""A head is this many tiles wide: too few to know anybody."""


def cover(picture: Picture, boxes: Boxes) -> Covered:
    """Return a copy of a picture with the head band of every box in coarse tiles."""
    kept = picture.copy()
    for box in boxes:
        left, top, right, bottom = band(box, size=(picture.shape[0], picture.shape[1]))
        part = kept[top:bottom, left:right]
        if not part.size:  # outside of the picture
            continue
        rows = max(1, round(TILES * (bottom - top) / max(right - left, 1)))
        small = cv2.resize(part, (TILES, min(rows, 2 * TILES)), interpolation=cv2.INTER_AREA)
        kept[top:bottom, left:right] = cv2.resize(
            small, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST
        )
    return Covered(kept)


def band(box: np.ndarray, *, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return the part of a picture that holds the head of a person, in whole pixels."""
    left, top, right, bottom = (float(value) for value in box)
    width, height = right - left, bottom - top
    end = top + max(HEAD * height, min(HEAD_BY_WIDTH * width, height))
    return (
        int(max(0, np.floor(left - ASIDE * width))),
        int(max(0, np.floor(top - ABOVE * height))),
        int(max(0, min(size[1], np.ceil(right + ASIDE * width)))),
        int(max(0, min(size[0], np.ceil(end)))),
    )
