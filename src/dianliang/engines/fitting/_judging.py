"""How well boxes are found, by height, and whether one model is truly better than another.

Average precision at half overlap, all points (VOC 2010). The interval of a difference comes from
blocks of time drawn anew (Künsch 1989): pictures a second apart say the same twice, so single ones
must not be drawn. Both models are judged on the same draw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.fitting._assigning import overlap
from dianliang.engines.fitting._model import Floats, UnableToFitError
from dianliang.kernel.phrases import Phrase

HALF = 0.5
DRAWS = 1000
LOW, HIGH = 5.0, 95.0
"""A 90 % interval."""
HEIGHTS_PX = ((0, 30), (30, 60), (60, 120), (120, 10_000))
LEAST_OF_A_HEIGHT = 10
LEAST_BLOCKS = 5
"""Fewer drawn anew give the same again: an interval too narrow to be believed."""


class Verdict(StrEnum):
    """What may be said of a new model."""

    BETTER = "better"
    NOT_DISTINGUISHABLE = "not_distinguishable"
    WORSE = "worse"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """One labelled picture and what was found on it, in the picture's own pixels."""

    block: str
    boxes: Floats
    unsure: Floats
    found: Floats
    scores: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Average precision before and after, with the 90 % interval of the difference."""

    before: float
    after: float
    low: float
    high: float
    by_height: Mapping[tuple[int, int], tuple[float, float, int]]
    """Of heights in pixels: before, after, and of how many persons."""

    @property
    def verdict(self) -> Verdict:
        """Say better or worse only where the whole interval does."""
        if self.low > 0:
            return Verdict.BETTER
        return Verdict.WORSE if self.high < 0 else Verdict.NOT_DISTINGUISHABLE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Hits:
    """Found boxes of one block, the surest first, and how many persons there were."""

    scores: NDArray[np.float64]
    is_right: NDArray[np.bool_]
    of: int


def average_precision(pictures: Sequence[Seen], *, heights: tuple[int, int] | None = None) -> float:
    """Return the average precision at half overlap; 0 where nobody is labelled.

    Of some `heights` only: other persons are neither demanded nor counted as wrong.
    """
    return _area([_hits([one], heights) for one in pictures])


def judged(before: Sequence[Seen], after: Sequence[Seen], *, seed: int = 1) -> Judgement:
    """Compare two models on the same pictures, in the same order.

    Raises:
        UnableToFitError: there are too few blocks of time for an interval.
    """
    blocks = enough([one.block for one in before])
    pairs = [
        tuple(_hits([one for one in side if one.block == name], None) for side in (before, after))
        for name in blocks
    ]
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(blocks), size=(DRAWS, len(blocks)))
    gains = [
        _area([pairs[n][1] for n in draw]) - _area([pairs[n][0] for n in draw]) for draw in draws
    ]
    low, high = np.percentile(gains, [LOW, HIGH])
    return Judgement(
        before=_area([one for one, _ in pairs]),
        after=_area([one for _, one in pairs]),
        low=float(low),
        high=float(high),
        by_height={
            heights: (
                average_precision(before, heights=heights),
                average_precision(after, heights=heights),
                tall,
            )
            for heights in HEIGHTS_PX
            if (tall := _tall(before, heights)) >= LEAST_OF_A_HEIGHT
        },
    )


def enough(blocks: Sequence[str]) -> list[str]:
    """Return the blocks of time that pictures are of, each once.

    Raises:
        UnableToFitError: there are too few for an interval.
    """
    found = sorted(set(blocks))
    if len(found) < LEAST_BLOCKS:
        words = Phrase(
            "评判部分至少要 %(least)s 段时间，现有 %(n)d 段：再少就算不出可信的"
            "区间。请留更多画面作评判。",
            least=LEAST_BLOCKS,
            n=len(found),
        )
        raise UnableToFitError(words)
    return found


def _tall(pictures: Sequence[Seen], heights: tuple[int, int]) -> int:
    return sum(int(_within(one.boxes, heights).sum()) for one in pictures)


def _within(boxes: Floats, heights: tuple[int, int]) -> NDArray[np.bool_]:
    tall = boxes[:, 3] - boxes[:, 1]
    return np.asarray((tall >= heights[0]) & (tall < heights[1]))


def _hits(pictures: Sequence[Seen], heights: tuple[int, int] | None) -> _Hits:
    scores: list[float] = []
    right: list[bool] = []
    of = 0
    for one in pictures:
        is_due = np.ones(len(one.boxes), bool) if heights is None else _within(one.boxes, heights)
        of += int(is_due.sum())
        boxes = np.concatenate([one.boxes, one.unsure])
        is_due = np.concatenate([is_due, np.zeros(len(one.unsure), bool)])
        shared = overlap(one.found, boxes)
        taken = np.zeros(len(boxes), bool)
        for n in np.argsort(-one.scores, kind="stable"):
            # The free person that it covers most; whoever is not asked for is no mistake.
            left = np.where(taken, 0.0, shared[n])
            best = int(left.argmax()) if len(left) else -1
            if best >= 0 and left[best] >= HALF:
                taken[best] = best < len(one.boxes)
                if is_due[best]:
                    scores.append(float(one.scores[n]))
                    right.append(True)
            elif heights is None or _within(one.found[n : n + 1], heights)[0]:
                scores.append(float(one.scores[n]))
                right.append(False)
    return _Hits(scores=np.array(scores), is_right=np.array(right, bool), of=of)


def _area(blocks: Sequence[_Hits]) -> float:
    """Return the area under precision by recall."""
    of = sum(one.of for one in blocks)
    scores = np.concatenate([one.scores for one in blocks])
    if of == 0 or not len(scores):
        return 0.0
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(np.concatenate([one.is_right for one in blocks])[order])
    exact = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])[::-1]
    return float(np.sum(np.diff(hits / of, prepend=0.0) * exact))
