"""Whether a watch tells better with another model: by what it told, missed and told falsely.

Better boxes need not make better alarms, as thresholds were chosen for other scores. So two models
watch the same films, and occasions are compared: stretches of time in which visits were due or
something false was told. Occasions are drawn anew for the interval (Efron 1979); as few of them
make that too narrow, a sign test of those that differ (Conover 1999, 3.4) must agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.fitting._judging import DRAWS, HIGH, LOW, Verdict

LEAST_DUE, LEAST_OCCASIONS = 20, 5
"""Fewer visits or occasions say nothing, whatever the interval."""
CHANCE = 0.05
"""So likely may it be, at most, that occasions differ by chance alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A stretch of time: visits that were due; of both models how many were told, how many false.

    Pairs are of the model before and of the one after.
    """

    due: int
    hits: tuple[int, int]
    false: tuple[int, int]

    @property
    def gain(self) -> int:
        """Return by how many answers the second model did better."""
        before, after = (h - f for h, f in zip(self.hits, self.false, strict=True))
        return after - before


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """Events of both models in sum, with the 90 % interval of what F1 gains.

    `gained` and `lost` are occasions on which the second did better or worse.
    """

    due: int
    hits: tuple[int, int]
    false: tuple[int, int]
    f1: tuple[float, float]
    low: float
    high: float
    occasions: int
    gained: int
    lost: int

    @property
    def is_enough(self) -> bool:
        """Tell whether enough was due to say anything."""
        return self.due >= LEAST_DUE and self.occasions >= LEAST_OCCASIONS

    @property
    def verdict(self) -> Verdict:
        """Say better or worse only where the interval, the count and the number of visits do."""
        by_chance = _by_chance(self.gained, self.lost)
        if not self.is_enough or by_chance > CHANCE:
            return Verdict.NOT_DISTINGUISHABLE
        if self.low > 0 and self.gained > self.lost:
            return Verdict.BETTER
        is_worse = self.high < 0 and self.lost > self.gained
        return Verdict.WORSE if is_worse else Verdict.NOT_DISTINGUISHABLE


def alarms(occasions: Sequence[Occasion], *, seed: int = 1) -> Alarms:
    """Compare what two models told on the same films, each occasion with all that belongs to it.

    Without any occasion nothing was due and nothing told: F1 counts as 0, and nothing is said.
    """
    rows = np.array([(one.due, *one.hits, *one.false) for one in occasions], np.int64)
    rows = rows.reshape(-1, 5)
    draws = np.random.default_rng(seed).integers(0, max(1, len(rows)), (DRAWS, len(rows)))
    drawn = rows[draws].sum(axis=1) if len(rows) else np.zeros((1, 5), np.int64)
    before, after = _f1(drawn)
    low, high = np.percentile(after - before, [LOW, HIGH])
    due, *told = (int(one) for one in rows.sum(axis=0))
    first, second = (float(one[0]) for one in _f1(rows.sum(axis=0)[None]))
    gains = [one.gain for one in occasions]
    return Alarms(
        due=due,
        hits=(told[0], told[1]),
        false=(told[2], told[3]),
        f1=(first, second),
        low=float(low),
        high=float(high),
        occasions=len(rows),
        gained=sum(one > 0 for one in gains),
        lost=sum(one < 0 for one in gains),
    )


def _f1(rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return F1 of both models for rows of due, hits and hits, false and false."""
    due = rows[:, 0]
    one, other = (
        2 * rows[:, 1 + n] / np.maximum(1, due + rows[:, 1 + n] + rows[:, 3 + n]) for n in (0, 1)
    )
    return one, other


def _by_chance(gained: int, lost: int) -> float:
    """Return how likely so many of one kind, or more, are where both are as likely."""
    of, most = gained + lost, max(gained, lost)
    return sum(comb(of, n) for n in range(most, of + 1)) / 2.0**of
