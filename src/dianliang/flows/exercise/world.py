"""The drawn flood as records of an installation: areas, teams, key customers, gear, an incident."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from dianliang.core.models import User
from dianliang.domain.catalog.models import Checklist, Skill
from dianliang.domain.catalog.operations import load_calendar, load_catalogue
from dianliang.domain.directory.models import RoleAssignment, Unit
from dianliang.domain.incidents.models import Incident
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.mobilisation.models import Assignment, ResourceRequest
from dianliang.domain.resources.models import Resource, ResourceKind, Store
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Certificate, Membership, Person, Team
from dianliang.flows.demo.logins import PASSWORD
from dianliang.flows.exercise.scenario import LEAST, WAVES, Flood
from dianliang.flows.incidents import leading, opening
from dianliang.kernel.actor import Actor, Role

PEOPLE = 4
UNIT, WRITER = "YL", "exercise"
ACCOUNTS = (("commander", "指挥长", Role.COMMANDER), ("admin", "管理员", Role.ADMINISTRATOR))
WAVE_NAMES = ("西片", "中片", "东片")


@dataclass(frozen=True, slots=True)
class World:
    """What the exercise acts on: the incident's number and who leads it."""

    number: str
    by: Actor


def is_foreign() -> bool:
    """Tell whether the installation holds anything but an exercise: a unit, or somebody's account.

    An installation that was only just set up has an administrator and nothing else.
    """
    others = User.objects.filter(is_generated=False)
    return others.exists() or Unit.objects.exclude(code=UNIT).exists()


def is_played() -> bool:
    """Tell whether an exercise lies in the installation already."""
    return Unit.objects.filter(code=UNIT).exists()


@transaction.atomic
def build(flood: Flood) -> World:
    """Write all of it into an empty installation."""
    load_catalogue()
    load_calendar(years=[flood.begin.year])
    villages = _areas(flood)
    unit = _unit(villages)
    teams = _teams(flood, unit)
    _customers(flood, unit, villages)
    by = Actor(
        id="user:commander",
        name="指挥长",
        role=Role.COMMANDER,
        unit_path=unit.path,
        unit_code=unit.code,
        area_path="/",
    )
    incident = _incident(flood, unit, by)
    leading.assign(
        number=incident.number,
        teams=[team.code for team in teams],
        rosters=[],
        revision=incident.revision,
        by=by,
        at=_before(flood),
    )
    _gear(flood, unit, incident)
    return World(number=incident.number, by=by)


def wave_code(wave: int) -> str:
    """Return the code of the ground that a wave reaches."""
    return f"YL{wave + 1}"


def _before(flood: Flood) -> datetime:
    return flood.begin - timedelta(hours=1)


def _areas(flood: Flood) -> list[Area]:
    """Write a county, its three thirds, and a village for each seat of teams."""
    county = Area.objects.create(
        code="YL", name="演练区域", level="county", path="/YL/", area_class="rural"
    )
    thirds = [
        Area.objects.create(
            code=wave_code(wave),
            name=f"演练{WAVE_NAMES[wave]}",
            level="township",
            parent=county,
            path=f"/YL/{wave_code(wave)}/",
            area_class="rural",
        )
        for wave in range(WAVES)
    ]
    above = [thirds[flood.seat_wave(seat)] for seat in range(len(flood.seats))]
    return Area.objects.bulk_create(
        Area(
            code=f"YLV{n}",
            name=f"{n}号集结村",
            level="village",
            parent=above[n],
            path=f"{above[n].path}YLV{n}/",
            area_class="rural",
            lat=seat.lat,
            lon=seat.lon,
            coordinate_source="generated",
        )
        for n, seat in enumerate(flood.seats)
    )


def _unit(villages: list[Area]) -> Unit:
    unit = Unit.objects.create(
        code=UNIT,
        name="供电公司（演练）",
        kind=Unit.Kind.COMPANY,
        path=f"/{UNIT}/",
        is_generated=True,
    )
    unit.areas.set(Area.objects.filter(code="YL"))
    secret = make_password(PASSWORD)
    for username, shown, role in ACCOUNTS:
        user = User.objects.create(
            username=username,
            display_name=shown,
            password=secret,
            is_staff=role is Role.ADMINISTRATOR,
            is_superuser=role is Role.ADMINISTRATOR,
            is_generated=True,
        )
        RoleAssignment.objects.create(user=user, role=role, unit=unit)
    return unit


