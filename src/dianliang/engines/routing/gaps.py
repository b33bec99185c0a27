"""Make a table of roads whole: what a road engine could not tell is found over other points."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dianliang.engines.routing.travel import IMPASSABLE_S, GreatCircle, Table, Travel, TravelTable
from dianliang.kernel.geo import GeoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A table without gaps, and how it came to be so.

    `estimated` are the points to and from which no road was found at all: their ways are estimated.
    `bridged` pairs of points have a way over others; `shut` pairs have none and are impassable.
    """

    table: TravelTable
    estimated: tuple[GeoPoint, ...]
    bridged: int
    shut: int


def make_whole(
    points: Sequence[GeoPoint], seconds: Table, metres: Table, *, estimate: Travel | None = None
) -> Whole:
    """Fill the missing cells (NaN) of a table of roads. Shapes (k, k).

    A point with no road to or from any other lies off the network: its ways are estimated. Between
    the others a missing cell is the shortest way over other points (Floyd and Warshall, k³), or
    impassable if there is none: an island.

    Raises:
        InvalidTravelError: a cell that is not missing is no number from zero up.
    """
    estimate = estimate or GreatCircle()
    seconds, metres = seconds.copy(), metres.copy()
    np.fill_diagonal(seconds, 0.0)
    np.fill_diagonal(metres, 0.0)
    gaps = np.isnan(seconds)
    known = ~gaps
    np.fill_diagonal(known, val=len(points) < 2)
    alone = np.flatnonzero(~(known.any(axis=0) | known.any(axis=1)))
    off = np.zeros_like(gaps)
    off[alone] = off[:, alone] = True
    if (gaps & ~off).any():
        _go_over_others(seconds, metres)
    shut = np.isinf(seconds) & ~off
    np.fill_diagonal(off, val=False)
    for row, column in np.argwhere(off).tolist():
        seconds[row, column], metres[row, column] = estimate.between(points[row], points[column])
    seconds[shut], metres[shut] = IMPASSABLE_S, 0.0
    return Whole(
        table=TravelTable(points=tuple(points), seconds=seconds, metres=metres),
        estimated=tuple(points[i] for i in alone.tolist()),
        bridged=int((gaps & ~off & ~shut).sum()),
        shut=int(shut.sum()),
    )


def _go_over_others(seconds: Table, metres: Table) -> None:
    """Write the shortest way over other points into cells that are missing, in place."""
    gaps = np.isnan(seconds)
    shortest, far = np.where(gaps, np.inf, seconds), np.where(gaps, 0.0, metres)
    for middle in range(len(seconds)):
        over = np.add.outer(shortest[:, middle], shortest[middle])
        better = over < shortest
        shortest[better] = over[better]
        far[better] = np.add.outer(far[:, middle], far[middle])[better]
    seconds[gaps], metres[gaps] = shortest[gaps], far[gaps]
