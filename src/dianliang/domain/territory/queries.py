"""What others may know about areas."""

from dataclasses import dataclass
from datetime import datetime

from dianliang.core import reference
from dianliang.domain.territory.models import Area, PlaceName, RoadTable
from dianliang.kernel.geo import GeoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow:
    """An area as pages and maps need it."""

    code: str
    name: str
    level: str
    path: str
    parent_code: str
    area_class: str
    lat: float | None
    lon: float | None
    coordinate_source: str


def area_rows(*, under: str = "/", levels: tuple[str, ...] = ()) -> tuple[AreaRow, ...]:
    """Return the areas below a path, in tree order."""
    rows = Area.objects.filter(path__startswith=under).select_related("parent")
    if levels:
        rows = rows.filter(level__in=levels)
    return tuple(area_row(area) for area in rows)


def area_row(area: Area) -> AreaRow:
    """Return an area, read with its parent, as pages show it."""
    return AreaRow(
        code=area.code,
        name=area.name,
        level=area.level,
        path=area.path,
        parent_code=area.parent.code if area.parent else "",
        area_class=area.area_class,
        lat=area.lat,
        lon=area.lon,
        coordinate_source=area.coordinate_source,
    )


_ABOVE_TOWNSHIPS = frozenset({Area.Level.PROVINCE, Area.Level.CITY, Area.Level.COUNTY})


@reference.Kept
def _areas() -> dict[str, Area]:
    return {area.code: area for area in Area.objects.select_related("parent")}


@reference.Kept
def _village_centres() -> list[tuple[GeoPoint, Area]]:
    return [
        (GeoPoint(area.lat, area.lon), area)
        for area in _areas().values()
        if area.level == Area.Level.VILLAGE and area.lat is not None and area.lon is not None
    ]


def village_points() -> tuple[GeoPoint, ...]:
    """Return where villages are, as far as that is known."""
    return tuple(point for point, _ in _village_centres())


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadTableRow:
    """The stored table of roads: since when, from whom, and why it may be old."""

    source: str
    asked_at: datetime
    failure: str
    made_at: datetime | None
    notes: str
    body: bytes


@reference.Kept
def road_table() -> RoadTableRow | None:
    """Return the stored table of roads, if a road server was ever asked."""
    row = RoadTable.objects.first()
    if row is None:
        return None
    return RoadTableRow(
        source=row.source,
        asked_at=row.asked_at,
        failure=row.failure,
        made_at=row.made_at,
        notes=row.notes,
        body=bytes(row.body),
    )


def area_of(code: str) -> Area | None:
    """Return the area with a code. It is shared: read it, never change it."""
    return _areas().get(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """A name that is no area of ours. `code` never is one of an area."""

    code: str
    name: str
    level: str
    aliases: tuple[str, ...]
    area: Area | None
    is_former: bool
    is_outside: bool


def known_names() -> tuple[KnownName, ...]:
    """Return names of old, of neighbours and of roads, which people use in their needs."""
    return tuple(_known_names().values())


@reference.Kept
def _known_names() -> dict[str, KnownName]:
    rows = PlaceName.objects.select_related("area__parent")
    found = (
        KnownName(
            code=f"name:{row.pk}",
            name=row.name,
            level=row.level,
            aliases=tuple(row.aliases),
            area=row.area,
            is_former=row.kind == PlaceName.Kind.FORMER,
            is_outside=row.kind == PlaceName.Kind.OUTSIDE,
        )
        for row in rows
    )
    return {name.code: name for name in found}


def area_named(code: str) -> Area | None:
    """Return the area with a code, or the one in which a road with that code lies."""
    name = _known_names().get(code)
    return name.area if name else area_of(code)


def county() -> Area | None:
    """Return the area that the installation serves: the smallest that holds all townships.

    What is above it, a province and a city, only says where it lies. It is shared: read it, never
    change it.
    """
    return _county()


@reference.Kept
def _county() -> Area | None:
    areas = sorted(_areas().values(), key=lambda area: area.path)
    served = next((area for area in areas if area.parent is None), None)
    while served is not None:
        parts = [area for area in areas if area.parent_id == served.pk]
        if len(parts) != 1 or parts[0].level not in _ABOVE_TOWNSHIPS:
            break
        served = parts[0]
    return served


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageChoice:
    """A village as a person picks it; `keys` are what he may type for it on a Latin keyboard."""

    code: str
    name: str
    keys: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TownChoice:
    """A township with its villages, for a grouped list."""

    code: str
    name: str
    keys: str
    villages: tuple[VillageChoice, ...]


@reference.Kept
def village_choices() -> tuple[TownChoice, ...]:
    """Return all villages by township, in tree order, with their pinyin."""
    areas = sorted(_areas().values(), key=lambda area: area.path)
    return tuple(
        TownChoice(
            code=town.code,
            name=town.name,
            keys=latin_keys(town.name),
            villages=tuple(
                VillageChoice(
                    code=area.code, name=spoken_name(area.name), keys=latin_keys(area.name)
                )
                for area in areas
                if area.level == Area.Level.VILLAGE and area.parent_id == town.pk
            ),
        )
        for town in areas
        if town.level == Area.Level.TOWNSHIP
    )


def spoken_name(name: str) -> str:
    """Return the name of a village without the committee that governs it: 余村村委会 is 余村村."""
    if name.endswith("社区居委会"):
        return name.removesuffix("居委会")
    return name.removesuffix("委会") if name.endswith("村委会") else name


def latin_keys(name: str) -> str:
    """Return the pinyin of a name, whole and by first letters: ``yucun yc``."""
    # Imported here: its dictionary takes a third of a second, and few processes ask for it.
    from pypinyin import lazy_pinyin  # noqa: PLC0415 (slow to import)

    syllables = lazy_pinyin(spoken_name(name))
    return f"{''.join(syllables)} {''.join(syllable[:1] for syllable in syllables)}".lower()


def nearest_village(point: GeoPoint, *, within_m: float) -> Area | None:
    """Return the village whose centre is nearest, or None if all are farther than `within_m`."""
    span = within_m / 90_000
    near = [
        (point.distance_m(centre), area.pk, area)
        for centre, area in _village_centres()
        if abs(centre.lat - point.lat) <= span and abs(centre.lon - point.lon) <= 1.3 * span
    ]
    distance, _, area = min(near, key=lambda row: row[:2], default=(within_m, 0, None))
    return area if distance <= within_m else None


def ancestors(area: Area) -> list[str]:
    """Return the paths of an area and everything above it, outermost first."""
    parts = area.path.strip("/").split("/")
    return ["/" + "/".join(parts[: i + 1]) + "/" for i in range(len(parts))]
