"""What people type about gear and stores: units, stores, places, numbers."""

from dianliang.domain.directory.models import Unit
from dianliang.domain.resources import access
from dianliang.domain.resources.models import Item, ResourceKind, Store
from dianliang.domain.resources.operations.things import Spot
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

Offered = tuple[tuple[str, str], ...]


def words(text: str, *, field: str, label: str, most: int, least: int = 1) -> str:
    """Return a text that was typed, cleaned.

    Raises:
        InvalidInputError: too short, too long, or not storable.
    """
    return clean_text(text, field=field, label=Phrase(label), most=most, least=least)


def units(by: Actor) -> Offered:
    """Return code and name of the units that the actor acts for, but party branches."""
    own = Unit.objects.filter(path__startswith=by.unit_path or "-")
    own = own.exclude(kind__in=[Unit.Kind.BRANCH, Unit.Kind.GOVERNMENT])
    return tuple(own.order_by("path").values_list("code", "name"))


def unit_of(code: str, *, by: Actor, field: str = "unit") -> Unit:
    """Return a unit of the actor that a form names.

    Raises:
        InvalidInputError: none was chosen, or it is not his.
    """
    found = None if "\0" in code else Unit.objects.filter(code=code).first()
    if found is None or not by.reaches_unit(found.path):
        raise InvalidInputError("请选择本单位范围内的单位。", field=field)
    return found


def stores(by: Actor) -> Offered:
    """Return code and name of the stores of the actor that are in use."""
    return tuple(access.stores(by).filter(is_active=True).values_list("code", "name"))


def store_of(code: str, *, by: Actor) -> Store:
    """Return a store of the actor that a form names.

    Raises:
        InvalidInputError: none was chosen, or it is not his.
    """
    try:
        return access.store_to_keep(code, by=by)
    except NotVisibleError as absent:
        raise InvalidInputError("请选择本单位的仓库。", field="store") from absent


def kind_of(code: str) -> ResourceKind:
    """Return a kind of gear that a form names.

    Raises:
        InvalidInputError: none was chosen.
    """
    rows = ResourceKind.objects.filter(is_active=True)
    found = None if "\0" in code else rows.filter(code=code).first()
    if found is None:
        raise InvalidInputError("请选择装备类别。", field="kind")
    return found


def item_of(code: str, *, by: Actor) -> Item:
    """Return an item that the actor's units may keep.

    Raises:
        InvalidInputError: none was chosen.
    """
    found = None if "\0" in code else access.items(by).filter(code=code, is_active=True).first()
    if found is None:
        raise InvalidInputError("请选择品目。", field="item")
    return found


def spot_of(place: str, lat: str, lon: str) -> Spot:
    """Return a place with its position.

    Raises:
        InvalidInputError: one of them is missing or makes no sense.
    """
    return Spot(
        place=words(place, field="place", label="地点", most=120, least=2), at=point_of(lat, lon)
    )


def point_of(lat: str, lon: str) -> GeoPoint:
    """Return a position that was typed in degrees, WGS 84.

    Raises:
        InvalidInputError: it is none.
    """
    return GeoPoint(_degrees(lat, "lat", "纬度"), _degrees(lon, "lon", "经度"))


def _degrees(text: str, field: str, label: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInputError(
            Phrase("%(label)s应填十进制度数，例如 30.63。", label=Phrase(label)), field=field
        ) from error


def whole(text: str, *, field: str, label: str, least: int = 0, most: int = 1_000_000) -> int:
    """Return a whole number.

    Raises:
        InvalidInputError: it is none, or out of range.
    """
    asked = text.strip()
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 8):
        raise InvalidInputError(Phrase("%(label)s应填整数。", label=Phrase(label)), field=field)
    found = int(asked)
    if not least <= found <= most:
        raise InvalidInputError(
            Phrase(
                "%(label)s应在 %(least)s 到 %(most)s 之间。",
                label=Phrase(label),
                least=least,
                most=most,
            ),
            field=field,
        )
    return found
