"""Which crew takes which piece of gear along in which shift: near those who need it, none twice.

Pure. A piece stays where it is set up, so it is taken along in one shift only; before each shift a
crew loads anew.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import inf

from dianliang.kernel.geo import GeoPoint

MOST_CARRIED = 4
"""Pieces of one sort that one crew sets off with."""
MOST_LAID = 40
"""Pieces that a crew sets off with to lay them along a line: as many as it lays in a long shift."""
AROUND_S, WAY_S = 3600, 45 * 60
"""Of a shift goes off a meal with the way home; before each piece a way and the unloading. Gear in
a shift that has no time for it helps nobody, while a later shift would set it up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A task that needs `quantity` pieces of a kind that can each do `least`, named by `sort`.

    `worth` is how grave it is to leave it out, `duration_s` how long the work takes. What is laid
    along a line (`is_laid`) is small: a crew takes more of it.
    """

    sort: str
    kind: str
    least: float | None
    quantity: int
    at: GeoPoint
    worth: float
    skills: frozenset[str] = frozenset()
    duration_s: int = 0
    is_laid: bool = False

    @property
    def lasts_s(self) -> int:
        """Return how much of a shift it takes; along a line one part follows on another."""
        return self.duration_s + (0 if self.is_laid else WAY_S)

    @property
    def most(self) -> int:
        """Return how many pieces of its sort a crew sets off with."""
        return max(MOST_LAID if self.is_laid else MOST_CARRIED, self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of gear that is there for it, and where it is fetched; None: it is brought."""

    number: str
    kind: str
    capacity: float | None
    at: GeoPoint | None
    place: str = ""

    def does(self, demand: Demand) -> bool:
        """Tell whether it serves a demand."""
        if self.kind != demand.kind:
            return False
        return demand.least is None or (self.capacity is not None and self.capacity >= demand.least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """People who could take gear along: where they are, and from when they could go for it.

    `shifts` are the days of those that it has before it, in order, with the seconds of each; a crew
    without any is taken to have all the time. After each it comes back to its `home`.
    """

    code: str
    at: GeoPoint
    skills: frozenset[str]
    free_at: datetime | None = None
    shifts: tuple[tuple[date, float], ...] = ()
    home: GeoPoint | None = None


Loads = dict[str, dict[str, tuple[str, ...]]]
Shares = dict[str, date]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The numbers of pieces by crew and sort, and the day of the shift that takes each along."""

    pieces: Loads
    shares: Shares


@dataclass(slots=True)
class _Room:
    """What a crew can still take along in each of its shifts."""

    left_s: dict[date | None, float]
    counts: dict[tuple[date | None, str], int] = field(
        default_factory=dict[tuple[date | None, str], int]
    )

    def shift_for(self, demand: Demand, most: float) -> tuple[date | None] | None:
        """Return the first shift with time for a demand and room for its gear, in a tuple."""
        for on, left_s in self.left_s.items():
            aboard = self.counts.get((on, demand.sort), 0)
            if left_s >= demand.lasts_s and aboard + demand.quantity <= most:
                return (on,)
        return None

    def take(self, demand: Demand, on: date | None) -> None:
        """Note that a shift serves a demand."""
        self.left_s[on] = self.left_s.get(on, 0.0) - demand.lasts_s
        self.counts[on, demand.sort] = self.counts.get((on, demand.sort), 0) + demand.quantity


def load(
    demands: Sequence[Demand],
    pieces: Sequence[Piece],
    crews: Sequence[Crew],
    *,
    carried: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    shares: Mapping[str, date] | None = None,
) -> Loaded:
    """Return who takes which pieces along, and when; what nobody can use is not loaded.

    What is `carried` serves the demands next to who carries it, and stays there, in the shift that
    `shares` says if that is still to come. Of the others the gravest first, with the smallest
    pieces that do, so that large ones stay for who needs them: of these the nearest go with the
    able crew whose way is shortest, by where they stand to where they are needed; who can take them
    in an earlier shift comes first. Cost: demands × crews × places of pieces.
    """
    loads: Loads = {
        code: {sort: tuple(numbers) for sort, numbers in sorts.items()}
        for code, sorts in (carried or {}).items()
    }
    rooms = {
        crew.code: _Room(left_s=dict(crew.shifts) if crew.shifts else {None: inf}) for crew in crews
    }
    when: Shares = {}
    free = {piece.number: piece for piece in sorted(pieces, key=lambda piece: piece.number)}
    ways = _Ways()
    left = _uncovered(demands, crews, loads, ways, rooms, when, shares or {})
    for demand in sorted(left, key=lambda one: -one.worth):
        fit = sorted(
            (piece for piece in free.values() if piece.does(demand)),
            key=lambda piece: piece.capacity or 0.0,
        )
        if len(fit) < demand.quantity:
            continue
        largest = fit[demand.quantity - 1].capacity or 0.0
        offered = [piece for piece in fit if (piece.capacity or 0.0) <= largest]
        able = _soonest(demand, crews, rooms)
        found = _nearest(demand, _few(offered, demand.quantity), able, ways)
        if found is None:
            continue
        crew, taken = found
        own = loads.setdefault(crew.code, {})
        own[demand.sort] = (*own.get(demand.sort, ()), *(piece.number for piece in taken))
        for on in rooms[crew.code].shift_for(demand, demand.most) or ():
            rooms[crew.code].take(demand, on)
            when |= {piece.number: on for piece in taken if on}
        for piece in taken:
            del free[piece.number]
    return Loaded(loads, when)


def _uncovered(
    demands: Sequence[Demand],
    crews: Sequence[Crew],
    loads: Loads,
    way: "_Ways",
    rooms: Mapping[str, _Room],
    when: Shares,
    shares: Mapping[str, date],
) -> list[Demand]:
    """Return the demands that what crews have with them does not serve; say in which shift it is.

    What serves none is there from the first shift on.
    """
    left = list(demands)
    for crew in crews:
        room, days = rooms[crew.code], [on for on, _ in crew.shifts]
        for sort, numbers in loads.get(crew.code, {}).items():
            spare = list(numbers)
            own = [one for one in left if one.sort == sort and one.skills <= crew.skills]
            for demand in sorted(own, key=lambda one: way(crew.at, one.at)):
                if demand.quantity > len(spare):
                    continue
                used, spare = spare[: demand.quantity], spare[demand.quantity :]
                left.remove(demand)
                (on,) = room.shift_for(demand, inf) or (days[0] if days else None,)
                room.take(demand, on)
                when |= {n: on for n in used if on}
            when |= {n: days[0] for n in spare if days}
            when |= {n: shares[n] for n in numbers if shares.get(n) in days}
    return left


def _soonest(demand: Demand, crews: Sequence[Crew], rooms: Mapping[str, _Room]) -> list[Crew]:
    """Return who may do it in the earliest of their shifts in which anybody can."""
    found: dict[int, list[Crew]] = {}
    for crew in crews:
        if demand.skills <= crew.skills:
            room = rooms[crew.code]
            for on in room.shift_for(demand, demand.most) or ():
                found.setdefault(list(room.left_s).index(on), []).append(crew)
    return found[min(found)] if found else []


def _few(pieces: Sequence[Piece], quantity: int) -> list[Piece]:
    """Return so many pieces of each place, in their order: the others there are no nearer."""
    counts: dict[GeoPoint | None, int] = {}
    found: list[Piece] = []
    for piece in pieces:
        counts[piece.at] = counts.get(piece.at, 0) + 1
        if counts[piece.at] <= quantity:
            found.append(piece)
    return found


class _Ways:
    """Distances in metres, each measured once: many crews and pieces share a place."""

    def __init__(self) -> None:
        self._known: dict[tuple[GeoPoint, GeoPoint], float] = {}

    def __call__(self, a: GeoPoint, b: GeoPoint) -> float:
        found = self._known.get((a, b))
        if found is None:
            found = self._known[a, b] = a.distance_m(b)
        return found


def _nearest(
    demand: Demand, pieces: Sequence[Piece], crews: Sequence[Crew], way: _Ways
) -> tuple[Crew, list[Piece]] | None:
    """Return the crew with the shortest way by so many pieces, and those."""
    beyond = {piece.number: way(piece.at, demand.at) for piece in pieces if piece.at}
    best: tuple[float, Crew, list[Piece]] | None = None
    for crew in crews:
        metres = {
            piece.number: way(crew.at, piece.at) + beyond[piece.number]
            if piece.at
            else way(crew.at, demand.at)
            for piece in pieces
        }
        taken = heapq.nsmallest(demand.quantity, pieces, key=lambda piece: metres[piece.number])
        longest = metres[taken[-1].number]
        if best is None or longest < best[0]:
            best = (longest, crew, taken)
    return (best[1], best[2]) if best else None
