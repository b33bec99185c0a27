"""Which crew takes which piece of gear along: near those who need it, no piece twice. Pure."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dianliang.kernel.geo import GeoPoint

MOST_CARRIED = 4
"""Pieces of one sort that one crew sets off with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A task that needs `quantity` pieces of a kind that can each do `least`, named by `sort`.

    `worth` is how grave it is to leave it out.
    """

    sort: str
    kind: str
    least: float | None
    quantity: int
    at: GeoPoint
    worth: float
    skills: frozenset[str] = frozenset()


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
    """People who could take gear along: where they are, and from when they could go for it."""

    code: str
    at: GeoPoint
    skills: frozenset[str]
    free_at: datetime | None = None


Loads = dict[str, dict[str, tuple[str, ...]]]


def load(
    demands: Sequence[Demand],
    pieces: Sequence[Piece],
    crews: Sequence[Crew],
    *,
    carried: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
) -> Loads:
    """Return the numbers of pieces by crew and sort; what nobody can use is not loaded.

    What is `carried` serves the demands next to who carries it, and stays there. Of the others the
    gravest first, with the smallest pieces that do, so that large ones stay for who needs them: of
    these the nearest go with the able crew whose way is shortest, by where they stand to where they
    are needed. Cost: demands × crews × pieces of a size.
    """
    loads: Loads = {
        code: {sort: tuple(numbers) for sort, numbers in sorts.items()}
        for code, sorts in (carried or {}).items()
    }
    free = {piece.number: piece for piece in sorted(pieces, key=lambda piece: piece.number)}
    ways = _Ways()
    for demand in sorted(_uncovered(demands, crews, loads, ways), key=lambda one: -one.worth):
        fit = sorted(
            (piece for piece in free.values() if piece.does(demand)),
            key=lambda piece: piece.capacity or 0.0,
        )
        if len(fit) < demand.quantity:
            continue
        largest = fit[demand.quantity - 1].capacity or 0.0
        offered = [piece for piece in fit if (piece.capacity or 0.0) <= largest]
        found = _nearest(demand, offered, _able(demand, crews, loads), ways)
        if found is None:
            continue
        crew, taken = found
        own = loads.setdefault(crew.code, {})
        own[demand.sort] = (*own.get(demand.sort, ()), *(piece.number for piece in taken))
        for piece in taken:
            del free[piece.number]
    return loads


def _uncovered(
    demands: Sequence[Demand], crews: Sequence[Crew], loads: Loads, way: "_Ways"
) -> list[Demand]:
    """Return the demands that what crews have with them does not serve."""
    left = list(demands)
    for crew in crews:
        for sort, numbers in loads.get(crew.code, {}).items():
            spare = len(numbers)
            own = [one for one in left if one.sort == sort and one.skills <= crew.skills]
            for demand in sorted(own, key=lambda one: way(crew.at, one.at)):
                if demand.quantity <= spare:
                    spare -= demand.quantity
                    left.remove(demand)
    return left


class _Ways:
    """Distances in metres, each measured once: many crews and pieces share a place."""

    def __init__(self) -> None:
        self._known: dict[tuple[GeoPoint, GeoPoint], float] = {}

    def __call__(self, a: GeoPoint, b: GeoPoint) -> float:
        found = self._known.get((a, b))
        if found is None:
            found = self._known[a, b] = a.distance_m(b)
        return found


def _able(demand: Demand, crews: Sequence[Crew], loads: Loads) -> list[Crew]:
    """Return who may do it and has room left."""
    most = max(MOST_CARRIED, demand.quantity)
    return [
        crew
        for crew in crews
        if demand.skills <= crew.skills
        and len(loads.get(crew.code, {}).get(demand.sort, ())) + demand.quantity <= most
    ]


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
