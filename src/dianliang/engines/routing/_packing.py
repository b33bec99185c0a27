"""Put a plan together from the routes that a search has come through.

A search keeps one plan and forgets the good routes of others. Which of all that were seen go
together best is a set packing problem (Subramanian, Uchoa & Ochi 2013), and where routes are short
its relaxation is nearly whole (HiGHS). A job may be on two of the routes chosen and is then dropped
from one: so every route with some jobs left out counts as seen, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array, hstack

from dianliang.engines.routing._kernel import EITHER, NEVER, Data, Floats, Ints, Tour
from dianliang.engines.routing._state import Laid, Search, Sequences

limited: Any = LinearConstraint  # its stubs know numbers as limits, not arrays

Key = tuple[int, bytes]
"""The kind of a route, and its jobs in order."""
LONGEST_ROUTE = 25
"""Routes are put together that have no more jobs in the mean: the relaxation of longer ones is
slow, and far from whole.
"""
MOST_ROUTES, KEPT_ROUTES = 6000, 4000
"""When more are known than so many, so many are kept, by their price in the relaxation."""
MOST_NODES = 50
"""So many branches are looked at for whole routes: a bound of work, not of time."""
MOST_ENTRIES = 4000
"""The integer programme has no more entries, lest one look at it takes seconds."""
WHOLE = 1e-6
LEAST_GAIN = 1e-3
"""What a plan must gain, in seconds of travel: sums of floats differ by their order alone."""


def is_separable(d: Data) -> bool:
    """Tell whether a plan costs what its routes cost one by one, and the jobs that are left out."""
    items = d.items[: len(d.able)]
    budgeted = d.teams["budget"][d.routes["team"]] < NEVER
    shifts = np.bincount(d.routes["team"][budgeted], minlength=1)
    is_tied = len(d.series) > 0 or bool((items["group"] >= 0).any())
    is_loose = bool((items["held"] == 0).all() and (items["ways"] != EITHER).all())
    return not is_tied and is_loose and d.balance_price <= 0 and int(shifts.max()) <= 1


def puts_together(search: Search) -> bool:
    """Tell whether a plan leaves most jobs out and has short routes that cost what each costs."""
    lengths = search.tour.runs["length"]
    is_short = int(lengths.sum()) <= LONGEST_ROUTE * int((lengths > 0).sum())
    return (
        is_short and 2 * search.unassigned() > len(search.data.able) and is_separable(search.data)
    )


@dataclass(frozen=True, slots=True)
class Mix:
    """The best mixture of the pool's routes.

    Columns are routes, then jobs: each once more than it can be served, at what it is worth.
    """

    keys: list[Key]
    gains: Floats
    matrix: Any
    """Sparse: jobs, then kinds of route, by columns."""
    most: Floats
    shares: Floats
    reduced: Floats
    """What taking one more of each column would cost."""
    total: float

    @property
    def is_whole(self) -> bool:
        """Whether no route is taken in part, so that the mixture is a plan."""
        return bool((np.minimum(self.shares, np.abs(1 - self.shares)) < WHOLE).all())

    def taken(self) -> list[Key]:
        """Return the routes of a whole mixture."""
        return [key for key, share in zip(self.keys, self.shares, strict=False) if share > 0.5]

    def rounded(self, best: float) -> list[Key]:
        """Return whole routes that together are better than `best`, if any are found."""
        worthwhile = np.flatnonzero(self.reduced < best - self.total)
        order = worthwhile[np.argsort(self.reduced[worthwhile], kind="stable")]
        entries = np.cumsum(np.diff(self.matrix.indptr)[order])
        chosen = np.sort(order[: int(np.searchsorted(entries, MOST_ENTRIES, side="right"))])
        if not len(chosen):
            return []
        found = milp(
            self.gains[chosen],
            constraints=limited(self.matrix[:, chosen], ub=self.most),
            integrality=np.ones(len(chosen)),
            bounds=Bounds(0.0, 1.0),
            options={"node_limit": MOST_NODES},
        )
        if found.x is None:
            return []
        taken = chosen[found.x > 0.5]
        return [self.keys[column] for column in taken[taken < len(self.keys)].tolist()]


class Pool:
    """Routes that were seen, with what each costs."""

    def __init__(self, d: Data) -> None:
        self.data = d
        self.kind_of: Ints = np.zeros(len(d.routes), np.int64)
        self.kind_of[d.kind_routes] = np.repeat(
            np.arange(len(d.kind_start) - 1), np.diff(d.kind_start)
        )
        self.costs: dict[Key, float] = {}

    def gather(self, tour: Tour) -> None:
        """Note the routes of a plan."""
        n, lengths = len(self.data.able), tour.runs["length"]
        for v in np.flatnonzero(lengths).tolist():
            items = tour.stops["item"][v, : lengths[v]]
            jobs = items[items < n]
            if len(jobs):
                self.costs[int(self.kind_of[v]), jobs.tobytes()] = float(tour.runs["cost"][v])

    def mix(self) -> Mix | None:
        """Return the best mixture of all routes that were seen; None if no route pays."""
        penalty = self.data.items["penalty"][: len(self.data.able)]
        known = [
            (key, jobs, cost - float(penalty[jobs].sum()))
            for key, cost in self.costs.items()
            for jobs in [np.frombuffer(key[1], np.int64)]
        ]
        paying = [row for row in known if row[2] < 0]
        if not paying:
            return None
        found = self._solved([row[0] for row in paying], [row[1] for row in paying], paying)
        if len(self.costs) > MOST_ROUTES:
            self._forget(found)
        return found

    def _solved(self, keys: list[Key], jobs: list[Ints], rows: Iterable[Any]) -> Mix:
        d, n = self.data, len(self.data.able)
        penalty, kinds = d.items["penalty"][:n], np.diff(d.kind_start)
        count, flat = len(keys), np.concatenate(jobs)
        lines = np.concatenate([flat, n + np.array([kind for kind, _ in keys])])
        columns = np.repeat(np.arange(count), [len(own) for own in jobs])
        columns = np.concatenate([columns, np.arange(count)])
        shape = (n + len(kinds), count)
        routes = csc_array((np.ones(len(lines)), (lines, columns)), shape=shape)
        shared = np.unique(flat)
        entries = (-np.ones(len(shared)), (shared, np.arange(len(shared))))
        matrix = csc_array(hstack([routes, csc_array(entries, shape=(shape[0], len(shared)))]))
        gains = np.concatenate([[gain for *_, gain in rows], penalty[shared]])
        most = np.concatenate([np.ones(n), kinds.astype(float)])
        solved: Any = linprog(gains, A_ub=matrix, b_ub=most, bounds=(0, None), method="highs")
        duals: NDArray[np.float64] = solved.ineqlin.marginals
        return Mix(
            keys=keys,
            gains=gains,
            matrix=matrix,
            most=most,
            shares=solved.x,
            reduced=gains - matrix.T @ duals,
            total=float(penalty.sum()) + float(solved.fun),
        )

    def _forget(self, mix: Mix) -> None:
        order = np.argsort(mix.reduced[: len(mix.keys)], kind="stable")[:KEPT_ROUTES]
        kept = [mix.keys[column] for column in np.sort(order).tolist()]
        self.costs = {key: self.costs[key] for key in kept}

    def laid(self, keys: list[Key]) -> Laid:
        """Return a plan of some routes, each job on one of them."""
        d = self.data
        idle = [
            d.kind_routes[first:last].tolist()
            for first, last in zip(d.kind_start[:-1], d.kind_start[1:], strict=True)
        ]
        sequences: Sequences = {
            idle[kind].pop(0): np.frombuffer(jobs, np.int64).tolist() for kind, jobs in keys
        }
        homes: dict[int, list[int]] = {}
        for route, own in sequences.items():
            for job in own:
                homes.setdefault(job, []).append(route)
        for job, routes in homes.items():
            for _ in routes[1:]:
                dear = max(routes, key=lambda v: self._detour_s(v, sequences[v], job))
                routes.remove(dear)
                sequences[dear].remove(job)
        return Laid({route: own for route, own in sequences.items() if own})

    def _detour_s(self, route: int, jobs: list[int], job: int) -> int:
        """Return how much shorter the ways of a route are without a job."""
        d, p = self.data, jobs.index(job)
        here, there = (int(d.items[name][job]) for name in ("place", "exit"))
        before = int(d.items["exit"][jobs[p - 1]] if p else d.routes["start"][route])
        after = int(d.items["place"][jobs[p + 1]] if p + 1 < len(jobs) else d.routes["end"][route])
        return int(d.time[before, here]) + int(d.time[there, after]) - int(d.time[before, after])


def put_together(search: Search, pool: Pool) -> bool:
    """Go on from the best plan of a pool's routes if it is better; tell whether it is.

    Cost: some 50 ms for a thousand routes of ten jobs.
    """
    mix = pool.mix()
    if mix is None:
        return False
    keys = mix.taken() if mix.is_whole else mix.rounded(float(search.totals[1]))
    return bool(keys) and take_over(search, pool.laid(keys))


def take_over(search: Search, laid: Laid) -> bool:
    """Go on from a plan if it is better than the best so far, else from that; tell which."""
    kept, best = search.remembered(), float(search.totals[1])
    try:
        search.load(laid)
    except ValueError:  # to leave a job out can break a rule: see `judging.change`
        search.go_back_to(kept)
        return False
    if search.totals[1] < best - LEAST_GAIN:
        return True
    search.go_back_to(kept)
    return False
