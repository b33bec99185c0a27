"""Change a plan a little: place what is out, displacing others only within a budget of changes.

Method: ejection chains (Glover 1996) of small depth on the kernel's own insertions. Every state is
priced exactly and its changed visits are counted against the plan that people know, so a visit
that an insertion only pushes back counts like one that was moved, unless delays are no changes.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._arrays import Compiled
from dianliang.engines.routing._kernel import INFEASIBLE, NEVER, Ints, Tour
from dianliang.engines.routing._state import Search

WORTH_S = 600.0
"""What one more changed visit must save, in weighted seconds: a call, and a customer who waits."""
SPLIT_ROUTES = 6
"""So many routes are tried at every position where the cheapest place changes too many visits."""
HOSTS = (0, 40, 12)
"""How many visits may make room when so many links of a chain are left."""


@dataclass(slots=True)
class Known:
    """The plan that people know, by job: lane (team and day) or -1, begin in kernel seconds."""

    lane: Ints
    begin: Ints
    lanes: Ints
    """The lane of each route."""
    moved_s: int
    most_changes: int
    counts_delays: bool
    """A visit that only begins later is a change, as where its customer was told an hour."""


@dataclass(slots=True)
class Best:
    """The best state of a trial: what it is worth, and the sequences of the routes it changes."""

    worth: float
    total: float
    sequences: dict[int, NDArray[np.int64]] = field(default_factory=dict[int, NDArray[np.int64]])
    turned: dict[int, int] = field(default_factory=dict[int, int])
    """Which way the work goes of each job on them."""


class Repair:
    """A plan under repair; `total` never rises and the changes chosen stay within the budget."""

    def __init__(self, compiled: Compiled, search: Search, known: Known) -> None:
        self.compiled, self.search, self.known = compiled, search, known
        self.data, self.tour = search.data, search.tour
        self.jobs: Ints = np.arange(len(compiled.jobs))
        items = self.data.items[: len(self.jobs)]
        self.is_free: NDArray[np.bool_] = (
            (items["held"] == 0) & (items["series"] < 0) & (items["group"] < 0)
        )
        self.limited: NDArray[np.bool_] = self.data.routes["longest"] < NEVER
        self.forced = np.zeros(len(self.jobs), np.bool_)
        self.forced = self.differs(self.jobs, counts_delays=True)
        self.chosen = np.zeros(len(self.jobs), np.bool_)
        self.count, self.trials, self._is_thorough = 0, 0, False
        self.total = float(kernel.total(self.data, self.tour))
        self._old: dict[int, NDArray[np.int64]] = {}
        self._best = Best(self.worth, self.total)

    @property
    def worth(self) -> float:
        """The objective with a price on every change."""
        return self.total + WORTH_S * self.count

    def differs(self, jobs: Ints, *, counts_delays: bool | None = None) -> NDArray[np.bool_]:
        """Tell which jobs stand elsewhere than people know, other than the disruption forced."""
        known, spots = self.known, self.tour.spots
        where, position = spots["where"][jobs], spots["position"][jobs]
        begin = self.tour.stops["begin"][where, position]
        for v in np.unique(where[(where >= 0) & self.limited[where]]).tolist():
            own = where == v
            begin[own] = self._late_begins(v)[position[own]]
        moved = known.begin[jobs] - begin > known.moved_s
        if known.counts_delays if counts_delays is None else counts_delays:
            moved |= begin - known.begin[jobs] > known.moved_s
        elsewhere = (where < 0) | (known.lanes[where] != known.lane[jobs]) | moved
        found: NDArray[np.bool_] = (known.lane[jobs] != -1) & ~self.forced[jobs] & elsewhere
        return found

    def _late_begins(self, v: int) -> Ints:
        """Return the begins of a route whose team leaves as late as its hours need."""
        d, s = self.data, self.tour
        opens = int(d.routes["opens"][v])
        d.routes["opens"][v] = int(s.runs["home"][v]) - kernel.measure(d, s, v)
        kernel.schedule(d, s, v)
        begins: Ints = s.stops["begin"][v].copy()
        d.routes["opens"][v] = opens
        kernel.schedule(d, s, v)
        return begins

    def out(self) -> list[int]:
        """Return the jobs that are out, the dearest first."""
        out = np.flatnonzero(self.tour.spots["where"][: len(self.jobs)] < 0)
        order: list[int] = out[np.argsort(-self.data.items["penalty"][out], kind="stable")].tolist()
        return order

    def around(self, jobs: list[int], touched: Ints, most: int) -> Ints:
        """Return planned visits on touched routes and near some jobs, the nearest first."""
        d, where = self.data, self.tour.spots["where"][: len(self.jobs)]
        movable = np.flatnonzero(self.is_free & (where >= 0))
        places = d.items["place"]
        way = np.full(len(movable), np.inf)
        for job in jobs:
            way = np.minimum(way, d.time[int(places[job]), places[movable]])
        way[touched[where[movable]] > 0] = 0.0
        near = movable[np.argsort(way, kind="stable")[:most]]
        return near if jobs or touched.any() else near[:0]

    def place(self, job: int, *, depth: int, is_thorough: bool = False) -> bool:
        """Place a job that is out, letting up to `depth` others make room; tell whether it is in.

        Thoroughly: at every position of a route where somebody made room, not only the cheapest.
        A job that is tied to others is placed with all of them, and nobody makes room.
        """
        self._begin()
        if not self._is_untied(job):
            return self._place_tied(job)
        self._is_thorough = is_thorough
        self._chain(job, depth, is_first=True)
        self._is_thorough = False
        return self._settle((job,)) and bool(self.tour.spots["where"][job] >= 0)

    def shift(self, job: int, *, depth: int) -> bool:
        """Move a planned visit, perhaps in exchange for another; tell whether that is better."""
        self._begin()
        v, p, turned = self._out(job)
        self._chain(job, depth, is_first=True)
        self._back_as(job, v, p, turned)
        return self._settle((job,))

    def make_way(self, job: int) -> bool:
        """Place a job, or place it sooner, by leaving out what comes last on a route.

        A job that takes as long as several others finds no room where one or two step aside.
        """
        self._begin()
        if not self._is_untied(job):
            return False
        was_in = self.tour.spots["where"][job] >= 0
        home = self._out(job) if was_in else None
        for v in self._soonest(job):
            gone: list[tuple[int, tuple[int, int, int]]] = []
            while True:
                for index in range(int(self.tour.runs["length"][v]) + 1):
                    if self._in(job, v, index):
                        self._look((job,))
                    self._back(job)
                last = self._last_free(v)
                if last is None or self.count + len(gone) >= self.known.most_changes:
                    break
                gone.append((last, self._out(last)))
            for one, spot in reversed(gone):
                self._back_as(one, *spot)
        if home is not None:
            self._back_as(job, *home)
        return self._settle((job,))

    def _soonest(self, job: int) -> list[int]:
        """Return the routes on which a team could be at a job the soonest."""
        d = self.data
        able = np.flatnonzero(d.able[job])
        own = d.routes[able]
        arrives = own["opens"] + d.time[own["start"], int(d.items["place"][job])]
        soonest: list[int] = able[np.argsort(arrives, kind="stable")][:SPLIT_ROUTES].tolist()
        return soonest

    def _last_free(self, v: int) -> int | None:
        """Return the last visit of a route that may be left out."""
        items = self.tour.stops["item"][v, : self.tour.runs["length"][v]]
        jobs = items[items < len(self.jobs)]
        free = jobs[self.is_free[jobs]]
        return int(free[-1]) if len(free) else None

    def place_in(self, job: int, routes: Ints) -> bool:
        """Place a job that is out on one of some routes, if that is better."""
        self._begin()
        self._insert_in(job, self._cheapest(job, routes)[:SPLIT_ROUTES])
        return self._settle((job,))

    def _is_untied(self, job: int) -> bool:
        row = self.data.items[job]
        return bool(row["series"] < 0 and row["group"] < 0)

    def _begin(self) -> None:
        self.trials += 1
        self._old.clear()
        self._best = Best(self.worth, self.total)

    def _touch(self, v: int) -> None:
        if v not in self._old:
            self._old[v] = self.tour.stops["item"][v, : self.tour.runs["length"][v]].copy()

    def _out(self, job: int) -> tuple[int, int, int]:
        spot = self.tour.spots[job]
        v, p, turned = (int(spot[name]) for name in ("where", "position", "turned"))
        self._touch(v)
        kernel.schedule(self.data, self.tour, kernel.drop(self.data, self.tour, job))
        return v, p, turned

    def _in(self, job: int, v: int, p: int) -> bool:
        self._touch(v)
        return bool(kernel.put(self.data, self.tour, v, p, job))

    def _back_as(self, job: int, v: int, p: int, turned: int) -> None:
        self.tour.spots["turned"][job] = turned
        kernel.put_as_turned(self.data, self.tour, v, p, job)

    def _back(self, job: int) -> None:
        kernel.schedule(self.data, self.tour, kernel.drop(self.data, self.tour, job))

    def _chain(self, job: int, depth: int, *, is_first: bool) -> None:
        """Look at every way to place a job, with others making room; remember the best."""
        self._insert(job, is_first=is_first)
        if depth == 0:
            return
        for host in self._hosts(job, HOSTS[depth]).tolist():
            v, p, turned = self._out(host)
            for index in self._positions(job, v):
                if self._in(job, v, index):
                    self._look((job, host))
                    self._chain(host, depth - 1, is_first=False)
                self._back(job)
            self._back_as(host, v, p, turned)

    def _positions(self, job: int, v: int) -> range:
        index, *_ = kernel.best_in_route(self.data, self.tour, job, v, INFEASIBLE / 2)
        if index >= 0 and self._is_thorough:
            return range(int(self.tour.runs["length"][v]) + 1)
        return range(index, index + (index >= 0))

    def _insert(self, job: int, *, is_first: bool) -> None:
        """Look at the cheapest place for a job, and if it changes too much, at others."""
        d, s = self.data, self.tour
        v, index, *_ = kernel.best_anywhere(d, s, job, INFEASIBLE / 2)
        if v < 0:
            return
        is_good = self._in(job, v, index) and self._look((job,))
        self._back(job)
        able = np.flatnonzero(d.able[job])
        if not is_good and (is_first or len(able) <= SPLIT_ROUTES):
            self._insert_in(job, self._cheapest(job, able)[:SPLIT_ROUTES])

    def _insert_in(self, job: int, routes: list[int]) -> None:
        for v in routes:
            for index in range(int(self.tour.runs["length"][v]) + 1):
                if self._in(job, v, index):
                    self._look((job,))
                self._back(job)

    def _cheapest(self, job: int, routes: Ints) -> list[int]:
        """Return the routes that have a place for a job, cheapest first."""
        found = [
            (float(price), v)
            for v in routes.tolist()
            for index, price, _ in [
                kernel.best_in_route(self.data, self.tour, job, v, INFEASIBLE / 2)
            ]
            if index >= 0
        ]
        return [v for _, v in sorted(found)]

    def _hosts(self, job: int, most: int) -> Ints:
        """Return the visits nearest to a job that could make room for it."""
        d, where = self.data, self.tour.spots["where"][: len(self.jobs)]
        fits = self.is_free & (where >= 0) & d.able[job][where]
        found = np.flatnonzero(fits)
        way = d.time[int(d.items["place"][job]), d.items["place"][found]]
        return found[np.argsort(way, kind="stable")[:most]]

    def _look(self, jobs: tuple[int, ...]) -> bool:
        """Price the present state; keep it if it is the best; tell whether the budget allows it."""
        d, s = self.data, self.tour
        count = self.count + self._more_changes(jobs)
        is_broken = any(s.runs["broken"][v] for v in self._old)
        is_over = count > self.known.most_changes or bool((s.worked > d.teams["budget"]).any())
        if is_broken or is_over:
            return False
        total = float(kernel.total(d, s))
        worth = total + WORTH_S * count
        if total < self.total + 1e-6 and worth < self._best.worth - 1e-6:
            sequences = {v: s.stops["item"][v, : s.runs["length"][v]].copy() for v in self._old}
            laid = np.concatenate([*sequences.values()])
            turned = dict(zip(laid.tolist(), s.spots["turned"][laid].tolist(), strict=True))
            self._best = Best(worth, total, sequences, turned)
        return True

    def _affected(self, jobs: tuple[int, ...]) -> Ints:
        laid = np.concatenate([np.array(jobs, np.int64), *self._old.values()])
        return np.unique(laid[laid < len(self.jobs)])

    def _more_changes(self, jobs: tuple[int, ...]) -> int:
        affected = self._affected(jobs)
        return int(self.differs(affected).sum()) - int(self.chosen[affected].sum())

    def _settle(self, jobs: tuple[int, ...]) -> bool:
        """Make the best state of a trial the present one; tell whether there was a better one."""
        best, s = self._best, self.tour
        if not best.sequences:
            return False
        affected = self._affected(jobs)
        for v in best.sequences:
            s.spots["where"][s.stops["item"][v, : s.runs["length"][v]]] = -1
        for item, turned in best.turned.items():
            s.spots["turned"][item] = turned
        for v, sequence in best.sequences.items():
            s.stops["item"][v, : len(sequence)] = sequence
            s.runs["length"][v] = len(sequence)
            kernel.schedule(self.data, s, v)
        self._accept(affected, best.total)
        return True

    def _accept(self, affected: Ints, total: float) -> None:
        self.chosen[affected] = self.differs(affected)
        self.count, self.total = int(self.chosen.sum()), total

    def _place_tied(self, job: int) -> bool:
        kept = Tour._make(part.copy() for part in self.tour)
        self.search.build(np.array([job, *self.search.mates(job)], np.int64))
        total = float(kernel.total(self.data, self.tour))
        count = int(self.differs(self.jobs).sum())
        is_better = total + WORTH_S * count < self.worth - 1e-6 and total < self.total
        if is_better and count <= self.known.most_changes:
            self._accept(self.jobs, total)
            return True
        for part, old in zip(self.tour, kept, strict=True):
            part[:] = old
        return False
