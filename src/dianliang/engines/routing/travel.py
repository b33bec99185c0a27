"""How long and how far it is between points: estimated, or given as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import EARTH_RADIUS_M, GeoPoint
from dianliang.kernel.phrases import Phrase

Table = NDArray[np.float64]
IMPASSABLE_S = 1e7
"""Seconds of a way that nobody can take: a hundred days, longer than any shift."""
AT_ONCE = 32
"""Rows of a table that are computed together: few enough to stay in the processor's cache."""


class InvalidTravelError(InvalidInputError):
    """A way with no usable length; `a` and `b` are its ends."""

    code = "routing.invalid-travel"

    def __init__(self, a: GeoPoint, b: GeoPoint, words: str) -> None:
        where = f"从 ({a.lat}, {a.lon}) 到 ({b.lat}, {b.lon})"
        super().__init__(f"{where} 的路程不可用：{words}")
        self.a, self.b = a, b


class Travel(Protocol):
    """How long and how far it is between two points.

    A way that nobody can take lasts `IMPASSABLE_S`; anything that is not a number from zero up is
    an error of the problem.
    """

    def between(self, a: GeoPoint, b: GeoPoint) -> tuple[float, float]:
        """Return seconds and metres from `a` to `b`."""
        ...

    def table(self, origins: Sequence[GeoPoint], destinations: Sequence[GeoPoint]) -> Table:
        """Return seconds from each origin (row) to each destination (column)."""
        ...


def vectors(points: Sequence[GeoPoint]) -> Table:
    """Return points as unit vectors from the centre of the earth, one a row."""
    lat = np.radians([point.lat for point in points])
    lon = np.radians([point.lon for point in points])
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


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

    def table(self, origins: Sequence[GeoPoint], destinations: Sequence[GeoPoint]) -> Table:
        """Return seconds from each origin to each destination.

        Half the chord is the sine of half the angle; chords from differences of coordinates keep
        millimetres, and cost a third of the haversine formula.
        """
        here, there = vectors(origins), vectors(destinations)
        seconds: Table = np.zeros((len(here), len(there)))
        for first in range(0, len(here), AT_ONCE):
            rows = seconds[first : first + AT_ONCE]
            gaps = np.empty_like(rows)
            for axis in range(3):
                np.subtract.outer(here[first : first + AT_ONCE, axis], there[:, axis], out=gaps)
                rows += np.square(gaps, out=gaps)
            np.sqrt(rows, out=rows)
            rows /= 2
            np.arcsin(np.minimum(1.0, rows, out=rows), out=rows)
            rows *= 2
            rows *= EARTH_RADIUS_M * self.detour / self.speed_m_s
        return seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelTable:
    """Travel from a table that a road engine made, or a benchmark gives. Shapes (k, k).

    Raises:
        InvalidInputError: the tables are not square, or not one row a point.
        InvalidTravelError: a cell is not a number from zero up; ways that nobody can take last
            `IMPASSABLE_S`.
        KeyError: a point is asked for that is not in the table.
    """

    points: tuple[GeoPoint, ...]
    seconds: Table
    metres: Table
    _rows: dict[GeoPoint, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        size = len(self.points)
        if self.seconds.shape != (size, size) or self.metres.shape != (size, size):
            raise InvalidInputError(
                Phrase("路程表应为 %(size)s 行 %(size)s 列，与地点一一对应。", size=size)
            )
        refuse_unusable(self.seconds, self.points, self.points, "秒")
        refuse_unusable(self.metres, self.points, self.points, "米")
        rows = {point: row for row, point in enumerate(self.points)}
        object.__setattr__(self, "_rows", rows)

    def between(self, a: GeoPoint, b: GeoPoint) -> tuple[float, float]:
        """Return seconds and metres from `a` to `b`."""
        row, column = self._rows[a], self._rows[b]
        return float(self.seconds[row, column]), float(self.metres[row, column])

    def table(self, origins: Sequence[GeoPoint], destinations: Sequence[GeoPoint]) -> Table:
        """Return seconds from each origin to each destination."""
        rows, columns = (
            np.array([self._rows[point] for point in points], dtype=np.int64)
            for points in (origins, destinations)
        )
        seconds: Table = self.seconds[np.ix_(rows, columns)]
        return seconds


def refuse_unusable(
    cells: Table, origins: Sequence[GeoPoint], destinations: Sequence[GeoPoint], unit: str
) -> None:
    """Check that every way has a length; negative, infinite and missing ones are named.

    Raises:
        InvalidTravelError: one has none.
    """
    bad = ~((cells >= 0) & (cells < np.inf))
    if bad.any():
        row, column = (int(number) for number in np.argwhere(bad)[0])
        words = f"{cells[row, column]} {unit}"
        raise InvalidTravelError(origins[row], destinations[column], words)
