"""Points of interest (亮点): what a person writes down, with its photo."""

from dataclasses import dataclass
from datetime import date, datetime

from dianliang.core import files
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.queries import area_of
from dianliang.domain.venues import sights as operations
from dianliang.domain.venues.models import PointOfInterest
from dianliang.domain.venues.queries import sites_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A sight as a form describes it. Codes and text come from outside and are checked here."""

    name: str
    kind: str
    area_code: str
    site_code: str
    unit_code: str
    address: str
    lat: float | None
    lon: float | None
    words: str
    photo: bytes | None
    opened_on: date


def register(*, described: Described, by: Actor, at: datetime) -> PointOfInterest:
    """Put a sight on the register; without a position it lies at its site or village.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
    """
    unit = Unit.objects.filter(
        code=described.unit_code, path__startswith=by.unit_path or "-"
    ).first()
    if unit is None:
        raise InvalidInputError("请选择本单位范围内的维护单位。", field="unit_code")
    open_sites = sites_of(by).select_related("area").filter(closed_on=None)
    site = open_sites.filter(code=described.site_code).first()
    if described.site_code and site is None:
        raise InvalidInputError("没有这个阵地，请重新选择。", field="site_code")
    area = site.area if site else area_of(described.area_code)
    if area is None:
        raise InvalidInputError("请选择阵地，或选择所在村社区。", field="area_code")
    if (described.lat is None) != (described.lon is None):
        raise InvalidInputError("纬度和经度要同时填写，或都留空。", field="lat")
    places = ((described.lat, described.lon), (site.lat, site.lon) if site else (None, None))
    for lat, lon in (*places, (area.lat, area.lon)):
        if lat is not None and lon is not None:
            point = GeoPoint(lat, lon)
            break
    else:
        raise InvalidInputError("这个村没有坐标，请填写亮点的纬度和经度。", field="lat")
    return operations.register(
        name=clean_text(described.name, field="name", label="名称", most=60, least=2),
        kind=described.kind,
        area=area,
        site=site,
        unit=unit,
        address=clean_text(described.address, field="address", label="地址", most=120),
        point=point,
        words=clean_text(described.words, field="words", label="介绍", most=2000),
        photo=files.keep_image(described.photo, at=at, field="photo") if described.photo else None,
        opened_on=described.opened_on,
        on=at.astimezone(SHANGHAI).date(),
        by=by,
        at=at,
    )


def look_at(*, code: str, photo: bytes | None, by: Actor, at: datetime) -> PointOfInterest:
    """Note that somebody was there, perhaps with a new photo.

    Raises:
        NotVisibleError, UnableToChangeSightError: absent, another unit's, or closed.
        InvalidInputError: the photo is none.
    """
    sight = operations.sight_to_change(code, by=by)
    kept = files.keep_image(photo, at=at, field="photo") if photo else None
    on = at.astimezone(SHANGHAI).date()
    return operations.look_at(sight=sight, photo=kept, on=on, by=by, at=at)


def close(*, code: str, reason: str, by: Actor, at: datetime) -> PointOfInterest:
    """Take a sight off the register, with a reason.

    Raises:
        NotVisibleError, UnableToChangeSightError: absent, another unit's, or closed.
        InvalidInputError: there is no reason.
    """
    sight = operations.sight_to_change(code, by=by)
    words = clean_text(reason, field="reason", label="原因", most=200, least=2)
    on = at.astimezone(SHANGHAI).date()
    return operations.close(sight=sight, reason=words, on=on, by=by, at=at)


def photo_of(*, code: str, by: Actor) -> bytes:
    """Return the photo of a sight.

    Raises:
        NotVisibleError: the sight is absent, another unit's, or has none.
    """
    sight = operations.sight_to_change(code, by=by)
    if sight.photo is None:
        raise NotVisibleError("这个亮点没有照片。")
    return files.read(sight.photo)
