"""Room for a search on the kernel's data: plans in arrays, scratch, a search in progress."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._kernel import Data, Flags, Ints, Records, Scratch, Tour

LINE = 64
"""Bytes in a line of a processor's cache."""
Sequences = dict[int, list[int]]
"""Jobs of each used route, in order, without breaks."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A plan without times: jobs of each route, begins of linked jobs, jobs done in reverse."""

    sequences: Sequences
    anchors: dict[int, int] = field(default_factory=dict[int, int])
    turned: frozenset[int] = frozenset()

    def __or__(self, other: "Laid") -> "Laid":
        """Return both together: they share no route."""
        return Laid(
            self.sequences | other.sequences,
            self.anchors | other.anchors,
            self.turned | other.turned,
        )


def as_turned(d: Data, jobs: Sequence[int] | Ints, wish: Flags) -> Ints:
    """Return which jobs are done in reverse: as is wished where work goes either way."""
    ways: Ints = d.items["ways"][jobs]
    return np.where(ways == kernel.EITHER, wish, ways == kernel.BACK).astype(np.int64)


def longest_route(d: Data) -> int:
    """Return how many items a route may hold: by time and gear, a break, one more to try."""
    n = len(d.able)
    if n == 0 or len(d.routes) == 0:
        return 3
    most = min(
        n, _how_many(d.items["service"][:n], int((d.routes["shuts"] - d.routes["opens"]).max()))
    )
    for g in range(d.room.shape[1]):
        room = int(d.room[:, g].max())
        for need, other in ((d.out[:, g], d.back[:, g]), (d.back[:, g], d.out[:, g])):
            most = min(most, _how_many(need, room + int(other.sum())))
    return most + 3


def _how_many(needs: NDArray[np.int64], room: int) -> int:
    return int(np.searchsorted(np.cumsum(np.sort(needs)), room, side="right"))


def linked_to(d: Data, group: int) -> list[int]:
    """Return the jobs of a group of linked ones."""
    members: list[int] = d.linked[d.groups["first"][group] : d.groups["last"][group]].tolist()
    return members


def empty_tour(d: Data, width: int) -> Tour:
    """Return a plan in which nothing is assigned; each route holds its break."""
    routes, gear = len(d.routes), d.room.shape[1]
    s = Tour(
        stops=_in_lines((routes, width + 1), kernel.STOP),
        runs=_in_lines((routes,), kernel.RUN),
        spots=_in_lines((len(d.items),), kernel.SPOT),
        aboard=_in_lines((routes, width + 1, gear), kernel.LOAD),
        spare=np.zeros((routes, gear, 2), np.int64),
        worked=np.zeros(len(d.teams), np.int64),
        loyal=np.zeros(len(d.series)),
    )
    s.spots["anchor"] = -1
    s.spots["turned"] = d.items["ways"] == kernel.BACK
    s.runs["changed"] = 1
    rests = np.flatnonzero(d.routes["rest"] >= 0)
    s.stops["item"][rests, 0] = d.routes["rest"][rests]
    s.runs["length"][rests] = 1
    kernel.retime(d, s)
    return s


