"""Talks, calls, honours, brands and appeals of the small town, for tests that look at them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

from django.http.response import HttpResponseBase

from dianliang.core.models import User
from dianliang.domain.branches.models import Branch, PostKind
from dianliang.domain.branches.operations import posts, register
from dianliang.domain.directory.models import RoleAssignment
from dianliang.domain.honours.models import Call, Nominee, Objection
from dianliang.domain.talks.models import Talk
from dianliang.domain.voices.models import Desk, Handler, Voice
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import now
from dianliang.flows.brands import keeping as brands
from dianliang.flows.honours import calling, joining
from dianliang.flows.honours import keeping as honours
from dianliang.flows.talks import leading
from dianliang.flows.voices import handling, mailbox
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from tests.core.test_files import photo
from tests.partyworld import Party
from tests.town import PASSWORD, Town

SAID = "他说家里老人住院，想调到离家近的班组"
APPEAL = "食堂的饭太咸，连着三个月没人管"
LETTER = "余村村停电了三天食堂没饭吃暗号紫罗兰"
"""Words of which everything that reads needs would make something: a place, an outage."""
SENDER = "轩辕寄信"
SEARCHED = "紫罗兰"
"""Words of the letter that are found nowhere else."""


@dataclass
class Honoured:
    """A town with accounts that belong to persons, at a moment."""

    town: Town
    at: datetime
    serial: int = 0

    @property
    def party(self) -> Party:
        """Return the party-affairs side of the town."""
        return Party(self.town, self.at, serial=500 + self.serial)

    @property
    def on(self) -> date:
        """Return the day in Shanghai."""
        return self.at.astimezone(SHANGHAI).date()

    def person(self, name: str, unit: str = "S1", *, member: bool = True) -> Person:
        """Employ somebody with an account."""
        self.serial += 1
        user = User.objects.create_user(f"u{self.serial}", PASSWORD, display_name=name)
        return Person.objects.create(
            number=f"HN{self.serial:04d}",
            name=name,
            unit=self.town.units[unit],
            is_party_member=member,
            user=user,
        )

    def actor(self, person: Person, role: Role = Role.STEWARD, unit: str = "") -> Actor:
        """Return somebody acting for himself; his account holds the role too."""
        home = self.town.units[unit] if unit else person.unit
        if person.user is not None:
            RoleAssignment.objects.get_or_create(user=person.user, role=role, unit=home)
        return Actor(
            id=f"user:{person.user.username if person.user else person.number}",
            name=person.name,
            role=role,
            unit_path=home.path,
            unit_code=home.code,
            area_path="/",
            person_number=person.number,
        )

    def clerk(self, unit: str = "AJ") -> Actor:
        """Return the party-affairs clerk of a unit."""
        return self.town.actor(unit, Role.PARTY_AFFAIRS)

    def led(self) -> tuple[Talk, Actor, Actor]:
        """Appoint a talk between a branch secretary and a member; return it with both."""
        party = self.party
        branch = party.branch(f"B{self.serial}", "S1")
        people = [self.person("书记甲"), self.person("党员乙")]
        for person in people:
            self.join(person, branch)
        leader = self.actor(people[0], Role.CAPTAIN)
        self.appoint(people[0], branch)
        asked = leading.Asked(
            person=people[1].number, occasion="hardship", purpose=SAID, planned_on=self.on
        )
        talk = leading.plan(asked=asked, by=leader, at=self.at)
        return talk, leader, self.actor(people[1])

    def join(self, person: Person, branch: Branch) -> None:
        """Put somebody into a branch."""
        register.transfer(
            person=person,
            branch=branch,
            from_on=self.on - timedelta(days=100),
            reason="转入",
            by=self.clerk(),
            at=self.at,
        )

    def appoint(self, person: Person, branch: Branch) -> None:
        """Make somebody secretary of a branch."""
        posts.appoint(
            branch=branch,
            kind=PostKind.objects.get(code="secretary"),
            person=person,
            from_on=self.on - timedelta(days=50),
            reason="选举",
            by=self.clerk(),
            at=self.at,
        )

    def asked_call(self, **more: object) -> calling.Asked:
        """Return the rules of a call with one category of two seats."""
        values = {
            "title": "年度黎明式员工",
            "unit": "S1",
            "level": "company",
            "rules": "在岗一年以上，群众公认。",
            "since": self.on - timedelta(days=300),
            "until": self.on,
            "nominate_until": self.on + timedelta(days=5),
            "vote_until": self.on + timedelta(days=10),
            "electorate": "staff",
            "quorum_percent": 50,
            "ties": "earlier",
            "notice_working_days": 3,
            "categories": "黎明式员工｜个人｜2",
        }
        return calling.Asked(**{**values, **more})

    def nominating(self, **more: object) -> Call:
        """Rule a call and open it for nominations."""
        made = calling.draft(asked=self.asked_call(**more), by=self.clerk("S1"), at=self.at)
        return calling.start(number=made.number, by=self.clerk("S1"), at=self.at)

    def nominate(self, call: Call, person: Person, by: Actor) -> Nominee:
        """Put somebody forward in the call's first category."""
        put = joining.Put(
            category=str(call.categories.get(position=1).pk),
            subject=person.number,
            words="任劳任怨",
        )
        return joining.nominate(number=call.number, put=put, by=by, at=self.at)

    def voting(
        self, *, voters: int = 6, stand: int = 3, **more: object
    ) -> tuple[Call, list[Nominee], list[Actor]]:
        """Bring a call to its vote; return it, who stands and who votes (as actors)."""
        people = [self.person(f"职工{number}") for number in range(voters)]
        actors = [self.actor(person) for person in people]
        call = self.nominating(**more)
        nominees = [self.nominate(call, person, actors[0]) for person in people[:stand]]
        for nominee in nominees:
            calling.examine(
                number=call.number,
                nominee=nominee.number,
                verb="pass",
                reason="",
                by=self.clerk("S1"),
                at=self.at,
            )
        over = self.at + timedelta(days=6)
        call = calling.take_votes(number=call.number, by=self.clerk("S1"), at=over)
        return call, nominees, actors

    def handler(self, unit: str = "S1") -> tuple[Desk, Actor]:
        """Open a desk with one named handler."""
        person = self.person("专办人")
        desk, _ = Desk.objects.get_or_create(unit=self.town.units[unit])
        Handler.objects.create(
            desk=desk, person=person, from_on=self.on - timedelta(days=3), named_by="x"
        )
        return desk, self.actor(person, Role.PARTY_AFFAIRS, unit)

    def interview(self, by: Actor, unit: str = "S1") -> Voice:
        """Write an interview down."""
        heard = handling.Heard(desk=unit, topic="life", words=APPEAL, name="丙某", contact="")
        return handling.interview(heard=heard, by=by, at=self.at)


