"""Charging stations of the county: which villages lack one within reach, and where to build next.

Places are villages with the households that their transformers feed; sites are the stations that
the register of bases and sites holds (充电站), and the centres of villages as candidates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

from django.db.models import Sum

from dianliang.domain.network import access
from dianliang.domain.network.models import Transformer
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.engines.covering import Outcome, Params
from dianliang.flows.energy.reach import Limits, Next, Reach, Spot, reach
from dianliang.kernel.actor import Actor
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

EFFORT = 5.0
CANDIDATE = "+"
"""Begins the id of a candidate: the centre of a village."""
MOST_NEW = 20
OUTCOME_WORDS = {
    Outcome.COVERED: Phrase("已有站点覆盖"),
    Outcome.NEWLY: Phrase("新建后覆盖"),
    Outcome.LEFT_OUT: Phrase("范围外"),
    Outcome.OUT_OF_REACH: Phrase("范围外，候选也到不了"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageRow:
    """A village: how far it is to the nearest station by road, now and with the new ones."""

    code: str
    name: str
    town_code: str
    town_name: str
    households: int
    lat: float
    lon: float
    before_km: float | None
    after_km: float | None
    outcome: Outcome
    nearest: str

    @property
    def words(self) -> Phrase:
        """Say what becomes of it."""
        return OUTCOME_WORDS[self.outcome]

    @property
    def lacks(self) -> bool:
        """Tell whether no station is within reach today."""
        return self.outcome is not Outcome.COVERED


@dataclass(frozen=True, slots=True, kw_only=True)
class TownRow:
    """A township: how many of its villages and households have a station within reach."""

    code: str
    name: str
    villages: int
    lacking: int
    households: int
    reached: int
    stations: int

    @property
    def share(self) -> float:
        """Return the share of households within reach."""
        return self.reached / self.households if self.households else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRow:
    """A station that is there, or the next to build."""

    code: str
    name: str
    lat: float
    lon: float
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachPage:
    """Coverage as it is and as it could be; households are those of the actor's villages."""

    villages: tuple[VillageRow, ...]
    towns: tuple[TownRow, ...]
    stations: tuple[StationRow, ...]
    next: tuple[Next, ...]
    total: int
    before: int
    after: int
    is_proven: bool
    unplaced: int

    @property
    def open_count(self) -> int:
        """Return how many stations are there."""
        return sum(one.is_open for one in self.stations)

    @property
    def new_count(self) -> int:
        """Return how many new stations are proposed."""
        return len(self.stations) - self.open_count

    @property
    def before_share(self) -> float:
        """Return the share of households within reach today."""
        return self.before / self.total if self.total else 0.0

    @property
    def after_share(self) -> float:
        """Return the share of households within reach with the new stations."""
        return self.after / self.total if self.total else 0.0


def page(limits: Limits, *, cost_cny: float, by: Actor) -> ReachPage:
    """Return who has a station within reach and where the next ones do most. Five queries.

    Raises:
        UnusableInputError: a limit cannot be, or there is no village with a position.
    """
    known = list(access.villages_of(by).select_related("parent").order_by("path"))
    places = [area for area in known if area.lat is not None and area.lon is not None]
    households = _households(places)
    stations = list(
        Site.objects.filter(kind=Site.Kind.CHARGING, closed_on=None)
        .select_related("area")
        .order_by("code")
    )
    villages = [
        Spot(id=area.code, name=area.name, at=_at(area), weight=households.get(area.pk, 1))
        for area in places
    ]
    built = [
        Spot(id=one.code, name=one.name, at=GeoPoint(one.lat, one.lon), is_open=True)
        for one in stations
    ]
    new = [replace(one, id=f"{CANDIDATE}{one.id}", weight=1, cost_cny=cost_cny) for one in villages]
    found = reach(villages, [*built, *new], limits, Params(effort=EFFORT))
    rows = tuple(_row(area, spot, found) for area, spot in zip(places, villages, strict=True))
    opened = {one.id for one in found.next}
    return ReachPage(
        villages=tuple(
            sorted(rows, key=lambda row: (not row.lacks, -(row.before_km or 1e9), row.code))
        ),
        towns=_towns(rows, stations),
        stations=(
            *(_station(one, is_open=True) for one in built),
            *(_station(one, is_open=False) for one in new if one.id in opened),
        ),
        next=tuple(replace(one, id=one.id.removeprefix(CANDIDATE)) for one in found.next),
        total=found.choice.total,
        before=found.choice.before,
        after=found.choice.covered,
        is_proven=found.choice.is_proven,
        unplaced=len(known) - len(places),
    )


def _at(area: Area) -> GeoPoint:
    return GeoPoint(area.lat or 0.0, area.lon or 0.0)


def _households(places: Sequence[Area]) -> dict[int, int]:
    """Return the households by village; its grid cells count with it. Two queries."""
    homes = access.with_cells(area.pk for area in places)
    sums = (
        Transformer.objects.filter(area_id__in=homes, retired_on=None)
        .order_by()
        .values_list("area_id")
        .annotate(n=Sum("households"))
    )
    found: dict[int, int] = {}
    for area_id, count in sums:
        found[homes[area_id]] = found.get(homes[area_id], 0) + (count or 0)
    return {pk: max(1, count) for pk, count in found.items()}


def _row(area: Area, spot: Spot, found: Reach) -> VillageRow:
    town = area.parent
    return VillageRow(
        code=area.code,
        name=area.name,
        town_code=town.code if town else "",
        town_name=town.name if town else "",
        households=spot.weight,
        lat=spot.at.lat,
        lon=spot.at.lon,
        before_km=_km(found.before_km[area.code]),
        after_km=_km(found.after_km[area.code]),
        outcome=found.outcome[area.code],
        nearest=found.nearest[area.code],
    )


def _km(value: float) -> float | None:
    return value if isfinite(value) else None


def _towns(rows: Sequence[VillageRow], stations: Sequence[Site]) -> tuple[TownRow, ...]:
    found = []
    for code in dict.fromkeys(row.town_code for row in rows):
        own = [row for row in rows if row.town_code == code]
        found.append(
            TownRow(
                code=code,
                name=own[0].town_name,
                villages=len(own),
                lacking=sum(row.lacks for row in own),
                households=sum(row.households for row in own),
                reached=sum(row.households for row in own if not row.lacks),
                stations=sum(f"/{code}/" in one.area.path for one in stations),
            )
        )
    return tuple(sorted(found, key=lambda town: (town.share, town.code)))


def _station(spot: Spot, *, is_open: bool) -> StationRow:
    return StationRow(
        code=spot.id.removeprefix(CANDIDATE),
        name=spot.name,
        lat=spot.at.lat,
        lon=spot.at.lon,
        is_open=is_open,
    )
