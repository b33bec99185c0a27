"""Which power service station looks after which village (电力服务站, seed rows 001-08, 000-18).

A village says which station is its own; one that says nothing goes to the nearest.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dianliang.domain.insight.models import VillageProfile
from dianliang.domain.network import access
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.kernel.actor import Actor
from dianliang.kernel.geo import GeoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A village with the station that looks after it."""

    station: Site
    distance_m: float | None
    is_chosen: bool


def served_by(villages: Collection[Area]) -> Mapping[int, Served]:
    """Return the station of each village, as far as there is any. Two queries."""
    stations = list(Site.objects.filter(kind=Site.Kind.STATION).order_by("code"))
    by_id = {station.pk: station for station in stations}
    chosen = dict(
        VillageProfile.objects.filter(area__in=villages, station__in=by_id).values_list(
            "area_id", "station_id"
        )
    )
    found: dict[int, Served] = {}
    for village in villages:
        own = by_id.get(chosen.get(village.pk, 0))
        station = own or _nearest(village, stations)
        if station is not None:
            found[village.pk] = Served(
                station=station,
                distance_m=_distance_m(village, station),
                is_chosen=own is not None,
            )
    return found


def _nearest(village: Area, stations: list[Site]) -> Site | None:
    """Return the nearest station; the one in the village itself before any other."""
    inside = next((station for station in stations if station.area_id == village.pk), None)
    if inside is not None or village.lat is None:
        return inside
    return min(stations, key=lambda s: (_distance_m(village, s) or 0.0, s.code), default=None)


def _distance_m(village: Area, station: Site) -> float | None:
    if village.lat is None or village.lon is None:
        return None
    place = GeoPoint(village.lat, village.lon)
    return place.distance_m(GeoPoint(station.lat, station.lon))


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageOf:
    """A village in the care of a station."""

    code: str
    name: str
    distance_m: float | None
    is_chosen: bool
    households: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRow:
    """A station with the villages that it looks after."""

    code: str
    name: str
    address: str
    opening_hours: str
    unit_name: str
    lat: float
    lon: float
    villages: tuple[VillageOf, ...]

    @property
    def farthest_m(self) -> float:
        """Return how far the farthest of its villages is."""
        return max((village.distance_m or 0.0 for village in self.villages), default=0.0)


def stations(*, by: Actor) -> tuple[StationRow, ...]:
    """Return the stations that look after the actor's villages, each with those villages."""
    villages = list(access.villages_of(by))
    households = dict(
        VillageProfile.objects.filter(area__in=villages).values_list("area_id", "households")
    )
    served = served_by(villages)
    mine: dict[int, list[VillageOf]] = {}
    for village in villages:
        if village.pk in served:
            own = served[village.pk]
            mine.setdefault(own.station.pk, []).append(
                VillageOf(
                    code=village.code,
                    name=village.name,
                    distance_m=own.distance_m,
                    is_chosen=own.is_chosen,
                    households=households.get(village.pk),
                )
            )
    sites = Site.objects.filter(pk__in=mine).select_related("unit").order_by("code")
    return tuple(_row(site, mine[site.pk]) for site in sites)


def _row(site: Site, villages: list[VillageOf]) -> StationRow:
    return StationRow(
        code=site.code,
        name=site.name,
        address=site.address,
        opening_hours=site.opening_hours,
        unit_name=site.unit.name if site.unit else "",
        lat=site.lat,
        lon=site.lon,
        villages=tuple(sorted(villages, key=lambda v: (v.distance_m or 0.0, v.code))),
    )
