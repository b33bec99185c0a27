"""From which confidence on a service may be filled in by itself, or suggested: measured.

Method: on texts that the model had not seen (cross-validation, near-duplicates together), the
lowest limit at which the lower end of Wilson's 95 % interval of the share that was right keeps the
promise. Wilson, E. B. (1927), Probable inference, JASA 22; Kish, L. (1965), Survey Sampling.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.triage._model import Band

AUTO_RIGHT, SUGGEST_RIGHT = 0.95, 0.70
"""What the bands promise: so many of their texts are right."""
DAY_ONE_AUTO, DAY_ONE_SUGGEST = 0.80, 0.35
"""Before anything can be measured; on the cases of `tests/cases/triage` auto keeps its promise."""
LEAST_MEASURED = 100
"""Fewer decided texts measure nothing: with 73, all right, the lower end just reaches .95."""
ENOUGH_SURE = 150
"""From so many sure texts on, an interval that misses the promise is an answer, not a want."""
LEAST_AUTO = 0.9
"""Less is never filled in: measured texts are of known services, others come too."""
_Z = 1.96
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a band has been seen to do: of `texts` unseen texts in it, `right` were right."""

    texts: int
    right: int
    coverage: float
    """Share of all texts that fell into the band."""

    @property
    def precision(self) -> float:
        """Return the share that was right."""
        return self.right / self.texts if self.texts else 0.0

    @property
    def lower(self) -> float:
        """Return the lower end of the 95 % interval of the share that is right."""
        return lower_bound(self.right, self.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The limits of confidence, and what was measured of them; nothing on day one."""

    auto_from: float = DAY_ONE_AUTO
    suggest_from: float = DAY_ONE_SUGGEST
    auto: Promise | None = None
    suggest: Promise | None = None
    measured_on: int = 0

    @property
    def is_measured(self) -> bool:
        """Tell whether the limits come from decisions of this place."""
        return self.measured_on > 0

    def band(self, confidence: float) -> Band:
        """Return what a confidence is good for."""
        if confidence >= self.auto_from:
            return Band.AUTO
        return Band.SUGGEST if confidence >= self.suggest_from else Band.HUMAN


DAY_ONE = Bands()


def lower_bound(right: float, texts: float) -> float:
    """Return the lower end of Wilson's 95 % interval of a share."""
    if not texts:
        return 0.0
    share, square = right / texts, _Z * _Z / texts
    middle = share + square / 2
    spread = sqrt(square * (share * (1 - share) + square / 4))
    return max(0.0, (middle - spread) / (1 + square))


def measure(confidence: Floats, is_right: Flags, *, stands_for: Floats | None = None) -> Bands:
    """Choose the limits that keep the promises on unseen texts, the widest that do.

    With fewer than `LEAST_MEASURED` texts the limits of day one stay. Where no limit keeps a
    promise, the band is empty: better no help than a wrong one; but where only the number of texts
    is wanting, what they say so far counts. Texts that speak for several count as the number that
    would say as much, each for itself (Kish 1965).
    """
    seen = _Seen(confidence, is_right, _ones(confidence) if stands_for is None else stands_for)
    if len(confidence) < LEAST_MEASURED:
        return Bands()
    auto_from = _limit(seen, AUTO_RIGHT, least=LEAST_AUTO)
    if auto_from == inf and _is_undecided(seen):
        auto_from = LEAST_AUTO
    rest = seen.among(confidence < auto_from)
    if len(rest.confidence) >= LEAST_MEASURED:
        promised = _limit(rest, SUGGEST_RIGHT, least=DAY_ONE_SUGGEST)
        suggest_from = min(auto_from, promised)
    else:
        suggest_from = min(auto_from, DAY_ONE_SUGGEST)
    is_auto = confidence >= auto_from
    return Bands(
        auto_from=auto_from,
        suggest_from=suggest_from,
        auto=_promise(seen, is_auto),
        suggest=_promise(seen, (confidence >= suggest_from) & ~is_auto),
        measured_on=len(confidence),
    )


def _ones(confidence: Floats) -> Floats:
    return np.ones(len(confidence))


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """Unseen texts: how sure the model was, whether it was right, how many each speaks for."""

    confidence: Floats
    is_right: Flags
    stands_for: Floats

    def among(self, is_in: Flags) -> "_Seen":
        return _Seen(self.confidence[is_in], self.is_right[is_in], self.stands_for[is_in])

    def counted(self) -> tuple[float, float]:
        """Return how many were right of how many, as if each spoke for itself alone."""
        total = float(self.stands_for.sum())
        if not total:
            return 0.0, 0.0
        count = total**2 / float((self.stands_for**2).sum())
        return count * float(self.stands_for[self.is_right].sum()) / total, count


def _promise(seen: _Seen, is_in: Flags) -> Promise | None:
    right, count = seen.among(is_in).counted()
    if not count:
        return None
    coverage = float(seen.stands_for[is_in].sum() / seen.stands_for.sum())
    return Promise(texts=round(count), right=round(right), coverage=round(coverage, 4))


def _limit(seen: _Seen, target: float, *, least: float) -> float:
    for limit in _grid(least):
        if lower_bound(*seen.among(seen.confidence >= limit).counted()) >= target:
            return limit
    return inf


def _is_undecided(seen: _Seen) -> bool:
    """Tell whether too few texts are sure for an interval, and those that are keep the promise."""
    right, count = seen.among(seen.confidence >= LEAST_AUTO).counted()
    return 0 < count < ENOUGH_SURE and right >= AUTO_RIGHT * count


def _grid(least: float) -> Sequence[float]:
    """Return the limits that are tried: few, so that chance finds no lucky one."""
    found: list[float] = np.round(np.arange(least, 0.996, 0.02), 2).tolist()
    return found