def _in_lines(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Records:
    """Return zeroed records that begin where a line of the processor's cache does.

    What is asked of a stop for pricing is one line then, not parts of two.
    """
    count = int(np.prod(shape)) * dtype.itemsize
    room = np.zeros(count + LINE, np.uint8)
    first = -room.ctypes.data % LINE
    return room[first : first + count].view(dtype).reshape(shape)


def scratch_for(d: Data, width: int) -> Scratch:
    """Return room for the inner loops."""
    n, routes, teams = len(d.able), len(d.routes), len(d.teams)
    members = int((d.series["last"] - d.series["first"]).max(initial=0))
    days = int(d.routes["day"].max(initial=0)) + 1 if members else 0
    loyal = teams if d.loyal_price > 0 else 0
    linked = int((d.groups["last"] - d.groups["first"]).max(initial=0))
    return Scratch(
        removed=np.zeros(n + 1, np.int64),
        keys=np.zeros(n + 1),
        touched=np.zeros(routes + 1, np.int64),
        old_sequence=np.zeros((routes, width), np.int64),
        old_worked=np.full(teams, -1, np.int64),
        old_loyal=np.full(len(d.series), -1.0),
        resting=np.zeros(routes + 1, np.int64),
        stamp=np.zeros((routes, width + 1), np.int64),
        fitting=np.zeros(routes, np.int64),
        places=np.zeros(2 * d.beside.shape[1] + 4 * routes + 4 + linked * width, kernel.CHOICE),
        days=np.zeros((members, days), kernel.CHOICE),
        teams=np.zeros((members, days, loyal), kernel.CHOICE),
        pairs=np.zeros((2, kernel.PAIR_CANDIDATES), kernel.CHOICE),
        chain=np.zeros((2, linked), kernel.CHOICE),
        order=np.zeros((2, linked), np.int64),
        chain_turned=np.zeros((2, linked), np.int64),
        counters=np.array([0, 0, -1, 0]),
    )


@dataclass(slots=True)
class Search:
    """A search in progress: the plan being changed, the best so far, and their prices."""

    data: Data
    tour: Tour
    best: Tour
    scratch: Scratch
    totals: NDArray[np.float64]
    state: NDArray[np.uint64]

    @classmethod
    def begin(cls, d: Data, *, seed: int) -> "Search":
        """Return a search on an empty plan."""
        width = longest_route(d)
        tour, best = empty_tour(d, width), empty_tour(d, width)
        price = kernel.total(d, tour)
        state = np.array([(seed * 2654435761 + 88172645463325252) % 2**63 | 1], np.uint64)
        return cls(d, tour, best, scratch_for(d, width), np.array([price, price]), state)

    def build(self, jobs: NDArray[np.int64], *, lured: int = 0) -> None:
        """Insert jobs one after another where they are cheapest; so many may come in at a loss."""
        kernel.build(self.data, self.tour, self.scratch, jobs, lured, self.state)
        self.settle()

    def settle(self) -> None:
        """Take the present plan as the best."""
        self.totals[:] = kernel.total(self.data, self.tour)
        self.tour.runs["changed"] = 1
        kernel.keep_best(self.tour, self.best)

    def load(self, laid: Laid) -> None:
        """Start from a given plan; each break goes where it is cheapest.

        Raises:
            ValueError: a sequence breaks a rule.
        """
        d, s = self.data, self.tour
        s.runs["length"] = 0
        s.spots["where"] = -1
        s.spots["anchor"] = -1
        every = np.arange(len(d.items))
        s.spots["turned"] = as_turned(d, every, np.isin(every, list(laid.turned)))
        for job, begin in laid.anchors.items():
            s.spots["anchor"][job] = begin
        for route in range(len(d.routes)):
            if not self.lay(route, laid.sequences.get(route, [])):
                raise ValueError(f"route {route} breaks a rule")
        for series in range(len(s.loyal)):
            s.loyal[series] = kernel.loyalty(d, s, series)
        self.settle()

    def run(self, *, temperature: float, iterations: int) -> None:
        """Ruin and recreate a number of times at one temperature."""
        kernel.improve(
            self.data,
            self.tour,
            self.scratch,
            self.best,
            self.totals,
            self.state,
            temperature,
            iterations,
        )

    def lay(self, route: int, jobs: list[int], *, rest_after: int = -1) -> bool:
        """Give a route a sequence; tell whether it holds.

        Its break comes after so many jobs, or where it is cheapest.
        """
        d, s = self.data, self.tour
        for item in s.stops["item"][route, : s.runs["length"][route]]:
            s.spots["where"][item] = -1
        if len(jobs) + 1 > s.stops.shape[1] - 1:
            return False
        rest = int(d.routes["rest"][route])
        items = list(jobs)
        if rest >= 0 and rest_after >= 0:
            items.insert(rest_after, rest)
        s.stops["item"][route, : len(items)] = items
        s.runs["length"][route] = len(items)
        is_fine = bool(kernel.schedule(d, s, route))
        if rest >= 0 and rest_after < 0:
            is_fine &= bool(kernel.place_rest(d, s, route))
        return is_fine

    def append(self, route: int, job: int) -> bool:
        """Put a job at the end of a route if every rule allows it; tell whether it did."""
        laid = self.tour.stops["item"][route, : self.tour.runs["length"][route]]
        jobs = laid[laid < len(self.data.able)].tolist()
        if self.lay(route, [*jobs, job]):
            return True
        self.lay(route, jobs)
        return False

    def mates(self, job: int) -> list[int]:
        """Return the jobs that go with a job: linked ones, the rest of its series."""
        d = self.data
        group, series = int(d.items["group"][job]), int(d.items["series"][job])
        found = linked_to(d, group) if group >= 0 else []
        if series >= 0:
            own = d.series[series]
            found += [int(mate) for mate in d.series_jobs[own["first"] : own["last"]]]
        return [mate for mate in found if mate != job]

    def unassigned(self) -> int:
        """Count the jobs that the present plan leaves out."""
        return int((self.tour.spots["where"][: len(self.data.able)] < 0).sum())

    def recall(self) -> None:
        """Go back to the best plan."""
        s, b = self.tour, self.best
        s.runs["length"], s.stops["item"] = b.runs["length"], b.stops["item"]
        s.spots["anchor"], s.loyal[:] = b.spots["anchor"], b.loyal
        s.spots["turned"] = b.spots["turned"]
        kernel.retime(self.data, s)
        s.runs["changed"] = 0
        self.totals[:] = kernel.total(self.data, s)

    def remembered(self) -> Tour:
        """Return the best plan as it is, breaks and all."""
        return Tour._make(array.copy() for array in self.best)

    def go_back_to(self, remembered: Tour) -> None:
        """Take an earlier best plan for the best again, and go on from it."""
        for now, then in zip(self.best, remembered, strict=True):
            now[...] = then
        self.recall()

    def laid(self) -> Laid:
        """Return the best plan without its times."""
        n, b = len(self.data.able), self.best
        sequences: Sequences = {}
        for route, length in enumerate(b.runs["length"].tolist()):
            items = b.stops["item"][route, :length]
            jobs = items[items < n]
            if len(jobs):
                sequences[route] = jobs.tolist()
        begins = b.spots["anchor"][:n]
        anchors = {int(job): int(begins[job]) for job in np.flatnonzero(begins >= 0)}
        turned = frozenset(np.flatnonzero(b.spots["turned"][:n]).tolist())
        return Laid(sequences, anchors, turned)
