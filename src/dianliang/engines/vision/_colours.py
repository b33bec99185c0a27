"""Colours of the clothes, kept for seconds to tell two neighbours apart, never stored."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from dianliang.engines.vision._model import Picture

Colours = NDArray[np.float32]
"""Square roots of the shares of 8 × 4 × 4 classes of hue, saturation and brightness, above and
below the belt, of length one: the product of two is how much they agree (Bhattacharyya)."""
PARTS = ((0.18, 0.48), (0.5, 0.85))
"""Which bands of a box hold the upper and the lower clothes; the head is left out."""
CLASSES = (8, 4, 4)
LEAST_PIXELS = 12
UNKNOWN = 0.5
"""How much clothes agree of which one is not known."""


def colours_of(picture: Picture, box: NDArray[np.floating]) -> Colours | None:
    """Return the colours of a person's clothes; None where too little of them is seen."""
    height, width = picture.shape[:2]
    left, top, right, bottom = (float(value) for value in box)
    inset = 0.2 * (right - left)
    x0, x1 = int(max(0, left + inset)), int(min(width, right - inset))
    found = []
    for begin, end in PARTS:
        y0 = int(max(0, top + begin * (bottom - top)))
        y1 = int(min(height, top + end * (bottom - top)))
        if (x1 - x0) * (y1 - y0) < LEAST_PIXELS or x1 <= x0 or y1 <= y0:
            return None
        part = cv2.cvtColor(picture[y0:y1, x0:x1], cv2.COLOR_BGR2HSV)
        counts = cv2.calcHist([part], [0, 1, 2], None, list(CLASSES), [0, 180, 0, 256, 0, 256])
        found.append(counts.ravel() / counts.sum())
    return np.sqrt(np.concatenate(found) / len(PARTS)).astype(np.float32)


def alike(ours: Sequence[Colours | None], theirs: Sequence[Colours | None]) -> Colours:
    """Return how much each two agree, 0 to 1, shape (ours, theirs)."""
    known = [[one is not None for one in side] for side in (ours, theirs)]
    shared = stacked(ours) @ stacked(theirs).T
    both = np.array(known[0], bool)[:, None] & np.array(known[1], bool)[None, :]
    return np.where(both, shared, np.float32(UNKNOWN))


def stacked(side: Sequence[Colours | None]) -> Colours:
    """Return colours as rows; what is not known is a row of zeros."""
    size = len(PARTS) * int(np.prod(CLASSES))
    rows = [np.zeros(size, np.float32) if one is None else one for one in side]
    return np.stack(rows) if rows else np.zeros((0, size), np.float32)


def blended(old: Colours | None, new: Colours | None, weight: float) -> Colours | None:
    """Return what was known with some of what is new."""
    if old is None or new is None:
        return new if old is None else old
    mixed = (1 - weight) * old + weight * new
    return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)
