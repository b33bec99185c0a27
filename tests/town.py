"""A small town with the real catalogue: two stations, water works, three dispatchers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dianliang.core.models import User
from dianliang.domain.catalog.models import Skill
from dianliang.domain.catalog.operations import load_calendar, load_catalogue
from dianliang.domain.directory.models import RoleAssignment, Unit
from dianliang.domain.intake.models import Need
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Certificate, Membership, Person, Team
from dianliang.flows import posting
from dianliang.kernel.actor import Actor, Role

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
PASSWORD = "p" * 16


@dataclass(repr=False)  # it grows with what tests stand on, and hypothesis would print it
class Town:
    """What the tests stand on."""

    units: dict[str, Unit]
    areas: dict[str, Area]
    teams: dict[str, Team]
    serial: int = 0

    def actor(self, code: str = "LM", role: Role = Role.DISPATCHER) -> Actor:
        """Return somebody who acts for a unit and all below it."""
        unit = self.units[code]
        return Actor(
            id=f"user:{code}",
            name=unit.name,
            role=role,
            unit_path=unit.path,
            unit_code=code,
            area_path="/",
        )

    def user(self, username: str, role: Role, code: str = "LM") -> User:
        """Open an account with one role."""
        user = User.objects.create_user(username, PASSWORD, display_name=username)
        RoleAssignment.objects.create(user=user, role=role, unit=self.units[code])
        return user

    def post(self, text: str = "余村村停电了", *, at: datetime = NOON, **asked: Any) -> Need:
        """Post a need through the front door and return it."""
        self.serial += 1
        kept = posting.post_need(
            asked=posting.Asked(text=text, **asked),
            key=f"key-{self.serial:016d}",
            follow_token=self.token(self.serial),
            at=at,
        )
        return Need.objects.get(number=kept["number"])

    def token(self, serial: int | None = None) -> str:
        """Return the follow link of the n-th need (the latest by default)."""
        return f"follow-token-{serial or self.serial:08d}"

    def team(self, code: str, unit: str, *skills: str, near: str = "V1") -> Team:
        """Staff a team of two with certificates."""
        place = self.areas[near]
        assert place.lat is not None
        assert place.lon is not None
        team = Team.objects.create(
            code=code,
            name=f"{code}队",
            unit=self.units[unit],
            base_lat=place.lat,
            base_lon=place.lon,
            shift_starts=time(8, 30),
            shift_ends=time(17, 30),
            calendar_token=f"calendar-{code}",
        )
        for number in range(2):
            person = Person.objects.create(
                number=f"{code}-{number}", name=f"{code}员{number}", unit=self.units[unit]
            )
            Membership.objects.create(
                team=team,
                person=person,
                is_captain=number == 0,
                valid_from=TODAY - timedelta(days=100),
            )
            for skill in skills:
                Certificate.objects.create(
                    person=person,
                    skill=Skill.objects.get(code=skill),
                    issued_on=TODAY - timedelta(days=100),
                    expires_on=TODAY + timedelta(days=300),
                )
        self.teams[code] = team
        return team


def build() -> Town:
    """Build the town."""
    load_catalogue()
    load_calendar(years=[2026])
    areas: dict[str, Area] = {}

    def area(
        code: str, name: str, level: str, above: str, kind: str, lat: float, lon: float
    ) -> None:
        parent = areas.get(above)
        areas[code] = Area.objects.create(
            code=code,
            name=name,
            level=level,
            parent=parent,
            area_class=kind,
            lat=lat,
            lon=lon,
            coordinate_source="generated",
            path=f"{parent.path if parent else '/'}{code}/",
        )

    area("C", "安吉县", "county", "", "rural", 30.63, 119.68)
    area("T1", "天荒坪镇", "township", "C", "rural", 30.50, 119.60)
    area("T2", "梅溪镇", "township", "C", "rural", 30.76, 119.75)
    area("V1", "余村村委会", "village", "T1", "rural", 30.51, 119.61)
    area("V2", "大溪村委会", "village", "T1", "remote", 30.46, 119.59)
    area("V3", "石龙村委会", "village", "T2", "city", 30.77, 119.76)
    units: dict[str, Unit] = {}

    def unit(code: str, name: str, kind: str, above: str, element: str, *serves: str) -> None:
        parent = units.get(above)
        units[code] = Unit.objects.create(
            code=code,
            name=name,
            kind=kind,
            element=element,
            parent=parent,
            path=f"{parent.path if parent else '/'}{code}/",
        )
        units[code].areas.set([areas[place] for place in serves])

    unit("LM", "要素联盟", "alliance", "", "general")
    unit("AJ", "供电公司", "company", "LM", "power", "C")
    unit("S1", "天荒坪供电所", "station", "AJ", "power", "T1")
    unit("S2", "梅溪供电所", "station", "AJ", "power", "T2")
    unit("WTR", "水务公司", "alliance", "LM", "water", "C")
    Site.objects.create(
        code="FW-001",
        name="余村电力服务站",
        kind="station",
        area=areas["V1"],
        lat=30.51,
        lon=119.61,
        address="文化礼堂旁",
        venue_type="village",
    )
    return Town(units, areas, {})