def _teams(flood: Flood, unit: Unit) -> list[Team]:
    """Write the teams, four people each, the captain with the certificates that were drawn."""
    since, until = date(flood.begin.year, 1, 1), date(flood.begin.year + 1, 1, 1)
    skills = {skill.code: skill for skill in Skill.objects.filter(code__in=["line", "repair"])}
    teams = Team.objects.bulk_create(
        Team(
            code=band.code,
            name=f"{band.code} 突击队",
            unit=unit,
            base_lat=flood.seats[band.seat].lat,
            base_lon=flood.seats[band.seat].lon,
            shift_starts=time(8),
            shift_ends=time(17),
            lunch_min=0,
            calendar_token=f"exercise-{band.code}",
        )
        for band in flood.bands
    )
    people = Person.objects.bulk_create(
        Person(number=f"{team.code}-{n}", name=f"{team.code} 队员{n}", unit=unit)
        for team in teams
        for n in range(PEOPLE)
    )
    Membership.objects.bulk_create(
        Membership(
            team=teams[n // PEOPLE], person=person, is_captain=not n % PEOPLE, valid_from=since
        )
        for n, person in enumerate(people)
    )
    Certificate.objects.bulk_create(
        Certificate(person=person, skill=skills[code], issued_on=since, expires_on=until)
        for n, person in enumerate(people)
        for code in sorted(flood.bands[n // PEOPLE].skills)
    )
    return teams


def _customers(flood: Flood, unit: Unit, villages: list[Area]) -> None:
    """Write the key customers, each named by its number."""
    checklist = Checklist.objects.first()
    KeyCustomer.objects.bulk_create(
        (
            KeyCustomer(
                number=work.code,
                name=work.code,
                grade=work.grade,
                kind=work.kind,
                unit=unit,
                area=villages[work.seat],
                lat=work.at.lat,
                lon=work.at.lon,
                checklist=checklist,
            )
            for work in flood.works
        ),
        batch_size=500,
    )


def _incident(flood: Flood, unit: Unit, by: Actor) -> Incident:
    commander = Person.objects.order_by("number").values_list("number", flat=True)[0]
    asked = opening.Asked(
        title="防汛抢险演练",
        kind="flood",
        is_drill=True,
        level="1",
        because="演练：水位超警戒",
        unit=unit.code,
        area_codes=[wave_code(0)],
        villages="",
        shapes="",
        commander=commander,
        alert="",
    )
    made = opening.open_incident(asked=asked, by=by, at=_before(flood))
    return Incident.objects.get(pk=made.pk)


def _gear(flood: Flood, unit: Unit, incident: Incident) -> None:
    """Put every piece on a request of the incident, ready at its seat."""
    at = _before(flood)
    kinds = {kind.code: kind for kind in ResourceKind.objects.all()}
    least = {"TRF": float(LEAST["pump_station"])}
    middle = flood.seats[0]
    store = Store.objects.create(
        code="YLCK", name="演练物资库", unit=unit, lat=middle.lat, lon=middle.lon
    )
    for number, piece in enumerate(flood.gear):
        seat = flood.seats[piece.seat]
        resource = Resource.objects.create(
            number=piece.code,
            kind=kinds[piece.kind],
            name=kinds[piece.kind].name,
            capacity=least.get(piece.kind),
            unit=unit,
            holder=unit,
            store=store,
            place=store.name,
            lat=seat.lat,
            lon=seat.lon,
            located_at=at,
            status="FREE",
            since_at=at,
            created_by=WRITER,
            created_at=at,
        )
        request = ResourceRequest.objects.create(
            number=f"YLQ-{number:04d}",
            incident=incident,
            what="gear",
            kind=kinds[piece.kind],
            quantity=1,
            unit=unit,
            purpose="防汛抢险演练",
            place=f"{piece.seat}号集结村",
            lat=seat.lat,
            lon=seat.lon,
            needed_by_at=flood.begin,
            until_at=flood.end,
            status="ASSIGNED",
            since_at=at,
            asked_by=WRITER,
            asked_at=at,
        )
        Assignment.objects.create(
            request=request,
            resource=resource,
            distance_km=0,
            assigned_by=WRITER,
            assigned_at=at,
        )
