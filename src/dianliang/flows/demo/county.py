"""The areas of the demo county, and the organisations, people and teams over them."""

import csv
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from random import Random

from django.db.models import prefetch_related_objects

from dianliang.domain.catalog.models import Element, Skill
from dianliang.domain.directory.models import RoutingRule, Unit
from dianliang.domain.directory.owners import Owner
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.keys import phone_key
from dianliang.domain.workforce.models import Certificate, GridWorker, Membership, Person, Team
from dianliang.flows.demo import words
from dianliang.flows.demo.logins import Login, open_accounts
from dianliang.flows.demo.sites import build_sites

DATA = Path(__file__).parent / "data" / "anji" / "areas.csv"
STEWARDS_PER_TEAM = 2
FIELD_TEAMS = 30
GRID_WORKERS = 114
"""网协员 recruited, seed row 001-04."""
VOLUNTEER_TEAMS, VOLUNTEERS = 8, 400
"""Seed row 000-07."""
ALLIANCE = (
    ("WTR", "安吉水务（演示）", Element.WATER),
    ("GAS", "安吉燃气（演示）", Element.GAS),
    ("BNK", "安吉农商银行（演示）", Element.BANK),
    ("TEL", "安吉通信（演示）", Element.TELECOM),
    ("PST", "安吉邮政（演示）", Element.POST),
)
STATION_NAMES = ("递铺", "昌硕", "灵峰", "孝丰", "梅溪", "天子湖", "天荒坪", "杭垓")
TEAM_SKILLS = (
    ("repair", "line", "meter"),
    ("repair", "inspect", "care"),
    ("meter", "business", "energy", "inspect"),
    ("care", "lecture", "inspect", "repair"),
)


@dataclass(frozen=True, slots=True)
class County:
    """The fixed part of the demo world."""

    areas: list[Area]
    villages: list[Area]
    company: Unit
    stations: list[Unit]
    alliance: dict[str, Unit]
    teams: list[Team]
    logins: tuple[Login, ...]


def serving(county: County, area: Area) -> Unit:
    """Return the station that serves an area, else the company."""
    for station in county.stations:
        if any(area.path.startswith(served.path) for served in station.areas.all()):
            return station
    return county.company


def build_county(*, rng: Random, today: date) -> County:
    """Write areas, units, people, teams and sites of the demo county."""
    areas = _areas()
    townships = [area for area in areas if area.level == Area.Level.TOWNSHIP]
    villages = [area for area in areas if area.level == Area.Level.VILLAGE]
    company, stations, alliance = _units(areas, townships)
    teams = _teams(rng, stations, alliance, villages, today=today)
    logins = open_accounts(company, stations, alliance, teams)
    prefetch_related_objects(stations, "areas")  # asked for each village of the county
    build_sites(rng, company, stations, villages)
    return County(areas, villages, company, stations, alliance, teams, logins)


def _areas() -> list[Area]:
    made: dict[str, Area] = {}
    above = None
    for code, name, level in (
        ("33", "浙江省", "province"),
        ("3305", "湖州市", "city"),
        ("330523", "安吉县", "county"),
    ):
        path = f"{above.path if above else '/'}{code}/"
        above = Area.objects.create(code=code, name=name, level=level, parent=above, path=path)
        made[code] = above
    with DATA.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            parent = made[row["parent"]]
            made[row["code"]] = Area.objects.create(
                code=row["code"],
                name=row["name"],
                level=row["level"],
                parent=parent,
                path=f"{parent.path}{row['code']}/",
                area_class=row["area_class"],
                lat=float(row["lat"]),
                lon=float(row["lon"]),
                coordinate_source=row["coordinate_source"],
            )
    return list(made.values())


