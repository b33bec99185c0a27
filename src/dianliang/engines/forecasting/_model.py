"""Peaks of past seasons, and what is said of the next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""Quantiles that are told: the outer pairs are intervals of 90 and 80 %."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Season:
    """A season of one transformer: the greatest load of each day in kW, NaN where not known.

    Days are counted from where the season is said to begin, so that days of two seasons with one
    number are alike: from 1 March for tea, from the Lunar New Year for the Spring Festival.
    `machines_kw` is the rated power of the machines registered for that season. `kinds` says of
    each day which kind it is, counted from 0: a day of the week, a day off; None where it does not
    matter. `before_kw` is the mean peak of the last days known before the season, NaN for none.
    """

    year: int
    peaks_kw: Floats
    machines_kw: float = 0.0
    kinds: Ints | None = None
    before_kw: float = np.nan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """The past seasons of a transformer, oldest first, and what is known of the next.

    `next_kinds` and `next_before_kw` are as those of a season; without them neither counts.
    """

    id: str
    seasons: tuple[Season, ...]
    next_machines_kw: float = 0.0
    next_kinds: Ints | None = None
    next_before_kw: float = np.nan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forecast:
    """What the next season of a transformer may bring.

    `daily_kw` is (levels, days): quantiles of each day's peak at `LEVELS`. `highest_kw` are those
    of the season's greatest peak, which no day's exceed. `excess` are what seasons that were held
    out had over what was forecast of them, as ratios, in rising order: by them `chance` tells
    probabilities.
    """

    id: str
    expected_kw: Floats
    daily_kw: Floats
    highest_kw: Floats
    excess: Floats

    def chance(self, limit_kw: float) -> float:
        """Return how likely the season's greatest peak reaches a limit.

        Counted over what held-out seasons had over their forecasts, each as likely as another
        (with half a season added on either side, so that nothing is said to be certain).
        """
        reached = float(self.expected_kw.max()) * self.excess >= limit_kw
        return float((reached.sum() + 0.5) / (len(reached) + 1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlook:
    """Forecasts of all transformers, and what they rest on.

    `running_share` is by day the share of the machines' rated power that showed in the peaks,
    `growth` the ratio from one season to the next of what is left. `held_out` counts the seasons
    (years) from which the width of the intervals was learned; where it is 0 the width is assumed.
    """

    forecasts: tuple[Forecast, ...]
    running_share: Floats
    growth: float
    held_out: int
