"""Roads that are cut: a bridge that is down, a field under water."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing.travel import (
    IMPASSABLE_S,
    GreatCircle,
    Table,
    Travel,
    vectors,
)
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

Flags = NDArray[np.bool_]
ENDLESS = 1e30
"""Stands for an infinite factor: nothing times it is still no way at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """A line that is hard to cross, or ground that is hard to pass if the line is closed.

    A way that meets it takes `factor` times as long; infinite means that nobody gets through. A way
    meets closed ground also where it begins or ends in it.

    Raises:
        InvalidInputError: there are too few points, or the factor would make a way shorter.
    """

    points: tuple[GeoPoint, ...]
    is_closed: bool = False
    factor: float = inf

    def __post_init__(self) -> None:
        if len(self.points) < (3 if self.is_closed else 2):
            raise InvalidInputError("阻断线至少要有两个点，积水区至少要有三个点。")
        if not self.factor >= 1:
            raise InvalidInputError(
                Phrase("绕行倍数应不小于 1，现为 %(factor)s。", factor=self.factor)
            )

    def met(self, origins: Sequence[GeoPoint], destinations: Sequence[GeoPoint]) -> Flags:
        """Return for each origin (row) and destination (column) whether the way meets the barrier.

        Ways are great circles, which are straight lines on a plane that touches the earth at the
        barrier (gnomonic projection). Cost: half a second for 6000 × 6000 ways and twenty points.
        """
        here, there, corners = map(self._flat, (origins, destinations, self.points))
        ring = np.vstack([corners, corners[: self.is_closed]])
        met = np.zeros((len(here), len(there)), np.bool_)
        box = np.concatenate([ring.min(axis=0), ring.max(axis=0)])
        kernel.mark_crossed(here, there, ring, box, met)
        if self.is_closed:
            met |= np.logical_or.outer(_are_within(here, ring), _are_within(there, ring))
        return met

    def _flat(self, points: Sequence[GeoPoint]) -> Table:
        """Return points on the plane, east and north; NaN for the far side of the earth."""
        x, y, z = vectors(self.points).mean(axis=0)
        lon, lat = np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))
        axes = np.array(
            [
                [-np.sin(lon), -np.sin(lat) * np.cos(lon), np.cos(lat) * np.cos(lon)],
                [np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat) * np.sin(lon)],
                [0.0, np.cos(lat), np.sin(lat)],
            ]
        )
        turned = vectors(points) @ axes
        flat: Table = turned[:, :2] / np.where(turned[:, 2:] > 0, turned[:, 2:], np.nan)
        return flat


def _are_within(points: Table, ring: Table) -> Flags:
    """Return which points a closed line encloses: a ray meets it an odd number of times."""
    x, y = points.T
    is_in = np.zeros(len(points), np.bool_)
    for (ax, ay), (bx, by) in pairwise(ring.tolist()):
        if ay != by:
            is_in ^= ((ay > y) != (by > y)) & (x < ax + (y - ay) * (bx - ax) / (by - ay))
    return is_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Travel with barriers: a way that meets several is as slow as the worst makes it."""

    barriers: tuple[Barrier, ...]
    travel: Travel = field(default_factory=GreatCircle)

    def between(self, a: GeoPoint, b: GeoPoint) -> tuple[float, float]:
        """Return seconds and metres from `a` to `b`."""
        seconds, metres = self.travel.between(a, b)
        factor = float(self._factors((a,), (b,))[0, 0])
        is_shut = factor == ENDLESS
        return min(seconds * factor, IMPASSABLE_S), metres if is_shut else metres * factor

    def table(self, origins: Sequence[GeoPoint], destinations: Sequence[GeoPoint]) -> Table:
        """Return seconds from each origin to each destination."""
        seconds = self.travel.table(origins, destinations)
        return np.minimum(seconds * self._factors(origins, destinations), IMPASSABLE_S)

    def _factors(self, origins: Sequence[GeoPoint], destinations: Sequence[GeoPoint]) -> Table:
        factors = np.ones((len(origins), len(destinations)))
        for barrier in self.barriers:
            met = barrier.met(origins, destinations)
            np.maximum(factors, min(barrier.factor, ENDLESS), out=factors, where=met)
        return factors