def _units(areas: list[Area], townships: list[Area]) -> tuple[Unit, list[Unit], dict[str, Unit]]:
    county = next(area for area in areas if area.level == Area.Level.COUNTY)
    league = Unit.objects.create(
        code="LM",
        name="要素保障单位联盟（演示）",
        kind=Unit.Kind.ALLIANCE,
        element=Element.GENERAL,
        path="/LM/",
        is_generated=True,
    )
    company = Unit.objects.create(
        code="AJ",
        name="安吉县供电公司（演示）",
        kind=Unit.Kind.COMPANY,
        parent=league,
        path="/LM/AJ/",
        public_phone="95598",
        is_generated=True,
    )
    company.areas.set([county])
    stations = []
    for number, name in enumerate(STATION_NAMES):
        code = f"AJ{number + 1:02d}"
        station = Unit.objects.create(
            code=code,
            name=f"{name}供电所（演示）",
            kind=Unit.Kind.STATION,
            parent=company,
            path=f"/LM/AJ/{code}/",
            public_phone="95598",
            is_generated=True,
        )
        own = [town for town in townships if town.name.startswith(name)]
        station.areas.set(own)
        stations.append(station)
    left = [town for town in townships if not Unit.objects.filter(areas=town).exists()]
    for town in left:
        nearest = min(stations, key=lambda s: _gap(town, s))
        nearest.areas.add(town)
    alliance = {"LM": league}
    for code, name, element in ALLIANCE:
        unit = Unit.objects.create(
            code=code,
            name=name,
            kind=Unit.Kind.ALLIANCE,
            element=element,
            parent=league,
            path=f"/LM/{code}/",
            is_generated=True,
        )
        unit.areas.set([county])
        alliance[code] = unit
    RoutingRule.objects.create(service_code="PWR-SAVE", area=county, unit=company)
    RoutingRule.objects.create(service_code="PWR-PAUSE", area=county, unit=company)
    cables = RoutingRule.objects.create(
        service_code="PWR-HAZARD", area=county, owner=Owner.TELECOM, unit=alliance["TEL"]
    )
    cables.assisting.set([company])
    return company, stations, alliance


def _gap(town: Area, station: Unit) -> float:
    seat = station.areas.first()
    if seat is None or seat.lat is None or seat.lon is None or town.lat is None or town.lon is None:
        return 1e9
    return (seat.lat - town.lat) ** 2 + (seat.lon - town.lon) ** 2


def _teams(
    rng: Random,
    stations: list[Unit],
    alliance: dict[str, Unit],
    villages: list[Area],
    *,
    today: date,
) -> list[Team]:
    teams: list[Team] = []
    people: list[Person] = []
    members: list[tuple[Team, int, bool]] = []

    def person(unit: Unit, title: str) -> int:
        people.append(_person(rng, len(people) + 1, unit, title))
        return len(people) - 1

    for i in range(FIELD_TEAMS):
        station = stations[i % len(stations)]
        team = _team(
            rng,
            f"D{i + 1:02d}",
            f"{station.name[:2]}{'一二三四'[i // len(stations)]}队",
            station,
            villages,
        )
        teams.append(team)
        members += [(team, person(station, "电管家"), j == 0) for j in range(STEWARDS_PER_TEAM)]
    for code in ("WTR", "GAS", "TEL"):
        unit = alliance[code]
        team = _team(rng, f"L{code}", f"{unit.name[2:4]}服务队", unit, villages)
        teams.append(team)
        members += [(team, person(unit, "联盟队员"), j == 0) for j in range(2)]
    for i in range(VOLUNTEER_TEAMS):
        unit = stations[i % len(stations)]
        team = _team(rng, f"V{i + 1}", f"薪火志愿服务{i + 1}队", unit, villages, is_volunteer=True)
        each = VOLUNTEERS // VOLUNTEER_TEAMS
        members += [(team, person(unit, "志愿者"), j == 0) for j in range(each)]
    for i in range(GRID_WORKERS):
        person(stations[i % len(stations)], "网协员")
    stored = Person.objects.bulk_create(people)
    Membership.objects.bulk_create(
        Membership(
            team=team, person=stored[i], is_captain=captain, valid_from=today - timedelta(days=400)
        )
        for team, i, captain in members
    )
    _certificates(rng, stored, members, today=today)
    _grid_workers(rng, stored, villages, today=today)
    return teams


