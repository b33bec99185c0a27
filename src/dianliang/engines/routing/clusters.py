"""Roads between villages, estimates within: a small table for a large county."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from dianliang.engines.routing.travel import (
    IMPASSABLE_S,
    GreatCircle,
    Table,
    Travel,
    TravelTable,
    vectors,
)
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """Travel by road between the centres that points are nearest to, estimated within a cluster.

    Between two clusters the estimate is stretched by what the road from centre to centre is longer
    than its own estimate, and held within what a way over the centres allows: no shorter than
    their road less the ways to them, no longer than their road and the ways to them. At the
    centres this is the road itself. Memory: 16 bytes × (centres)²; no table of all points is kept.

    Raises:
        InvalidInputError: there is no centre.
    """

    roads: TravelTable
    within: Travel = field(default_factory=GreatCircle)
    _tree: KDTree = field(init=False, repr=False)
    _direct: Table = field(init=False, repr=False)

    def __post_init__(self) -> None:
        centres = self.roads.points
        if not centres:
            raise InvalidInputError("道路表里没有地点。")
        object.__setattr__(self, "_tree", KDTree(vectors(centres)))
        object.__setattr__(self, "_direct", self.within.table(centres, centres))

    def between(self, a: GeoPoint, b: GeoPoint) -> tuple[float, float]:
        """Return seconds and metres from `a` to `b`."""
        here, there = self._nearest((a, b)).tolist()
        estimate = np.array(self.within.between(a, b))
        if here == there:
            return float(estimate[0]), float(estimate[1])
        start, end = self.roads.points[here], self.roads.points[there]
        access = np.add(self.within.between(a, start), self.within.between(b, end))
        road = np.array(self.roads.between(start, end))
        direct = np.array(self.within.between(start, end))
        seconds, metres = _stretched(estimate, road, direct, access).tolist()
        return seconds, metres

    def table(self, origins: Sequence[GeoPoint], destinations: Sequence[GeoPoint]) -> Table:
        """Return seconds from each origin to each destination."""
        here, there = self._nearest(origins), self._nearest(destinations)
        seconds = self.within.table(origins, destinations)
        pairs = np.ix_(here, there)
        by_road = _stretched(
            seconds,
            self.roads.seconds[pairs],
            self._direct[pairs],
            np.add.outer(self._access(origins, here), self._access(destinations, there)),
        )
        return np.where(here[:, None] == there[None, :], seconds, by_road)

    def _nearest(self, points: Sequence[GeoPoint]) -> Ints:
        return np.asarray(self._tree.query(vectors(points))[1], np.int64)

    def _access(self, points: Sequence[GeoPoint], nearest: Ints) -> Table:
        """Return the seconds from each point to its centre."""
        centres = self.roads.points
        pairs = zip(points, nearest.tolist(), strict=True)
        return np.array([self.within.between(point, centres[number])[0] for point, number in pairs])


def _stretched(estimate: Table, road: Table, direct: Table, access: Table) -> Table:
    longer = road / np.maximum(direct, 1e-9)
    held = np.clip(estimate * longer, np.maximum(0.0, road - access), road + access)
    return np.where(road >= IMPASSABLE_S, IMPASSABLE_S, held)
