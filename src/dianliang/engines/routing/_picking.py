"""Search where most jobs do not pay: which few to serve is the question, not only in which order.

A plan under annealing is thin while it is hot, and when it has cooled no single job pays for
another route. So the routes that the search comes through are kept; the best mixture of them says
what each job is worth to the others; and the search goes elsewhere under those prices, from an
empty plan, for whole routes that would pay (column generation, Desrosiers & Lübbecke 2005, with
ruin and recreate to price). What is put together from old and new routes is improved again.
"""

from collections.abc import Callable

import numpy as np

from dianliang.engines.routing._kicks import Cooling
from dianliang.engines.routing._packing import (
    Key,
    Mix,
    Pool,
    is_separable,
    take_over,
)
from dianliang.engines.routing._state import Search

FEWEST_JOBS, LONGEST_ROUTE = 200, 25
"""From so many jobs on; with routes of no more jobs in the mean: the relaxation of longer ones is
slow, and far from whole.
"""
LONG_ITERATIONS = 1000
"""From so many iterations for each job on: a shorter search does better to cool down once."""
MAIN_ITERATIONS, MAIN_SHARE = 250, 0.5
"""So many for each job, but no larger a share, are for cooling down from the first plan: to cool
more slowly finds no more. All the rest is for new routes and what they are put together to.
"""
BLOCK_ITERATIONS, MOST_BLOCKS = 100, 40
"""The rest has so many parts, or fewer: in each are so many iterations for each job at least."""
NEW_SHARE = 0.5
"""Share of a part in which new routes are looked for; the rest is under the true prices."""
MAIN, NEW = (0.8, 0.12), (0.6, 0.2)
AGAIN, AGAIN_COLD = (0.15, 0.4), 0.1
"""Temperatures, from and to: first, and under other prices; later from one drawn between two."""
SEEN = 0.5
"""Routes are kept that are seen when it is no hotter."""
CHUNK = 20
"""Iterations between two looks at the routes of a search under other prices."""
NEW_ITERATIONS, ITERATIONS_PER_ENTRY = 2, 0.1
"""So many for each job, and for each entry of the relaxation, before the next relaxation."""


def has_picking(search: Search) -> bool:
    """Tell whether a plan's routes are short, and cost what they cost whatever the others do."""
    lengths = search.tour.runs["length"]
    used = lengths[lengths > 0]
    is_short = len(used) > 1 and float(used.mean()) <= LONGEST_ROUTE
    return is_short and len(search.data.able) >= FEWEST_JOBS and is_separable(search.data)


def is_long(search: Search, iterations: float) -> bool:
    """Tell whether a search of about so many iterations has time to look for new routes."""
    return iterations >= LONG_ITERATIONS * len(search.data.able)


class Picking:
    """A search for which jobs to serve; `tell` is told iterations and gain and returns the share.

    `unit` is the unit of temperature, `done` the iterations before, from which the pace is known.
    """

    def __init__(
        self,
        search: Search,
        tell: Callable[[int, float], float],
        *,
        unit: float,
        done: int,
        seed: int,
        chunk: int,
    ) -> None:
        self.search, self.tell, self.unit, self.chunk = search, tell, unit, chunk
        self.pool, self.done = Pool(search.data), done
        self.seeds = np.random.default_rng(seed)

    def run(self) -> None:
        """Search until the share is 1; the best plan is the search's."""
        jobs = len(self.search.data.able)
        share = self._told(0, float(self.search.totals[1]))
        main = min(MAIN_SHARE, MAIN_ITERATIONS * jobs * share / max(1, self.done))
        share = self._cool(Cooling(0.0, main, *self._heats(*MAIN)), main)
        while share < 1:
            rest = self.done / max(1e-9, share) * (1 - share)
            blocks = min(MOST_BLOCKS, max(1, int(rest / (BLOCK_ITERATIONS * jobs))))
            blocks = min(blocks, max(1, round((1 - share) / (1 - main) * MOST_BLOCKS)))
            width = (1 - share) / blocks
            share = self._renew(share + NEW_SHARE * width)
            if share < 1:
                share = self._cool_again(share, share + (1 - NEW_SHARE) * width)

    def _told(self, done: int, before: float) -> float:
        self.done += done
        return self.tell(done, before - float(self.search.totals[1]))

    def _heats(self, hot: float, cold: float) -> tuple[float, float]:
        return hot * self.unit, cold * self.unit

    def _cool(self, part: Cooling, until: float) -> float:
        """Cool down until a share; return it."""
        share = self._told(0, float(self.search.totals[1]))
        while share < min(1.0, until):
            before, heat = float(self.search.totals[1]), part.heat(share)
            self.search.run(temperature=heat, iterations=self.chunk)
            if heat <= SEEN * self.unit:
                self.pool.gather(self.search.tour)
            share = self._told(self.chunk, before)
        return share

    def _cool_again(self, share: float, until: float) -> float:
        """Go on from the best plan, a little hotter; return the share."""
        self.search.recall()
        heats = self._heats(float(self.seeds.uniform(*AGAIN)), AGAIN_COLD)
        return self._cool(Cooling(share, until, *heats), until)

    def _renew(self, until: float) -> float:
        """Look for new routes until a share, and put together what pays; return the share."""
        share, mix = self._told(0, float(self.search.totals[1])), None
        while share < min(1.0, until):
            mix = self.pool.mix()
            if mix is None:
                return self._cool_again(share, until)
            if mix.is_whole:
                share = self._take(mix.taken())
            share = self._search_elsewhere(mix) if share < 1 else share
        mix = self.pool.mix() if share < 1 else None
        if mix is not None:
            best = float(self.search.totals[1])
            share = self._take(mix.taken() if mix.is_whole else mix.rounded(best))
        return share

    def _take(self, keys: list[Key]) -> float:
        before = float(self.search.totals[1])
        if keys:
            take_over(self.search, self.pool.laid(keys))
        return self._told(0, before)

    def _search_elsewhere(self, mix: Mix) -> float:
        """Search from an empty plan where each job is worth what it is beyond its price."""
        data, jobs = self.search.data, len(self.search.data.able)
        items = data.items.copy()
        items["penalty"][:jobs] = np.maximum(0.0, items["penalty"][:jobs] - mix.jobs)
        seed = int(self.seeds.integers(1, 2**31))
        elsewhere = Search.begin(data._replace(items=items), seed=seed)
        entries = ITERATIONS_PER_ENTRY * int(mix.matrix.nnz)
        count = max(1, int(max(NEW_ITERATIONS * jobs, entries) / CHUNK))
        part = Cooling(0, count, NEW[0] * self.unit, NEW[1] * self.unit)
        share = 0.0
        for number in range(count):
            elsewhere.run(temperature=part.heat(number), iterations=CHUNK)
            self.pool.gather(elsewhere.tour)
            share = self._told(CHUNK, float(self.search.totals[1]))
            if share >= 1:
                break
        elsewhere.recall()
        self.pool.gather(elsewhere.tour)
        return share
