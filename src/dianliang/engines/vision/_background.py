"""What the place looks like without people: a median that stands still under those who sit."""

from collections import deque
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.vision._model import Box, Gray
from dianliang.engines.vision._rules import RodRules

REACH = 1.6
"""Own heights beside and above a person that may hold a rod: nothing is learnt there."""


class Background:
    """Learn the empty place from a few pictures a minute.

    A running median (McFarlane and Schofield 1995) would absorb an angler who sits still for
    minutes; so what lies within a rod's reach of somebody who is followed is taken from what was
    known before.
    """

    def __init__(self, rules: RodRules) -> None:
        self._rules = rules
        self._samples: deque[Gray] = deque(maxlen=rules.background_pictures)
        self._median: Gray | None = None
        self._at_s = -np.inf

    @property
    def picture(self) -> Gray | None:
        """Return the empty place; None until enough was seen."""
        return self._median if len(self._samples) >= self._least else None

    @property
    def _least(self) -> int:
        return min(5, self._rules.background_pictures)

    def forget(self) -> None:
        """Begin anew: the view is another one."""
        self._samples.clear()
        self._median, self._at_s = None, -np.inf

    def learn(self, gray: Gray, people: Sequence[Box], *, at_s: float) -> None:
        """Take in a picture, if one is due."""
        if at_s - self._at_s < self._rules.background_every_s:
            return
        self._at_s = at_s
        if self._median is not None and self._median.shape != gray.shape:
            self.forget()
        kept = gray
        if self._median is not None and people:
            kept = np.where(near(people, gray.shape), self._median, gray)
        self._samples.append(kept)
        self._median = middle(self._samples)


def middle(pictures: Sequence[Gray]) -> Gray:
    """Return the median of pictures, pixel by pixel; of an even number the mean of the middle two.

    Whole pictures are sorted by a network of comparisons, at a thirtieth of the cost of sorting
    along an axis: on an idle camera that was most of what it took.
    """
    kept = list(pictures)
    for one, other in comparisons(len(kept)):
        low, high = np.minimum(kept[one], kept[other]), np.maximum(kept[one], kept[other])
        kept[one], kept[other] = low, high
    half = len(kept) // 2
    if len(kept) % 2:
        return kept[half]
    return ((kept[half - 1].astype(np.uint16) + kept[half]) // 2).astype(np.uint8)


@cache
def comparisons(count: int) -> tuple[tuple[int, int], ...]:
    """Return which places to compare and exchange, in turn, so that `count` things get sorted.

    Merge exchange (Batcher 1968), as Algorithm M of Knuth, TAOCP 3, 5.2.2.
    """
    found: list[tuple[int, int]] = []
    top = 1 << max(count - 1, 0).bit_length() >> 1
    step = top
    while step > 0:
        half, rest, away = top, 0, step
        while True:
            found += [(i, i + away) for i in range(count - away) if i & step == rest]
            if half == step:
                break
            away, half, rest = half - step, half >> 1, step
        step >>= 1
    return tuple(found)


def near(people: Sequence[Box], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the pixels within a rod's reach of somebody."""
    drawn = np.zeros(size, bool)
    for left, top, right, bottom in people:
        reach = REACH * (bottom - top)
        columns = slice(max(0, int(left - reach)), max(0, int(right + reach)))
        drawn[max(0, int(top - reach / 2)) : max(0, int(bottom + 2)), columns] = True
    return drawn