def _person(rng: Random, number: int, unit: Unit, title: str) -> Person:
    return Person(
        number=f"RY{number:05d}",
        name=words.name(rng),
        phone=words.phone(number),
        phone_index=phone_key(words.phone(number)),
        unit=unit,
        title=title,
        is_party_member=rng.random() < 0.4,
        is_generated=True,
    )


def _team(
    rng: Random,
    code: str,
    name: str,
    unit: Unit,
    villages: list[Area],
    *,
    is_volunteer: bool = False,
) -> Team:
    own = list(unit.areas.all())
    home = rng.choice(
        [v for v in villages if any(v.path.startswith(a.path) for a in own)] or villages
    )
    return Team.objects.create(
        code=code,
        name=name,
        unit=unit,
        base_lat=home.lat or 30.6,
        base_lon=home.lon or 119.6,
        shift_starts=time(8, 30),
        shift_ends=time(17, 30),
        overtime_max_min=rng.choice([0, 0, 60]),
        gear={"梯子": 1, "灯具": rng.choice([0, 4])},
        calendar_token=f"{rng.getrandbits(120):030x}",
        is_volunteer=is_volunteer,
        is_generated=True,
    )


def _certificates(
    rng: Random, people: list[Person], members: list[tuple[Team, int, bool]], *, today: date
) -> None:
    skills = {skill.code: skill for skill in Skill.objects.all()}
    own = {"WTR": ("water",), "GAS": ("gas",), "TEL": ("telecom",)}
    rows: list[Certificate] = []
    for team, i, _ in members:
        if team.is_volunteer:
            codes: tuple[str, ...] = ("volunteer", "lecture") if i % 5 == 0 else ("volunteer",)
        elif team.code.startswith("L"):
            codes = own[team.code[1:]]
        else:
            # Teams go round the stations: the shift gives the teams of one station other skills.
            place = int(team.code[1:]) - 1
            codes = TEAM_SKILLS[(place + place // len(STATION_NAMES)) % len(TEAM_SKILLS)]
        rows += [_certificate(rng, people[i], skills[code], today) for code in codes]
    rows += [
        _certificate(rng, person, skills["grid"], today, oldest_days=1110)
        for person in people
        if person.title == "网协员"
    ]
    Certificate.objects.bulk_create(rows)


def _grid_workers(rng: Random, people: list[Person], villages: list[Area], *, today: date) -> None:
    """Lead most of them onto a cell of their station; a few are still on the way."""
    free = {village.pk: village for village in villages}
    rows = []
    for place, person in enumerate(p for p in people if p.title == "网协员"):
        recruited = today - timedelta(days=rng.randint(740, 900))
        worker = GridWorker(person=person, recruited_on=recruited)
        rows.append(worker)
        if place < 4:
            continue
        worker.status, worker.trained_on, worker.training_h = "TRAINED", recruited, 16
        if place < 10:
            continue
        worker.status = "CERTIFIED"
        served = [area.path for area in person.unit.areas.all()]
        own = [v for v in free.values() if any(v.path.startswith(path) for path in served)]
        if place >= 16 and own:
            worker.area = free.pop(rng.choice(own).pk)
            worker.status, worker.placed_on = "PLACED", recruited + timedelta(days=30)
    GridWorker.objects.bulk_create(rows)
    Certificate.objects.filter(person__grid_worker__status__in=["RECRUITED", "TRAINED"]).delete()


def _certificate(
    rng: Random, person: Person, skill: Skill, today: date, *, oldest_days: int = 700
) -> Certificate:
    issued = today - timedelta(days=rng.randint(30, oldest_days))
    return Certificate(
        person=person,
        skill=skill,
        number=f"{skill.code.upper()}-{person.number[2:]}",
        issued_on=issued,
        expires_on=issued + timedelta(days=1096),
    )
