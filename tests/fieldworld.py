"""A small station with two teams, their people, and visits on one day."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from dianliang.core.models import User
from dianliang.domain.catalog.models import Element, Skill
from dianliang.domain.customers.models import Customer
from dianliang.domain.directory.models import RoleAssignment, Unit
from dianliang.domain.intake.models import Need, NeedJob, Participant
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Certificate, Membership, Person, Team
from dianliang.flows import identity
from dianliang.kernel.actor import Actor, Role

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
VILLAGES = [
    ("孝源街道", 30.612, 119.642),
    ("皈山场村", 30.587, 119.668),
    ("尚书圩村", 30.634, 119.611),
]
STOPS = [(30.628, 119.655), (30.601, 119.661), (30.592, 119.630), (30.617, 119.618)]
CHECKLIST = ["核对停电范围", "验电", "告知原因"]


@dataclass
class World:
    """What the tests stand on. `teams[0]` is ours, `teams[1]` the neighbours'."""

    unit: Unit
    area: Area
    skill: Skill
    today: date = TODAY
    at: datetime = NOON
    teams: list[Team] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    serial: int = 0

    def actor(self, number: str) -> Actor:
        """Return the account of a person, as a request would."""
        user = self.people[number].user
        actor = identity.actor_of(user, on=self.today)
        assert actor is not None
        return actor

    def person(self, number, name, team, *, role, skills=("repair",), is_captain=False):
        """Hire somebody with an account, a role and certificates."""
        user = User.objects.create_user(number.lower(), "p" * 16, display_name=name)
        person = Person.objects.create(
            number=number, name=name, phone="19900000000", unit=self.unit, user=user, title="电管家"
        )
        if role:
            RoleAssignment.objects.create(user=user, role=role, unit=self.unit)
        if team:
            Membership.objects.create(
                team=team,
                person=person,
                is_captain=is_captain,
                valid_from=self.today - timedelta(days=300),
            )
        for code in skills:
            skill, _ = Skill.objects.get_or_create(code=code, defaults={"name": "抢修"})
            self.certify(person, skill, until=self.today + timedelta(days=200))
        self.people[number] = person
        return person

    def certify(self, person, skill, *, until):
        """Give a person a certificate."""
        return Certificate.objects.create(
            person=person, skill=skill, issued_on=self.today - timedelta(days=400), expires_on=until
        )

    def visit(
        self, *, team=0, job=None, on=None, need=None, skill=None, status="SCHEDULED", **job_fields
    ):
        """Publish a visit of a new job for a team, in the next hour of its day."""
        self.serial += 1
        n = self.serial
        lat, lon = STOPS[(n - 1) % len(STOPS)]
        job = job or Job.objects.create(
            number=f"GD{self.today:%y%m%d}-{n:04d}",
            skill=skill,
            area=self.area,
            lat=lat,
            lon=lon,
            unit=self.unit,
            status="SCHEDULED",
            opened_at=self.at - timedelta(days=1),
            due_at=self.at + timedelta(hours=n),
            **{
                "title": f"第{n}户停电报修",
                "duration_min": 40,
                "checklist": CHECKLIST,
                "address": f"皈山场村{n}组{n}号",
                **job_fields,
            },
        )
        if need:
            NeedJob.objects.create(need=need, job=job, element="power")
        start = self.at - timedelta(hours=3) + timedelta(minutes=75 * n)
        return Visit.objects.create(
            number=f"SM{self.today:%y%m%d}-{n:04d}",
            job=job,
            team=self.teams[team],
            on=on or self.today,
            sequence=n,
            arrive_at=start,
            depart_at=start + timedelta(minutes=40),
            status=status,
        )

    def need(
        self, *, status="ACCEPTED", phone="13800138000", text="家里突然没电了，老人一个人在家"
    ):
        """Receive a need of a resident."""
        self.serial += 1
        n = self.serial
        need = Need.objects.create(
            number=f"XQ{self.today:%y%m%d}-{n:04d}",
            channel="portal",
            text=text,
            area=self.area,
            place_source="village",
            unit=self.unit,
            status=status,
            received_at=self.at,
            response_due_at=self.at,
            due_at=self.at + timedelta(days=1),
        )
        Participant.objects.create(
            need=need,
            token_hash=f"{n:064d}",
            name="王春花",
            phone=phone,
            is_first=True,
            joined_at=self.at,
        )
        return need

    def special_customer(self):
        """Add an old person who lives alone, with a word that opens the door."""
        return Customer.objects.create(
            number="KH1",
            kind="resident",
            name="李奶奶",
            phone="13900139000",
            area=self.area,
            special_kind="elderly_alone",
            special_level=2,
            visit_password="春暖花开",
        )


def build(*, today=TODAY, at=NOON) -> World:
    """Build the station: captain P1, steward P2, substitute P4 of 薪火队, and P3 of 连心桥队."""
    county = Area.objects.create(code="330523", name="安吉县", level="county", path="/330523/")
    for place, (name, lat, lon) in enumerate(VILLAGES):
        Area.objects.create(
            code=f"33052300{place}",
            name=name,
            level="village" if place else "township",
            parent=county,
            path=f"/330523/{place}/",
            lat=lat,
            lon=lon,
            coordinate_source="generated",
        )
    unit = Unit.objects.create(
        code="AJ01",
        name="孝源供电服务站",
        kind=Unit.Kind.STATION,
        element=Element.POWER,
        path="/AJ/AJ01/",
        public_phone="95598",
    )
    skill = Skill.objects.create(code="repair", name="抢修")
    world = World(unit=unit, area=county, skill=skill, today=today, at=at)
    for code, name in (("XH", "薪火队"), ("LX", "连心桥队")):
        team = Team.objects.create(
            code=code,
            name=name,
            unit=unit,
            base_lat=30.6205,
            base_lon=119.647,
            shift_starts=time(8, 30),
            shift_ends=time(17, 30),
            calendar_token=code,
        )
        world.teams.append(team)
    ours, theirs = world.teams
    world.person("P1", "章队长", ours, role=Role.CAPTAIN, is_captain=True)
    world.person("P2", "周电工", ours, role=Role.STEWARD)
    world.person("P3", "郎邻队", theirs, role=Role.STEWARD)
    world.person("P4", "余替补", None, role=Role.STEWARD)
    world.person("P9", "外单位", None, role=None)
    return world


def op(key, verb, number, *, after="", minutes=0, at=NOON, **body):
    """Write an operation as a phone would send it."""
    happened = at - timedelta(hours=2) + timedelta(minutes=minutes)
    return {
        "key": key.ljust(8, "_"),
        "verb": verb,
        "number": number,
        "after": after.ljust(8, "_") if after else "",
        "device_at": happened.isoformat(),
        "body": body,
    }


def ticked():
    """Fill in the checklist."""
    return [{"item": item, "ok": True, "note": ""} for item in CHECKLIST]
