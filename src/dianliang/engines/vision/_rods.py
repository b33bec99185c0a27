"""Look for a rod: something long, thin and new that begins at a hand.

The ridge (difference of two blurs) of picture minus background is summed along rays from where a
hand can be, outwards and upwards; the strongest ray counts, and of several pictures about a second
apart the median. On synthetic rods this beat a line segment detector and a small network, see
`benchmarks/lineguard`; on real rods it has not been measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from dianliang.engines.vision._model import Box, Gray

Floats = NDArray[np.float32]
HANDS_UP = (0.30, 0.42, 0.54, 0.66)
"""Where hands are, as shares of a person's height from the top."""
HANDS_OUT = (0.10, 0.25, 0.40)
"""And beside the middle of the body."""
ANGLES_DEG = np.arange(-10.0, 81.0, 3.0)
"""Rods point slightly down to steeply up."""
STEPS = np.linspace(0.25, 1.15, 46)
"""Along a ray, in heights of the person: outside of the body, as far as any rod reaches."""
HALF_WAY = 30
"""Samples of a ray that must lie on the picture."""
WEAK_SHARE = 30
"""Percentile of a ray that counts: a rod is seen over two thirds of it."""
OTHERS = 0.15
"""Share of a ray that may cross other bodies."""
THIN_PX, THICK_PX = 0.8, 2.5
"""Blurs whose difference keeps what is as thin as a rod."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RodEvidence:
    """How strongly a rod shows: grey levels, median over `pictures`."""

    strength: float
    pictures: int
    is_rod: bool


@lru_cache(maxsize=1)
def _rays() -> tuple[Floats, Floats]:
    """Return x and y of every sample of every ray, from the middle of the top edge, in heights."""
    angles = np.deg2rad(ANGLES_DEG)
    side = np.array([-1.0, 1.0])[:, None, None, None, None]
    out = np.array(HANDS_OUT)[None, :, None, None, None]
    down = np.array(HANDS_UP)[None, None, :, None, None]
    x = side * (out + np.cos(angles)[None, None, None, :, None] * STEPS)
    y = down - np.sin(angles)[None, None, None, :, None] * STEPS + 0 * x
    x = x + 0 * y
    return x.reshape(-1, len(STEPS)).astype(np.float32), y.reshape(-1, len(STEPS)).astype(
        np.float32
    )


def strength(gray: Gray, background: Gray, person: Box, others: Sequence[Box] = ()) -> float:
    """Return how strongly a rod shows at one person on one picture, in grey levels; 0 for not.

    About 3 ms a person. `others` hide what lies behind them.
    """
    left, top, right, bottom = person
    height = bottom - top
    x, y = _rays()
    xs, ys = (left + right) / 2 + x * height, top + y * height
    x0, y0 = int(max(0, xs.min() - 8)), int(max(0, ys.min() - 8))
    x1, y1 = int(min(gray.shape[1], xs.max() + 9)), int(min(gray.shape[0], ys.max() + 9))
    if x1 - x0 < 16 or y1 - y0 < 16:
        return 0.0
    ridge = _ridge(gray[y0:y1, x0:x1], background[y0:y1, x0:x1])
    bodies = _bodies(ridge.shape, (x0, y0), person, others)
    columns, rows = (xs - x0).astype(np.intp), (ys - y0).astype(np.intp)
    seen = (columns >= 2) & (rows >= 2) & (columns < x1 - x0 - 2) & (rows < y1 - y0 - 2)
    columns, rows = np.clip(columns, 0, x1 - x0 - 1), np.clip(rows, 0, y1 - y0 - 1)
    values = np.where(seen, ridge[rows, columns], np.inf).astype(np.float32)
    crossed = (bodies[rows, columns] & seen).sum(axis=1)
    count = seen.sum(axis=1)
    fine = (count >= HALF_WAY) & (crossed <= OTHERS * count)
    if not fine.any():
        return 0.0
    values.sort(axis=1)  # what is off the picture comes last
    place = (count[fine] - 1) * WEAK_SHARE // 100
    return float(values[fine, place].max())


def _ridge(gray: Gray, background: Gray) -> Floats:
    difference = gray.astype(np.float32) - background.astype(np.float32)
    thin = cv2.GaussianBlur(difference, (0, 0), THIN_PX)
    thick = cv2.GaussianBlur(difference, (0, 0), THICK_PX)
    ridge: Floats = np.abs(thin - thick).astype(np.float32)
    return ridge


def _bodies(
    size: tuple[int, ...], origin: tuple[int, int], person: Box, others: Sequence[Box]
) -> NDArray[np.bool_]:
    """Return the pixels that other bodies cover, and the middle of the person's own."""
    drawn = np.zeros(size, bool)
    inset = 0.15 * (person[2] - person[0])
    own = (person[0] + inset, person[1], person[2] - inset, person[3])
    for left, top, right, bottom in (own, *others):
        columns = slice(max(0, int(left) - origin[0]), max(0, int(right) - origin[0]))
        drawn[max(0, int(top) - origin[1]) : max(0, int(bottom) - origin[1]), columns] = True
    return drawn


def judged(strengths: Sequence[float], *, least: float, pictures: int) -> RodEvidence:
    """Judge the latest pictures of a person: as many as asked, their median at `least`."""
    latest = list(strengths)[-pictures:]
    middle = float(np.median(latest)) if latest else 0.0
    return RodEvidence(
        strength=middle, pictures=len(latest), is_rod=len(latest) >= pictures and middle >= least
    )
