"""The flood that is played: where customers and teams are, when it rains, what goes wrong. Pure.

Sizes are those of seed row 002-01 and 002-10: 184 teams, 5922 key customers, 47 pumping stations
that need a transformer, 120 shelters that need light. No county publishes its addresses: places are
drawn from a seed, seats of teams first, towns around them, customers around the towns. The weather
comes in three waves, each over another third of the ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians, sqrt
from random import Random

from dianliang.kernel.geo import GeoPoint

TEAMS, CUSTOMERS, SEATS, PUMPS, SHELTERS = 184, 5922, 101, 47, 120
"""The full size; a smaller exercise keeps the proportions."""
AREA_KM, APART_KM, TOWN_KM = (450.0, 350.0), 18.0, 9.0
MIDDLE = GeoPoint(32.9, 119.5)
KM_PER_DEGREE = 111.195
WAVES = 3
WAVE_EVERY = timedelta(hours=12)
WHAT = {"pump_station": "架设临时变压器", "shelter": "架设照明", "other": "排查保电"}
MINUTES = {"pump_station": 90, "shelter": 30, "other": 15}
SKILL = {"pump_station": "line", "shelter": "repair", "other": ""}
GEAR = {"pump_station": "TRF", "shelter": "LTW", "other": ""}
LEAST = {"pump_station": "400", "shelter": "", "other": ""}
GRADES = (("special", 0.08), ("first", 0.22), ("second", 0.70))
WELL_PLACED = 0.8
"""Share of the gear that was brought to where it is needed before the rain."""
SLOWEST_WORK, SLOWEST_WAY = 1.3, 1.25
"""Work and ways take up to so many times as long as planned, and may be quicker."""
URGENT, LOST, CUT, BROKEN = "urgent", "lost", "cut", "broken"
HAPPENINGS = (URGENT, LOST, CUT, BROKEN)
URGENT_MIN, URGENT_DUE_H, CUT_KM = 60, 2, 2.5


@dataclass(frozen=True, slots=True)
class Work:
    """What a key customer needs; `wave` is the rain that reaches it, `slow` how work turns out."""

    code: str
    at: GeoPoint
    seat: int
    grade: str
    kind: str
    wave: int
    slow: float

    @property
    def minutes(self) -> int:
        """Return how long it is planned to take."""
        return MINUTES.get(self.kind, URGENT_MIN)

    @property
    def skill(self) -> str:
        """Return what somebody of the team must have learnt, or nothing."""
        return SKILL.get(self.kind, "")

    @property
    def gear(self) -> str:
        """Return the kind of gear that is set up there, or nothing."""
        return GEAR.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Band:
    """A team: where it sets off, what its people have learnt."""

    code: str
    seat: int
    skills: frozenset[str]


@dataclass(frozen=True, slots=True)
class Gear:
    """A piece that is ready at a seat of teams."""

    code: str
    kind: str
    seat: int


@dataclass(frozen=True, slots=True)
class Happening:
    """What goes wrong at an instant, the same whoever dispatches; `what` says which is set."""

    at: datetime
    what: str
    urgent: Work | None = None
    team: str = ""
    spot: GeoPoint | None = None
    gear: str = ""

    @property
    def ring(self) -> tuple[GeoPoint, ...]:
        """Return the corners of the ground that nobody enters any more."""
        if self.spot is None:
            return ()
        return tuple(
            _moved(self.spot, x * CUT_KM, y * CUT_KM)
            for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        )

    def covers(self, place: GeoPoint) -> bool:
        """Tell whether a place lies on that ground."""
        if self.spot is None:
            return False
        corner, other = self.ring[0], self.ring[2]
        return corner.lat <= place.lat <= other.lat and corner.lon <= place.lon <= other.lon


@dataclass(frozen=True, slots=True)
class Flood:
    """All of it. `seats` are where teams gather; `rains` when each wave begins."""

    seed: int
    begin: datetime
    end: datetime
    seats: tuple[GeoPoint, ...]
    bands: tuple[Band, ...]
    works: tuple[Work, ...]
    gear: tuple[Gear, ...]
    rains: tuple[datetime, ...]
    happenings: tuple[Happening, ...]

    def seat_wave(self, seat: int) -> int:
        """Return which wave reaches the ground around a seat: they come from the west."""
        before = sum(other.lon < self.seats[seat].lon for other in self.seats)
        return before * WAVES // len(self.seats)


def draw(
    *, teams: int, customers: int, hours: int, happenings: int, seed: int, begin: datetime
) -> Flood:
    """Draw a flood; the same figures and seed give the same one."""
    rng = Random(seed)  # noqa: S311 (an exercise, not a secret)
    seats = _seats(rng, max(WAVES, round(teams * SEATS / TEAMS)))
    end = begin + timedelta(hours=hours)
    every = min(WAVE_EVERY, (end - begin) / WAVES)
    rains = tuple(begin + n * every for n in range(WAVES))
    bare = Flood(seed, begin, end, seats, (), (), (), rains, ())
    waves = [bare.seat_wave(seat) for seat in range(len(seats))]
    works = _works(rng, seats, waves, customers)
    bands = _bands(rng, len(seats), teams)
    gear = _gear(rng, works, len(seats))
    told = _happenings(rng, happenings, bare, bands=bands, works=works, gear=gear)
    return Flood(seed, begin, end, seats, bands, works, gear, rains, told)


def _moved(place: GeoPoint, east_km: float, north_km: float) -> GeoPoint:
    lat = place.lat + north_km / KM_PER_DEGREE
    return GeoPoint(lat, place.lon + east_km / (KM_PER_DEGREE * cos(radians(place.lat))))


def _seats(rng: Random, count: int) -> tuple[GeoPoint, ...]:
    """Draw seats that stand apart: of several places the one that is farthest from the others."""
    scale = sqrt(count / SEATS)
    found: list[GeoPoint] = []
    while len(found) < count:
        offers = [
            _moved(MIDDLE, *(scale * side * (rng.random() - 0.5) for side in AREA_KM))
            for _ in range(8)
        ]
        found.append(
            max(offers, key=lambda one: min((one.distance_m(o) for o in found), default=0.0))
        )
    return tuple(found)


def _works(
    rng: Random, seats: Sequence[GeoPoint], waves: Sequence[int], customers: int
) -> tuple[Work, ...]:
    weights = [rng.gammavariate(2.0, 1.0) for _ in seats]
    towns = [
        [_moved(seat, rng.gauss(0, TOWN_KM), rng.gauss(0, TOWN_KM)) for _ in range(4)]
        for seat in seats
    ]
    pumps = round(customers * PUMPS / CUSTOMERS) or 1
    lit = pumps + (round(customers * SHELTERS / CUSTOMERS) or 1)
    chosen = rng.sample(range(customers), lit)
    kinds = dict.fromkeys(chosen, "shelter") | dict.fromkeys(chosen[:pumps], "pump_station")
    found: list[Work] = []
    for number in range(customers):
        seat = rng.choices(range(len(seats)), weights)[0]
        near, km = (rng.choice(towns[seat]), 1.5) if rng.random() < 0.6 else (seats[seat], 10.0)
        kind = kinds.get(number, "other")
        grade = rng.choices([g for g, _ in GRADES], [share for _, share in GRADES])[0]
        if kind == "pump_station" and grade == "second":
            grade = "first"
        found.append(
            Work(
                code=f"ZY{number:05d}",
                at=_moved(near, rng.gauss(0, km), rng.gauss(0, km)),
                seat=seat,
                grade=grade,
                kind=kind,
                wave=waves[seat],
                slow=rng.uniform(0.8, SLOWEST_WORK),
            )
        )
    return tuple(found)


def _bands(rng: Random, seats: int, teams: int) -> tuple[Band, ...]:
    """Draw the teams: at each seat one that can set up transformers."""
    return tuple(
        Band(
            code=f"T{n:03d}",
            seat=n % seats,
            skills=frozenset(_skills(rng, is_first=n < seats)),
        )
        for n in range(teams)
    )


def _skills(rng: Random, *, is_first: bool) -> set[str]:
    found = {"line"} if is_first or rng.random() < 0.45 else set[str]()
    if rng.random() < 0.4:
        found.add("repair")
    return found


def _gear(rng: Random, works: Sequence[Work], seats: int) -> tuple[Gear, ...]:
    """Lay out a piece for each place that needs one, most of them where it is needed."""
    found: list[Gear] = []
    for work in works:
        if work.gear:
            seat = work.seat if rng.random() < WELL_PLACED else rng.randrange(seats)
            number = sum(piece.kind == work.gear for piece in found)
            found.append(Gear(code=f"{work.gear}{number:03d}", kind=work.gear, seat=seat))
    return tuple(found)


def _happenings(
    rng: Random,
    count: int,
    flood: Flood,
    *,
    bands: Sequence[Band],
    works: Sequence[Work],
    gear: Sequence[Gear],
) -> tuple[Happening, ...]:
    """Draw what goes wrong, each kind in turn, between the first rain and three quarters."""
    span = (flood.end - flood.begin) * 0.75
    moments = sorted(flood.begin + span * rng.uniform(0.06, 1.0) for _ in range(count))
    lost = iter(rng.sample(bands, len(bands)))
    broken = iter(rng.sample(gear, len(gear)))
    found: list[Happening] = []
    for n, at in enumerate(moments):
        what = HAPPENINGS[n % len(HAPPENINGS)]
        near = rng.choice([work for work in works if flood.rains[work.wave] <= at])
        spot = _moved(near.at, rng.gauss(0, 1), rng.gauss(0, 1))
        if what == URGENT:
            urgent = Work(
                code=f"JJ{n:03d}",
                at=spot,
                seat=near.seat,
                grade="special",
                kind=URGENT,
                wave=near.wave,
                slow=rng.uniform(0.8, SLOWEST_WORK),
            )
            found.append(Happening(at, what, urgent=urgent))
        elif what == LOST and (band := next(lost, None)):
            found.append(Happening(at, what, team=band.code))
        elif what == CUT:
            found.append(Happening(at, what, spot=spot))
        elif what == BROKEN and (piece := next(broken, None)):
            found.append(Happening(at, what, gear=piece.code))
    return tuple(found)
