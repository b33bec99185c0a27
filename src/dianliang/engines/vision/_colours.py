"""Colours of the clothes, kept for seconds to tell two neighbours apart, never stored."""

import cv2
import numpy as np
from numpy.typing import NDArray

from dianliang.engines.vision._model import Picture

Colours = NDArray[np.float32]
"""Shares of 8 × 4 × 4 classes of hue, saturation and brightness, above and below the belt."""
PARTS = ((0.18, 0.48), (0.5, 0.85))
"""Which bands of a box hold the upper and the lower clothes; the head is left out."""
CLASSES = (8, 4, 4)
LEAST_PIXELS = 12


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
    return np.concatenate(found).astype(np.float32)


def alike(one: Colours | None, other: Colours | None) -> float:
    """Return how much colours agree, 0 to 1 (Bhattacharyya); a half where one is not known."""
    if one is None or other is None:
        return 0.5
    return float(np.sqrt(one * other).sum() / 2)
