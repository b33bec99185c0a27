"""Polygons and circles as an alert writes them: pairs of latitude and longitude."""

import re

from shapely.geometry import Polygon
from shapely.validation import explain_validity

from dianliang.integrations.cap.model import Circle
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

MOST_POINTS = 20_000
"""A ring of a whole province to a hundred metres has fewer."""
FEWEST_POINTS = 4
"""CAP 1.2, 3.2.4 `polygon`: a triangle whose first point comes again."""
MOST_RADIUS_KM = 20_100
"""Farther there is no place on the earth."""
LEAST_AREA_DEG2 = 1e-10
"""About a square metre: less is a line, however the numbers were rounded."""
_DECIMAL = re.compile(r"[-+]?(\d{1,9}(\.\d{0,30})?|\.\d{1,30})([eE][-+]?\d{1,3})?", re.ASCII)
NORTHERNMOST_LAT = 73.0
"""No land that a power company serves lies farther north (Hammerfest: 70.7)."""


def ring_of(text: str) -> tuple[GeoPoint, ...]:
    """Return a polygon's ring.

    Raises:
        InvalidInputError: in words, why it bounds no area.
    """
    pairs = text.split()
    if len(pairs) > MOST_POINTS:
        raise InvalidInputError(
            Phrase(
                "有 %(n)d 个点，最多 %(most)d 个，请先简化边界。", n=len(pairs), most=MOST_POINTS
            )
        )
    if len(pairs) < FEWEST_POINTS:
        raise InvalidInputError(
            Phrase("只有 %(n)d 个点，多边形至少要 4 个（首尾是同一点）。", n=len(pairs))
        )
    points = tuple(point_of(pair) for pair in pairs)
    if points[0] != points[-1]:
        raise InvalidInputError(Phrase("没有闭合：最后一个点应与第一个点相同。"))
    shape = Polygon([(point.lon, point.lat) for point in points])
    if not shape.is_valid:
        where = _where(explain_validity(shape))
        raise InvalidInputError(
            Phrase("边界自相交或重叠（%(where)s），无法判断内外。", where=where)
        )
    if shape.area < LEAST_AREA_DEG2:
        raise InvalidInputError(Phrase("各点在一条线上，没有面积。"))
    return points


def circle_of(text: str) -> Circle:
    """Return a circle, written as a point, a space and a radius in kilometres.

    Raises:
        InvalidInputError: in words, why it is none.
    """
    parts = text.split()
    if len(parts) != 2:
        raise InvalidInputError(
            Phrase("应写成“纬度,经度 半径”，半径单位为千米，例如 30.63,119.68 15。")
        )
    radius_km = _number(parts[1], Phrase("半径"))
    if not 0 <= radius_km <= MOST_RADIUS_KM:
        raise InvalidInputError(
            Phrase(
                "半径 %(km)s 千米不合理，应在 0 到 %(most)s 之间。",
                km=parts[1],
                most=str(MOST_RADIUS_KM),
            )
        )
    return Circle(centre=point_of(parts[0]), radius_km=radius_km)


def point_of(pair: str) -> GeoPoint:
    """Return a place written as `latitude,longitude`.

    Raises:
        InvalidInputError: in words, why it is none; also when the two look swapped.
    """
    parts = pair.split(",")
    if len(parts) != 2:
        raise InvalidInputError(
            Phrase("“%(text)s”不是一个点，应写成“纬度,经度”，例如 30.63,119.68。", text=pair[:40])
        )
    lat, lon = _number(parts[0], Phrase("纬度")), _number(parts[1], Phrase("经度"))
    if abs(lat) > NORTHERNMOST_LAT and abs(lon) <= NORTHERNMOST_LAT and abs(lat) <= 180:
        raise InvalidInputError(
            Phrase("“%(text)s”的纬度和经度像是写反了：CAP 规定纬度在前、经度在后。", text=pair)
        )
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise InvalidInputError(
            Phrase("“%(text)s”不在地球上：纬度 −90 到 90，经度 −180 到 180。", text=pair)
        )
    return GeoPoint(lat=lat, lon=lon)


def _number(text: str, name: str) -> float:
    if not _DECIMAL.fullmatch(text):  # `float` reads 3_0 and １５ too, which nobody else would
        raise InvalidInputError(Phrase("%(name)s“%(text)s”不是数字。", name=name, text=text[:40]))
    return float(text)


def _where(explanation: str) -> str:
    """Return the place in GEOS's words: `Self-intersection[119.5 30.5]`."""
    inside = explanation.partition("[")[2].rstrip("]").split()
    if len(inside) != 2:
        return explanation
    return Phrase("在纬度 %(lat)s、经度 %(lon)s 附近", lat=inside[1], lon=inside[0])
