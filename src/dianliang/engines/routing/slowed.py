"""Travel that is slower than its figures, and slower still on the way home."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from dianliang.engines.routing.travel import IMPASSABLE_S, GreatCircle, Table, Travel
from dianliang.kernel.geo import GeoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowed:
    """Travel that takes `ways` times as long as its figures, and `homeward` times that to `homes`.

    Of the last way of a shift nothing can be left out when time runs short: whoever must be home by
    the hour reckons with a slow one.
    """

    travel: Travel = field(default_factory=GreatCircle)
    ways: float = 1.0
    homeward: float = 1.0
    homes: frozenset[GeoPoint] = frozenset()

    def between(self, a: GeoPoint, b: GeoPoint) -> tuple[float, float]:
        """Return seconds and metres from `a` to `b`."""
        seconds, metres = self.travel.between(a, b)
        return min(seconds * self._times(b), IMPASSABLE_S), metres

    def table(self, origins: Sequence[GeoPoint], destinations: Sequence[GeoPoint]) -> Table:
        """Return seconds from each origin to each destination."""
        seconds: Table = self.travel.table(origins, destinations) * self.ways
        if self.homes:
            homeward = [n for n, there in enumerate(destinations) if there in self.homes]
            seconds[:, homeward] *= self.homeward
        return np.minimum(seconds, IMPASSABLE_S, out=seconds)

    def _times(self, there: GeoPoint) -> float:
        return self.ways * (self.homeward if there in self.homes else 1.0)
