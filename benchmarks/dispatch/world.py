"""The flood of seed 002 as records: key customers, teams with people, gear on requests.

Where they are is drawn as for ``benchmarks.routing`` (`cases.flood`); kinds say who needs what:
47 pumping stations a transformer, 120 shelters a light tower, in proportion when it is smaller.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from benchmarks.routing.cases import flood
from dianliang.kernel.calendar import SHANGHAI

BEGIN = datetime(2026, 7, 7, 6, 0, tzinfo=SHANGHAI)
GRADES = {60_000.0: "special", 20_000.0: "first", 8_000.0: "second", 4_000.0: "second"}
PEOPLE = 4
GEAR = (("TRF", 47, "400"), ("LTW", 120, ""))


def fill(*, teams: int, customers: int) -> tuple[Any, Any]:
    """Write the world; return the commander and the number of the incident."""
    from tests import town as builder

    from dianliang.domain.territory.models import Area
    from dianliang.kernel.actor import Role

    town = builder.build()
    problem = flood(customers=customers, teams=teams, bases=max(3, teams * 101 // 184))
    town.user("bench", Role.COMMANDER, "AJ")
    above = town.areas["T1"]
    seats = sorted({team.shifts[0].start for team in problem.teams}, key=lambda p: (p.lat, p.lon))
    villages = Area.objects.bulk_create(
        Area(
            code=f"BV{n}",
            name=f"{n}号村",
            level="village",
            parent=above,
            path=f"{above.path}BV{n}/",
            area_class="rural",
            lat=seat.lat,
            lon=seat.lon,
            coordinate_source="generated",
        )
        for n, seat in enumerate(seats)
    )
    by = town.actor("AJ", Role.COMMANDER)
    customers_of(town, problem, villages)
    crews_of(town, problem)
    number = incident_of(town, by)
    gear_of(town, problem, number)
    return by, number


def customers_of(town: Any, problem: Any, villages: list[Any]) -> None:
    """Write the key customers; none is near a village of its own, which costs nothing here."""
    from dianliang.domain.catalog.models import Checklist
    from dianliang.domain.key_customers.models import KeyCustomer

    checklist = Checklist.objects.first()
    kinds = {"transformer": "pump_station", "light": "shelter"}
    KeyCustomer.objects.bulk_create(
        (
            KeyCustomer(
                number=f"ZY{n:05d}",
                name=f"第 {n} 号重要客户",
                grade=GRADES[job.value],
                kind=kinds.get(next(iter(job.gear), ""), "other"),
                unit=town.units["AJ"],
                area=villages[n % len(villages)],
                lat=job.at.lat,
                lon=job.at.lon,
                checklist=checklist,
            )
            for n, job in enumerate(problem.jobs)
        ),
        batch_size=500,
    )


def crews_of(town: Any, problem: Any) -> None:
    """Write the teams, four people each, with the certificates that the draw gave them."""
    from dianliang.domain.catalog.models import Skill
    from dianliang.domain.workforce.models import Certificate, Membership, Person, Team

    since, until = date(2026, 1, 1), date(2027, 1, 1)
    skills = {"hv": Skill.objects.get(code="line"), "light": Skill.objects.get(code="repair")}
    rows = Team.objects.bulk_create(
        Team(
            code=f"T{n:03d}",
            name=f"第{n}突击队",
            unit=town.units["AJ"],
            base_lat=team.shifts[0].start.lat,
            base_lon=team.shifts[0].start.lon,
            shift_starts=time(8),
            shift_ends=time(17),
            lunch_min=0,
            calendar_token=f"bench-{n}",
        )
        for n, team in enumerate(problem.teams)
    )
    people = Person.objects.bulk_create(
        Person(number=f"{team.code}-{n}", name=f"{team.code}员{n}", unit=team.unit)
        for team in rows
        for n in range(PEOPLE)
    )
    Membership.objects.bulk_create(
        Membership(
            team=rows[n // PEOPLE], person=person, is_captain=not n % PEOPLE, valid_from=since
        )
        for n, person in enumerate(people)
    )
    Certificate.objects.bulk_create(
        Certificate(person=person, skill=skills[code], issued_on=since, expires_on=until)
        for n, person in enumerate(people)
        for code in sorted(problem.teams[n // PEOPLE].skills & skills.keys())
    )


def incident_of(town: Any, by: Any) -> str:
    """Open the incident over the county and put every team to it."""
    from dianliang.domain.incidents.models import Incident
    from dianliang.domain.workforce.models import Person, Team
    from dianliang.flows.incidents import leading, opening

    asked = opening.Asked(
        title="防汛抢险",
        kind="flood",
        is_drill=False,
        level="1",
        because="水位超警戒",
        unit="AJ",
        area_codes=["T1"],
        villages="",
        shapes="",
        commander=Person.objects.values_list("number", flat=True).order_by("number")[0],
        alert="",
    )
    at = BEGIN - timedelta(hours=1)
    incident = opening.open_incident(asked=asked, by=by, at=at)
    leading.assign(
        number=incident.number,
        teams=list(Team.objects.values_list("code", flat=True)),
        rosters=[],
        revision=Incident.objects.get(pk=incident.pk).revision,
        by=by,
        at=at,
    )
    return str(incident.number)


def gear_of(town: Any, problem: Any, number: str) -> None:
    """Put the gear on requests of the incident, spread over the places where teams gather."""
    from dianliang.domain.incidents.models import Incident
    from dianliang.domain.mobilisation.models import Assignment, ResourceRequest
    from dianliang.domain.resources.models import Resource, ResourceKind, Store

    unit, at = town.units["AJ"], BEGIN - timedelta(hours=1)
    store = Store.objects.create(code="CK", name="物资库", unit=unit, lat=33.0, lon=120.0)
    incident = Incident.objects.get(number=number)
    for code, count, least in GEAR:
        kind = ResourceKind.objects.get(code=code)
        pieces = round(count * len(problem.jobs) / 5922) or 1
        for n in range(pieces):
            seat = problem.teams[n % len(problem.teams)].shifts[0].start
            piece = Resource.objects.create(
                number=f"{code}{n:03d}",
                kind=kind,
                name=kind.name,
                capacity=float(least) if least else None,
                unit=unit,
                holder=unit,
                store=store,
                place=store.name,
                lat=seat.lat,
                lon=seat.lon,
                located_at=at,
                status="FREE",
                since_at=at,
                created_by="bench",
                created_at=at,
            )
            request = ResourceRequest.objects.create(
                number=f"DP-{code}{n}",
                incident=incident,
                what="gear",
                kind=kind,
                quantity=1,
                unit=unit,
                purpose="bench",
                place=f"{n}号集结点",
                lat=seat.lat,
                lon=seat.lon,
                needed_by_at=at + timedelta(hours=1),
                until_at=at + timedelta(days=4),
                status="ASSIGNED",
                since_at=at,
                asked_by="bench",
                asked_at=at,
            )
            Assignment.objects.create(
                request=request,
                resource=piece,
                distance_km=0,
                assigned_by="bench",
                assigned_at=at,
            )
