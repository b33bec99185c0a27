"""Which crew takes which piece of gear along: near those who need it, no piece twice. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    """A piece of gear that is there for it, and where."""

    number: str
    kind: str
    capacity: float | None
    at: GeoPoint

    def does(self, demand: Demand) -> bool:
        """Tell whether it serves a demand."""
        if self.kind != demand.kind:
            return False
        return demand.least is None or (self.capacity is not None and self.capacity >= demand.least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """People who could take gear along, and where they set off."""

    code: str
    at: GeoPoint
    skills: frozenset[str]


Loads = dict[str, dict[str, tuple[str, ...]]]


def load(
    demands: Sequence[Demand],
    pieces: Sequence[Piece],
    crews: Sequence[Crew],
    *,
    carried: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
) -> Loads:
    """Return the numbers of pieces by crew and sort; what nobody can use is not loaded.

    The gravest demand first: its nearest able crew that still has room takes the smallest pieces
    that do, so that large ones stay for who needs them. Cost: demands × (crews + pieces).
    """
    loads: Loads = {
        code: {sort: tuple(numbers) for sort, numbers in sorts.items()}
        for code, sorts in (carried or {}).items()
    }
    free = sorted(pieces, key=lambda piece: (piece.capacity or 0.0, piece.number))
    for demand in sorted(demands, key=lambda one: -one.worth):
        found = [piece for piece in free if piece.does(demand)][: demand.quantity]
        crew = _nearest(demand, crews, loads) if len(found) == demand.quantity else None
        if crew is None:
            continue
        own = loads.setdefault(crew.code, {})
        own[demand.sort] = (*own.get(demand.sort, ()), *(piece.number for piece in found))
        free = [piece for piece in free if piece not in found]
    return loads


def _nearest(demand: Demand, crews: Sequence[Crew], loads: Loads) -> Crew | None:
    most = max(MOST_CARRIED, demand.quantity)
    able = [
        crew
        for crew in crews
        if demand.skills <= crew.skills
        and len(loads.get(crew.code, {}).get(demand.sort, ())) + demand.quantity <= most
    ]
    return min(able, key=lambda crew: demand.at.distance_m(crew.at), default=None)
