"""Where an alert holds: polygons, circles, and the codes of administrative areas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

from dianliang.kernel.geo import GeoPoint

CODE_PARTS = (2, 2, 2, 3, 3)
"""Province, prefecture, county (GB/T 2260), township (GB/T 10114), village."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """The union of shapes and of named areas; codes are prefixes of area codes."""

    shapes: MultiPolygon
    circles: tuple[tuple[GeoPoint, float], ...]
    codes: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether it says nothing that could be looked up."""
        return self.shapes.is_empty and not self.circles and not self.codes

    def holds(self, at: GeoPoint | None, *, code: str) -> bool:
        """Tell whether a place lies in it, by its position or by the code of its area."""
        if self.codes and code.startswith(self.codes):
            return True
        if at is None:
            return False
        if any(centre.distance_m(at) <= radius_m for centre, radius_m in self.circles):
            return True
        return bool(self.shapes.intersects(Point(at.lon, at.lat)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where an incident is: a zone, and areas of our tree with all below them."""

    zone: Zone
    paths: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether it says nothing that could be looked up."""
        return self.zone.is_empty and not self.paths

    def holds(self, at: GeoPoint | None, *, code: str = "", path: str = "") -> bool:
        """Tell whether a place lies in it, by its position or by its area."""
        if self.paths and path.startswith(self.paths):
            return True
        return self.zone.holds(at, code=code)


def zone_of(zones: Iterable[Mapping[str, Any]]) -> Zone:
    """Return the zone that a stored list of areas describes.

    Each area may have `polygons` (rings of latitude and longitude), `circles` (latitude, longitude,
    kilometres) and `codes`.
    """
    areas = list(zones)
    rings = [ring for area in areas for ring in area.get("polygons", ())]
    shapes = shapely.union_all([Polygon([(lon, lat) for lat, lon in ring]) for ring in rings])
    parts = shapes.geoms if isinstance(shapes, MultiPolygon) else [shapes]
    whole = MultiPolygon([part for part in parts if isinstance(part, Polygon)])
    shapely.prepare(whole)
    return Zone(
        shapes=whole,
        circles=tuple(
            (GeoPoint(lat, lon), 1000 * radius_km)
            for area in areas
            for lat, lon, radius_km in area.get("circles", ())
        ),
        codes=tuple(
            prefix
            for area in areas
            for code in area.get("codes", ())
            if (prefix := prefix_of(code))
        ),
    )


def prefix_of(code: str) -> str:
    """Return what the codes of all areas below an area begin with: `330523000000` is `330523`.

    Empty for what is no code of an administrative area.
    """
    lengths = [sum(CODE_PARTS[:n]) for n in range(1, len(CODE_PARTS) + 1)]
    if not (code.isascii() and code.isdigit() and len(code) in lengths):
        return ""
    for length in lengths:
        if set(code[length:]) <= {"0"}:
            return code[:length]
    return code
