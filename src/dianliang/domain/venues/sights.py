"""The register of points of interest (亮点, 001-19): every write, and what pages show."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import audit
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import PointOfInterest, Site
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

STALE_DAYS = 183
"""A sight that nobody has looked at for half a year may not be worth a visitor's way."""
KINDS = tuple((str(value), str(label)) for value, label in PointOfInterest.Kind.choices)


class UnableToChangeSightError(DomainError):
    """It is closed."""

    code = "venues.unable-to-change-sight"


@transaction.atomic
def register(
    *,
    name: str,
    kind: str,
    area: Area,
    site: Site | None,
    unit: Unit,
    address: str,
    point: GeoPoint,
    words: str,
    photo: StoredFile | None,
    opened_on: date,
    on: date,
    by: Actor,
    at: datetime,
) -> PointOfInterest:
    """Put a sight on the register.

    Raises:
        InvalidInputError: an unknown kind, or a day that has not come yet.
    """
    if kind not in PointOfInterest.Kind.values:
        raise InvalidInputError("请选择亮点的类别。", field="kind")
    if opened_on > on:
        raise InvalidInputError("建成日期不能晚于今天。", field="opened_on")
    sight = PointOfInterest.objects.create(
        code=next_number("LD", at=at),
        name=name,
        kind=kind,
        area=area,
        site=site,
        unit=unit,
        address=address,
        lat=point.lat,
        lon=point.lon,
        words=words,
        photo=photo,
        opened_on=opened_on,
        looked_at_on=on,
    )
    _record("register", sight, by=by, at=at, words=sight.code)
    return sight


@transaction.atomic
def look_at(
    *, sight: PointOfInterest, photo: StoredFile | None, on: date, by: Actor, at: datetime
) -> PointOfInterest:
    """Note that somebody was there and it is still worth the way; a new photo replaces the old.

    Raises:
        UnableToChangeSightError: it is closed.
    """
    sight = _held_open(sight)
    sight.looked_at_on = on
    sight.photo = photo or sight.photo
    sight.save(update_fields=["looked_at_on", "photo"])
    _record("look_at", sight, by=by, at=at, words=sight.code)
    return sight


@transaction.atomic
def close(
    *, sight: PointOfInterest, reason: str, on: date, by: Actor, at: datetime
) -> PointOfInterest:
    """Take a sight off the register, with a reason; it stays on record.

    Raises:
        UnableToChangeSightError: it is closed already.
        InvalidInputError: there is no reason.
    """
    sight = _held_open(sight)
    if not reason:
        raise InvalidInputError("请写明停用的原因。", field="reason")
    sight.closed_on, sight.closed_because = on, reason
    sight.save(update_fields=["closed_on", "closed_because"])
    _record("close", sight, by=by, at=at, words=f"{sight.code} {reason}")
    return sight


def _held_open(sight: PointOfInterest) -> PointOfInterest:
    """Return a sight as it is now; others who change it wait until the commit."""
    locked = PointOfInterest.objects.select_for_update().get(pk=sight.pk)
    if locked.closed_on is not None:
        raise UnableToChangeSightError(Phrase("%(locked)s已停用，不能再改。", locked=locked.name))
    return locked


def _record(verb: str, sight: PointOfInterest, *, by: Actor, at: datetime, words: str) -> None:
    audit.record(f"venues.pointofinterest.{verb}", target=sight, by=by, at=at, reason=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class SightRow:
    """A sight as pages show it."""

    code: str
    name: str
    kind: str
    kind_label: str
    area_name: str
    site_name: str
    unit_name: str
    address: str
    lat: float
    lon: float
    words: str
    photo: str
    opened_on: date
    looked_at_on: date
    closed_on: date | None
    closed_because: str
    is_stale: bool


def visible(by: Actor) -> QuerySet[PointOfInterest]:
    """Return the sights that the actor's units keep."""
    if not by.unit_path:
        return PointOfInterest.objects.none()
    return PointOfInterest.objects.filter(unit__path__startswith=by.unit_path)


def sight_to_change(code: str, *, by: Actor) -> PointOfInterest:
    """Return a sight of the actor's units.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    sight = visible(by).select_related("photo").filter(code=code).first()
    if sight is None:
        raise NotVisibleError("没有找到这个亮点。")
    return sight


def sights(*, by: Actor, on: date, kind: str = "") -> tuple[SightRow, ...]:
    """Return the register, what is closed last. One query."""
    rows = visible(by).filter(kind=kind) if kind else visible(by)
    joined = rows.select_related("area", "site", "unit", "photo").order_by("code")
    made = [_row(row, on=on) for row in joined]
    return tuple(sorted(made, key=lambda row: row.closed_on is not None))


def in_area(*, area: Area, on: date) -> tuple[SightRow, ...]:
    """Return the sights at or below an area that are open, whoever keeps them. One query."""
    rows = PointOfInterest.objects.filter(area__path__startswith=area.path, closed_on=None)
    joined = rows.select_related("area", "site", "unit", "photo")
    return tuple(_row(row, on=on) for row in joined.order_by("code"))


def _row(sight: PointOfInterest, *, on: date) -> SightRow:
    return SightRow(
        code=sight.code,
        name=sight.name,
        kind=sight.kind,
        kind_label=sight.get_kind_display(),
        area_name=sight.area.name,
        site_name=sight.site.name if sight.site else "",
        unit_name=sight.unit.name,
        address=sight.address,
        lat=sight.lat,
        lon=sight.lon,
        words=sight.words,
        photo=sight.photo.token if sight.photo else "",
        opened_on=sight.opened_on,
        looked_at_on=sight.looked_at_on,
        closed_on=sight.closed_on,
        closed_because=sight.closed_because,
        is_stale=sight.closed_on is None and on - sight.looked_at_on > timedelta(days=STALE_DAYS),
    )
