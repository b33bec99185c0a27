"""Coordinates that Chinese maps expect: WGS 84 shifted to GCJ-02 and back.

Positions are stored in WGS 84. A map sold in China draws in GCJ-02 (火星坐标), some hundred
metres away; a navigation link must carry the shifted position. The shift is a fixed series of
sines in the offset from 35° N, 105° E, scaled by the Krasovsky 1940 ellipsoid.
"""

from math import cos, pi, radians, sin, sqrt

from dianliang.kernel.geo import GeoPoint

SEMI_MAJOR_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943
"""Krasovsky 1940, on which the shift is defined."""
ORIGIN = GeoPoint(35.0, 105.0)
INVERSE_ROUNDS = 6
"""The shift changes by less than a thousandth of itself, so each round gains three digits."""


def to_gcj02(point: GeoPoint) -> GeoPoint:
    """Shift a WGS 84 position to where a Chinese map draws it; abroad nothing is shifted."""
    if not _is_shifted(point):
        return point
    north_m, east_m = _offset(point.lon - ORIGIN.lon, point.lat - ORIGIN.lat)
    lat = radians(point.lat)
    bulge = 1 - ECCENTRICITY_SQUARED * sin(lat) ** 2
    metres_per_lat = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED) / (bulge * sqrt(bulge)) * pi / 180
    metres_per_lon = SEMI_MAJOR_M / sqrt(bulge) * cos(lat) * pi / 180
    return GeoPoint(point.lat + north_m / metres_per_lat, point.lon + east_m / metres_per_lon)


def from_gcj02(point: GeoPoint) -> GeoPoint:
    """Undo `to_gcj02` to within a millimetre, by fixed-point iteration."""
    guess = point
    for _ in range(INVERSE_ROUNDS):
        shifted = to_gcj02(guess)
        guess = GeoPoint(guess.lat + point.lat - shifted.lat, guess.lon + point.lon - shifted.lon)
    return guess


def _is_shifted(point: GeoPoint) -> bool:
    """Tell whether the shift applies: the box that the maps themselves use for mainland China."""
    return 0.8293 <= point.lat <= 55.8271 and 72.004 <= point.lon <= 137.8347


def _offset(x: float, y: float) -> tuple[float, float]:
    """Return the shift to the north and to the east, in metres."""
    ripple = 20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (ripple + _swell(y, 20, 40) + 160 * sin(y * pi / 12) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (ripple + _swell(x, 20, 40) + 150 * sin(x * pi / 12) + 300 * sin(x * pi / 30)) * 2 / 3
    return north, east


def _swell(angle: float, short: float, long: float) -> float:
    return short * sin(angle * pi) + long * sin(angle * pi / 3)
