"""Which village a place belongs to, and whether it lies in the county at all."""

from collections.abc import Sequence

from dianliang.domain.territory.models import Area
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

FAR_M = 30_000.0


def areas_near(places: Sequence[GeoPoint]) -> list[Area]:
    """Return for each place the village whose point lies nearest. One query.

    Raises:
        InvalidInputError: no village has a position.
    """
    rows = Area.objects.filter(level=Area.Level.VILLAGE, lat__isnull=False, lon__isnull=False)
    known = [(GeoPoint(row.lat or 0.0, row.lon or 0.0), row) for row in rows]
    if not known:
        raise InvalidInputError("区域里还没有带坐标的村社区，无法定位任务。", field="lat")
    return [min(known, key=lambda one: one[0].distance_m(place))[1] for place in places]


def areas_in_county(places: Sequence[GeoPoint], *, field: str) -> list[Area]:
    """Return for each place its nearest village; one that is far from all was mistyped.

    Raises:
        InvalidInputError: a place lies out of the county; it, and the village, are named.
    """
    areas = areas_near(places)
    for place, area in zip(places, areas, strict=True):
        away_m = place.distance_m(GeoPoint(area.lat or 0.0, area.lon or 0.0))
        if away_m > FAR_M:
            told = Phrase(
                "“%(lat)s,%(lon)s”离最近的%(name)s有 %(away_km)s 公里，"
                "不在本县范围内，请核对坐标。",
                lat=f"{place.lat:g}",
                lon=f"{place.lon:g}",
                name=area.name,
                away_km=f"{away_m / 1000:.0f}",
            )
            raise InvalidInputError(told, field=field)
    return areas