def write_letter(desk: str, at: datetime) -> Voice:
    """Put a letter of an employee into the box of a desk."""
    written = mailbox.Written(
        desk=desk, topic="life", words=LETTER, name=SENDER, contact="19900001111"
    )
    token = "walk-token-00000001"
    return mailbox.write(written=written, key="w" * 20, token=token, admit=lambda: None, at=at)


def shown_of_letter(answer: HttpResponseBase, *, searched: bool = False) -> list[str]:
    """Return what an answer says of the letter; what was searched for may be repeated."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    told = body.decode("utf-8", "replace")
    kept_from = (LETTER, SENDER) if searched else (LETTER, SENDER, SEARCHED)
    return [words for words in kept_from if words in told]


def objects(town: Town) -> dict[str, dict[str, str]]:
    """Return what the address of each object of station S1 needs."""
    world = Honoured(town, now())
    clerk = world.clerk("S1")
    talk, _, _ = world.led()
    call, nominees, _ = world.voting()
    winner = world.person("获奖人")
    honour = honours.enter(
        asked=honours.Asked(
            title="五一劳动奖章",
            level="province",
            issuer="省总工会",
            on=world.on,
            holder="person",
            name=winner.number,
            photo=photo(),
        ),
        by=clerk,
        at=world.at,
    )
    brand = brands.create(
        asked=brands.Asked(
            name="电亮夕阳",
            slogan="一电就到家",
            kind="product",
            branch="",
            unit="S1",
            intro="为独居老人检查用电",
            since=world.on,
            photo=photo(),
        ),
        by=clerk,
        at=world.at,
    )
    _, handler = world.handler()
    objection = Objection.objects.create(
        number="PY-0001",
        nominee=nominees[0],
        words="不实",
        name="某",
        contact="19900000001",
        made_at=world.at,
    )
    return {
        "talk": {"number": talk.number, "verb": "cancel"},
        "call": {"number": call.number, "verb": "cancel"},
        "nominee": {"number": call.number, "part": nominees[0].number, "verb": "refuse"},
        "objection": {"number": call.number, "part": objection.number, "verb": "dismiss"},
        "own vote": {"number": call.number, "verb": "cast"},
        "honour": {"number": honour.number, "verb": "show"},
        "brand": {"number": brand.number, "verb": "drop"},
        "voice": {"number": world.interview(handler).number, "verb": "accept"},
    }
