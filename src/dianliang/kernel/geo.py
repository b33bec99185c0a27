"""Places on the earth: WGS 84 in, metres out."""

from dataclasses import dataclass
from math import asin, cos, isfinite, radians, sin, sqrt

from dianliang.kernel.errors import InvalidInputError

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius R1 of the WGS 84 ellipsoid (IUGG)."""


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """A WGS 84 position in degrees.

    Raises:
        InvalidInputError: latitude or longitude is not finite or out of range.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (isfinite(self.lat) and -90 <= self.lat <= 90):
            raise InvalidInputError("纬度应在 −90 到 90 之间。", field="lat")
        if not (isfinite(self.lon) and -180 <= self.lon <= 180):
            raise InvalidInputError("经度应在 −180 到 180 之间。", field="lon")

    def distance_m(self, other: "GeoPoint") -> float:
        """Great-circle distance in metres (haversine)."""
        lat1, lat2 = radians(self.lat), radians(other.lat)
        half = (
            sin((lat2 - lat1) / 2) ** 2
            + cos(lat1) * cos(lat2) * sin(radians(other.lon - self.lon) / 2) ** 2
        )
        return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))
