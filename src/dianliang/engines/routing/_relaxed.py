"""What no plan can escape, in arrays: least ways, first and last begins, room in shifts.

Everything here errs on the side of possible: links, series, balance, waiting and who else needs the
hour are left out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing._arrays import Compiled
from dianliang.engines.routing._kernel import EITHER, Data

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
CLOSURE_LIMIT = 200_000_000
"""Most additions for the exact least ways over other jobs; beyond, they are underestimated."""
MOST_CELLS = 30_000
"""Most pairs of a class of jobs and a kind of shift; beyond, shifts of a day are one kind."""
BAND = 512
ITSELF = 1 << 29


@dataclass(frozen=True, slots=True)
class Relaxed:
    """n jobs in C classes, V shifts in K kinds; seconds since the first shift begins."""

    ways: NDArray[np.int32]  # (n, n): least from the end of one job to the beginning of another
    out: Floats  # (V, n): from where a shift begins
    home: Floats  # (V, n): to where it ends
    service: Floats  # (n,)
    earliest: Floats  # (n, V): first begin, infinite where a shift cannot do the job
    first: Floats  # (days, n)
    last: Floats  # (days, n)
    room: Floats  # (V,): most travel and work within the shift
    over: Floats  # (V,): and beyond it
    needs: Floats  # (n, 2 g): gear set up, then gear collected
    stock: Floats  # (V, 2 g): with all that is collected anywhere, then all that is set up
    kind_of: Ints  # (V,)
    class_of: Ints  # (n,)
    able: Flags  # (C, K)

    @property
    def able_shifts(self) -> Flags:
        """Return which jobs each shift could do if it did nothing else. Shape (n, V)."""
        return np.isfinite(self.earliest)

    def is_usable(self, rows: slice) -> Flags:
        """Tell which jobs some team could do right after these. Shape (rows, n)."""
        able = self.able.astype(np.float32)
        together = able @ able.T > 0
        usable = np.zeros((len(self.service[rows]), len(self.service)), np.bool_)
        done = self.first[:, rows] + self.service[rows]
        for day in range(len(self.first)):
            usable |= done[day][:, None] + self.ways[rows] <= self.last[day]
        return usable & together[self.class_of[rows]][:, self.class_of]

    def least_way(self) -> Floats:
        """Return the least seconds of way to each job from any job or base that could precede.

        Zero for a job that no shift could do.
        """
        least = np.where(self.able_shifts.T, self.out, np.inf).min(axis=0, initial=np.inf)
        for start in range(0, len(self.service), BAND):
            rows = slice(start, start + BAND)
            ways = np.where(self.is_usable(rows), self.ways[rows], np.inf)
            least = np.minimum(least, ways.min(axis=0))
        return np.where(np.isfinite(least), least, 0.0)


def relaxed(compiled: Compiled) -> Relaxed:
    """Relax a compiled problem. Memory: 8 bytes × jobs², time: jobs² × (bases + days)."""
    d, n = compiled.data, len(compiled.jobs)
    service = d.items["service"][:n].astype(np.float64)
    entries, exits = _ends(d, n)
    ways = _least([d.time[np.ix_(a, b)] for a in exits for b in entries])
    np.fill_diagonal(ways, ITSELF)
    out = _least([d.time[np.ix_(d.routes["start"], b)] for b in entries]).astype(np.float64)
    home = _least([d.time[np.ix_(a, d.routes["end"])] for a in exits]).T.astype(np.float64)
    earliest, latest = _begins(
        d, closed(out, service[:, None] + ways), closed(home, service[:, None] + ways.T), service
    )
    can = np.isfinite(earliest)
    days = [d.routes["day"] == day for day in np.unique(d.routes["day"])]
    room, over = _room(d, np.where(can.T, home, 0.0).max(axis=1, initial=0.0))
    kind_of, able_kinds = _kinds(d, can)
    able, class_of = np.unique(able_kinds, axis=0, return_inverse=True)
    return Relaxed(
        ways=ways,
        out=out,
        home=home,
        service=service,
        earliest=earliest,
        first=np.array([earliest[:, day].min(axis=1) for day in days]),
        last=np.array([latest[:, day].max(axis=1) for day in days]),
        room=room,
        over=over,
        needs=np.hstack([d.out, d.back]).astype(np.float64),
        stock=np.hstack([d.stock + d.back.sum(axis=0), d.room + d.out.sum(axis=0)]).astype(
            np.float64
        ),
        kind_of=kind_of,
        class_of=class_of.reshape(-1).astype(np.int64),
        able=able,
    )


def _ends(d: Data, n: int) -> tuple[list[Ints], list[Ints]]:
    """Return where jobs may begin and where they may end: both ends if work goes either way."""
    place, leaves = d.items["place"][:n], d.items["exit"][:n]
    either = d.items["ways"][:n] == EITHER
    if not either.any():
        return [place], [leaves]
    return [place, np.where(either, leaves, place)], [leaves, np.where(either, place, leaves)]


def _least(tables: list[NDArray[np.int32]]) -> NDArray[np.int32]:
    least = tables[0]
    for table in tables[1:]:
        least = np.minimum(least, table)
    return least


def closed(direct: Floats, hop: Floats) -> Floats:
    """Return the least seconds from each base to each job, straight or over other jobs.

    `hop` is a job's service and the way on. Travel need not be a metric, and work that leads
    somewhere else may carry a team faster than it drives.
    """
    rows, of = np.unique(direct, axis=0, return_inverse=True)
    n = len(hop)
    if not n or len(rows) * n * n > CLOSURE_LIMIT:
        through = rows.min(axis=1, initial=np.inf)[:, None] + hop.min(axis=0, initial=np.inf)
        least: Floats = np.minimum(rows, through)[of.reshape(-1)]
        return least
    while True:
        better = np.array([np.minimum(row, (row[:, None] + hop).min(axis=0)) for row in rows])
        if (better == rows).all():
            exact: Floats = rows[of.reshape(-1)]
            return exact
        rows = better


def _begins(d: Data, reach: Floats, leave: Floats, service: Floats) -> tuple[Floats, Floats]:
    """Return the first and last begin of each job on each shift that could do it."""
    n, shifts = d.able.shape
    earliest, latest = np.full((n, shifts), np.inf), np.full((n, shifts), -np.inf)
    opens, shuts = d.windows["opens"].tolist(), d.windows["shuts"].tolist()
    spans = zip(d.items["first"][:n].tolist(), d.items["last"][:n].tolist(), strict=True)
    arrivals = (d.routes["opens"][:, None] + reach).T
    limits = (d.routes["shuts"][:, None] - leave).T - service[:, None]
    for job, (first, last) in enumerate(spans):
        for window in range(first, last):
            begin = np.maximum(arrivals[job], opens[window])
            end = np.minimum(limits[job], shuts[window])
            fits = (begin <= end) & d.able[job]
            np.minimum(earliest[job], begin, out=earliest[job], where=fits)
            np.maximum(latest[job], end, out=latest[job], where=fits)
    return earliest, latest


def _room(d: Data, farthest: Floats) -> tuple[Floats, Floats]:
    """Return how much travel and work each shift holds, within its hours and beyond.

    A break takes its time, unless the last job ends before the break must begin: then only the way
    home, at most `farthest`, is left.
    """
    own = d.routes
    rests = np.flatnonzero(own["rest"] >= 0)
    items = d.items[own["rest"][rests]]
    pause, early = np.zeros(len(own)), np.zeros(len(own))
    pause[rests] = items["service"]
    early[rests] = d.windows["shuts"][items["first"]] - own["opens"][rests] + farthest[rests]
    budget = d.teams["budget"][own["team"]]

    def rested(hours: Floats) -> Floats:
        return np.maximum(0.0, np.maximum(hours - pause, np.minimum(hours, early)))

    most = np.minimum(rested(own["longest"].astype(np.float64)), budget)
    room = np.minimum(rested((own["closes"] - own["opens"]).astype(np.float64)), most)
    return room, np.minimum(own["shuts"] - own["closes"], most - room)


def _kinds(d: Data, can: Flags) -> tuple[Ints, Flags]:
    """Return each shift's kind and which jobs some shift of each kind could do."""
    n, shifts = can.shape

    def grouped(key: Callable[[int], object]) -> tuple[Ints, Flags]:
        numbers: dict[object, int] = {}
        kind_of = [numbers.setdefault(key(v), len(numbers)) for v in range(shifts)]
        of = np.array(kind_of, np.int64)
        able = np.array([can[:, of == kind].any(axis=1) for kind in range(len(numbers))])
        return of, able.reshape(len(numbers), n).T

    own = d.routes
    of, able = grouped(lambda v: (d.able[:, v].tobytes(), own["day"][v], own["fixed"][v]))
    if able.shape[1] * len(np.unique(able, axis=0)) > MOST_CELLS:
        of, able = grouped(lambda v: own["day"][v])
    return of, able
