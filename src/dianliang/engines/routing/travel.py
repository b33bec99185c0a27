"""How long and how far it is between points: estimated, or given as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dianliang.kernel.geo import EARTH_RADIUS_M, GeoPoint

Table = NDArray[np.float64]


class Travel(Protocol):
    """How long and how far it is between two points."""

    def between(self, a: GeoPoint, b: GeoPoint) -> tuple[float, float]:
        """Return seconds and metres from `a` to `b`."""
        ...

    def table(self, points: Sequence[GeoPoint]) -> Table:
        """Return seconds from each point (row) to each point (column)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GreatCircle:
    """Travel estimated from great-circle distance: roads are longer, hills slower.

    Defaults: detour 1.35 and 32 km/h door to door, planning values for a hilly county.
    """

    detour: float = 1.35
    speed_m_s: float = 32 / 3.6

    def between(self, a: GeoPoint, b: GeoPoint) -> tuple[float, float]:
        """Return seconds and metres from `a` to `b`."""
        metres = a.distance_m(b) * self.detour
        return metres / self.speed_m_s, metres

    def table(self, points: Sequence[GeoPoint]) -> Table:
        """Return seconds from each point to each point (haversine, as `between`)."""
        lat = np.radians([point.lat for point in points])
        lon = np.radians([point.lon for point in points])
        half = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
        half += np.outer(np.cos(lat), np.cos(lat)) * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
        metres = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(half)))
        seconds: Table = metres * (self.detour / self.speed_m_s)
        return seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelTable:
    """Travel from a table that a road engine made, or a benchmark gives. Shapes (k, k).

    Raises:
        KeyError: a point is asked for that is not in the table.
    """

    points: tuple[GeoPoint, ...]
    seconds: Table
    metres: Table
    _rows: dict[GeoPoint, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows = {point: row for row, point in enumerate(self.points)}
        object.__setattr__(self, "_rows", rows)

    def between(self, a: GeoPoint, b: GeoPoint) -> tuple[float, float]:
        """Return seconds and metres from `a` to `b`."""
        row, column = self._rows[a], self._rows[b]
        return float(self.seconds[row, column]), float(self.metres[row, column])

    def table(self, points: Sequence[GeoPoint]) -> Table:
        """Return seconds from each point to each point."""
        rows = np.array([self._rows[point] for point in points], dtype=np.int64)
        seconds: Table = self.seconds[np.ix_(rows, rows)]
        return seconds
