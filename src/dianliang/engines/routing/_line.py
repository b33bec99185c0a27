"""A stretch of dike or feeder along which work is done, in metres from its beginning."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate, pairwise

from dianliang.engines.routing._priority import Priority
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

KM = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is to be done along a path by one team or by several, at what pace of one team.

    `measured_m` is the length if it is known better than from the path, whose points are joined by
    straight lines. Metres are counted from `begins_m` on: the rest of a dike keeps its marks.
    `s_per_km` is pure work. `setup_s` is added whenever a team begins somewhere on the line instead
    of going on from where it was: to unload, to park, to walk up. Parts are not shorter than
    `least_part_m` and not more than `most_parts`. A kilometre that is left out costs
    `value_per_km`, or else what a job of this priority costs. Gear is counted for the whole line
    and shared out by length. All else is as in a job; work that does not go `either_way` goes from
    the path's beginning on.
    """

    id: str
    path: tuple[GeoPoint, ...]
    s_per_km: float
    measured_m: float | None = None
    begins_m: float = 0.0
    setup_s: int = 300
    least_part_m: float = 250.0
    most_parts: int = 400
    value_per_km: float | None = None
    gear_per_km: Mapping[str, float] = field(default_factory=dict[str, float])
    skills: frozenset[str] = frozenset()
    levels: Mapping[str, int] = field(default_factory=dict[str, int])
    priority: Priority = Priority.SHOULD
    windows: tuple[TimeWindow, ...] = ()
    due_at: datetime | None = None
    late_per_s: float | None = None
    area: str = ""
    allowed_teams: frozenset[str] | None = None
    forbidden_teams: frozenset[str] = frozenset()
    either_way: bool = True

    @property
    def drawn_m(self) -> float:
        """Return the length of the path, straight from point to point."""
        return sum(a.distance_m(b) for a, b in pairwise(self.path))

    @property
    def length_m(self) -> float:
        """Return the length: as measured, or else as drawn."""
        return self.drawn_m if self.measured_m is None else self.measured_m

    @property
    def ends_m(self) -> float:
        """Return the metre at which it ends."""
        return self.begins_m + self.length_m

    @property
    def count(self) -> int:
        """Return into how many parts it is cut: as many as it allows."""
        return max(1, min(self.most_parts, int(self.length_m / self.least_part_m + 1e-9)))

    def points_at(self, metres: Iterable[float]) -> list[GeoPoint]:
        """Return where metres of the line are; between two points of the path, straight on."""
        ends = self._ends()
        return [self._point(ends, metre) for metre in metres]

    def way(self, from_m: float, to_m: float) -> tuple[GeoPoint, ...]:
        """Return the way along the line from one metre to another, either way."""
        ends = self._ends()
        low, high = sorted((from_m, to_m))
        bends = self.path[bisect_right(ends, low) : bisect_left(ends, high)]
        way = (self._point(ends, low), *bends, self._point(ends, high))
        return way if from_m <= to_m else way[::-1]

    def _point(self, ends: list[float], metre: float) -> GeoPoint:
        leg = min(max(bisect_right(ends, metre), 1), len(ends) - 1)
        a, b, length = self.path[leg - 1], self.path[leg], ends[leg] - ends[leg - 1]
        share = min(1.0, max(0.0, (metre - ends[leg - 1]) / length)) if length else 0.0
        return GeoPoint(a.lat + (b.lat - a.lat) * share, a.lon + (b.lon - a.lon) * share)

    def _ends(self) -> list[float]:
        """Return at which metre of the line each point of the path lies."""
        scale = self.length_m / self.drawn_m
        legs = accumulate(a.distance_m(b) * scale for a, b in pairwise(self.path))
        return [self.begins_m, *(self.begins_m + leg for leg in legs)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which metres of a line a job is, from the line's beginning."""

    line_id: str
    from_m: float
    to_m: float
