"""Where a need is: from a scanned code, a pin, a chosen village, or the words themselves."""

from dianliang.domain.intake.operations.posting import Place
from dianliang.domain.territory import queries as territory
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.engines.triage import Suggestion
from dianliang.flows import triage
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint

SERVICE_AREA_M = 60_000.0
VILLAGE_WITHIN_M = 8_000.0


def locate(
    *,
    suggestion: Suggestion,
    area_code: str,
    site_code: str,
    address: str,
    lat: float | None,
    lon: float | None,
) -> Place:
    """Settle where a need is: scanned spot, pin, chosen village, place named in the text.

    Raises:
        InvalidInputError: a code is unknown, or the pin is impossible or out of the service area.
    """
    if site_code:
        return _at_site(site_code, address)
    chosen = _chosen_area(area_code)
    if lat is not None or lon is not None:
        return _at_pin(lat, lon, chosen, address)
    if chosen is not None:
        return Place(area=chosen, source="village", address=address)
    named = named_area(suggestion) or named_area(triage.suggest(address))
    if named is not None:
        return Place(area=named, source="text", address=address)
    county = territory.county()
    if county is None:
        raise InvalidInputError("本系统还没有载入区域，请联系管理员。", field="area_code")
    return Place(area=county, source="none", address=address)


def named_area(suggestion: Suggestion) -> Area | None:
    """Return the smallest area that the text names without ambiguity."""
    codes = [found.codes[0] for found in suggestion.places if len(found.codes) == 1]
    areas = [area for code in codes if (area := territory.area_named(code)) is not None]
    return max(areas, key=lambda area: len(area.path), default=None)


def _at_site(code: str, address: str) -> Place:
    site = Site.objects.filter(code=code).select_related("area").first()
    if site is None:
        raise InvalidInputError("二维码对应的点位不存在，请改选村社区。", field="site_code")
    point = GeoPoint(site.lat, site.lon)
    said = address or site.address or site.name
    return Place(area=site.area, source="site", point=point, address=said, site=site)


def _chosen_area(code: str) -> Area | None:
    if not code:
        return None
    area = territory.area_of(code)
    if area is None:
        raise InvalidInputError("没有这个村社区，请重新选择。", field="area_code")
    return area


def _at_pin(lat: float | None, lon: float | None, chosen: Area | None, address: str) -> Place:
    if lat is None or lon is None:
        raise InvalidInputError("地图选点缺少经度或纬度，请重新选点。", field="lat")
    point = GeoPoint(lat, lon)
    village = chosen or territory.nearest_village(point, within_m=VILLAGE_WITHIN_M)
    if village is None:
        message = "选点不在服务区域内，请把图钉移到本县范围，或改选村社区。"
        raise InvalidInputError(message, field="lat")
    if chosen and chosen.lat is not None and chosen.lon is not None:
        away = point.distance_m(GeoPoint(chosen.lat, chosen.lon))
        if away > SERVICE_AREA_M:
            message = "选点与所选村社区相距太远，请核对。"
            raise InvalidInputError(message, field="lat")
    return Place(area=village, source="pin", point=point, address=address)
