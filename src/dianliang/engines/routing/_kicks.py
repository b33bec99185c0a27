"""Kick a small plan out of the valley where it lies: search for a while under other prices.

Where each team has its own home and skills, which of them set out is decided early, and so is where
series choose their days, which days are full: no string of jobs changes it later. So each team's
day is given a price drawn at random, the search follows it elsewhere, and then goes on from there
under the true prices; only what is better then is kept (noising: Charon & Hudry 1993).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing._state import Search

MAIN_SHARE = 0.5
"""The rest of the search, from here on, is kicks."""
LEAST_GAIN = 1e-3
"""What a kick must gain, in seconds of travel: sums of floats differ by their order alone."""
KICK_ITERATIONS, LEAST_KICKS = 200, 3
"""A kick takes so many iterations for each job; if fewer than so many fit in, there is none."""
AWAY_SHARE = 0.55
"""Part of a kick that is searched under other prices."""
AWAY, HOME = (2.0, 0.2), (1.0, 0.04)
"""Temperatures, from and to, under other prices and under the true ones, in mean legs."""


def has_valleys(search: Search) -> bool:
    """Tell whether jobs choose their days, or most routes differ from all others.

    Routes differ in where they begin and in what they may do.
    """
    d = search.data
    return len(d.series) > 0 or 2 * (len(d.kind_start) - 1) > len(d.routes)


def main_share(search: Search, iterations: float) -> float:
    """Return the share of a search of about so many iterations after which it is kicked."""
    least = LEAST_KICKS * KICK_ITERATIONS * len(search.data.able)
    return MAIN_SHARE if (1 - MAIN_SHARE) * iterations >= least else 1.0


def kick_share(search: Search, iterations: float) -> float:
    """Return the share of a search of so many iterations that a kick takes."""
    return KICK_ITERATIONS * len(search.data.able) / max(1.0, iterations)


@dataclass(frozen=True, slots=True)
class Cooling:
    """A part of a search: shares and temperatures between which it cools down."""

    share: float
    until: float
    hot: float
    cold: float

    def heat(self, share: float) -> float:
        """Return the temperature at a share."""
        passed = (share - self.share) / max(1e-12, self.until - self.share)
        return float(self.hot * (self.cold / self.hot) ** min(1.0, max(0.0, passed)))


def kick(
    search: Search,
    rng: np.random.Generator,
    *,
    leg: float,
    share: float,
    width: float,
    run: Callable[[Cooling], float],
) -> None:
    """Search elsewhere and from there; keep what is better."""
    kept, best, data = search.remembered(), float(search.totals[1]), search.data
    costs: NDArray[np.float64] = search.tour.runs["cost"]
    mean = float(costs[costs > 0].mean()) if (costs > 0).any() else 0.0
    priced = data.routes.copy()
    priced["fixed"] += mean * rng.exponential(size=len(priced))
    search.data = data._replace(routes=priced)
    search.load(search.laid())
    share = run(Cooling(share, share + AWAY_SHARE * width, leg * AWAY[0], leg * AWAY[1]))
    search.data = data
    search.recall()
    search.settle()
    run(Cooling(share, share + (1 - AWAY_SHARE) * width, leg * HOME[0], leg * HOME[1]))
    if search.totals[1] < best - LEAST_GAIN:
        search.recall()
    else:
        search.go_back_to(kept)
