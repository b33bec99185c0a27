"""Branches of the small town with what they do, for tests that need something to look at."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dianliang.domain.branches.models import Branch, Meeting, Pairing, Task, Topic
from dianliang.domain.branches.operations import register
from dianliang.domain.intake.models import Need
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import now
from dianliang.flows.branches import linking, meeting, registering, studying
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from tests.core.test_files import photo
from tests.town import Town

MONTH = timedelta(days=30)


@dataclass
class Party:
    """The party-affairs side of a town at a moment."""

    town: Town
    at: datetime
    serial: int = 0
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def on(self) -> date:
        """Return the day in Shanghai."""
        return self.at.astimezone(SHANGHAI).date()

    def clerk(self, unit: str = "AJ") -> Actor:
        """Return the party-affairs clerk of a unit."""
        return self.town.actor(unit, Role.PARTY_AFFAIRS)

    def branch(self, code: str, unit: str, *, needs: bool = False) -> Branch:
        """Found an ordinary branch."""
        asked = registering.Asked(
            code=code,
            name=f"{self.town.units[unit].name}党支部{code}",
            kind="ordinary",
            host_code=unit,
            purpose="",
            from_on=self.on - 24 * MONTH,
            until_on=None,
            needs_representative=needs,
        )
        return registering.found_branch(asked=asked, by=self.clerk(), at=self.at)

    def temporary(self, code: str = "TMP", unit: str = "S1", *, days: int = 60) -> Branch:
        """Found a temporary branch that ends in some days."""
        asked = registering.Asked(
            code=code,
            name="开关站建设临时党支部",
            kind="temporary",
            host_code=unit,
            purpose="余村东智能开关站建设",
            from_on=self.on - MONTH,
            until_on=self.on + timedelta(days=days),
            needs_representative=False,
        )
        return registering.found_branch(asked=asked, by=self.clerk(), at=self.at)

    def person(self, name: str, unit: str, branch: Branch | None = None) -> Person:
        """Employ a party member, perhaps in a branch."""
        self.serial += 1
        person = Person.objects.create(
            number=f"DY{self.serial:04d}",
            name=name,
            unit=self.town.units[unit],
            is_party_member=True,
        )
        if branch is not None:
            register.transfer(
                person=person,
                branch=branch,
                from_on=self.on - 12 * MONTH,
                reason="转正",
                by=self.clerk(),
                at=self.at,
            )
        self.people[name] = person
        return person

    def pairing(self, branch: Branch, *, other: str = "余村村党支部", **more: str) -> Pairing:
        """Prepare and sign a pairing with one planned step."""
        asked = linking.Asked(
            branch=branch.unit.code,
            mode=more.get("mode", "village"),
            other=other,
            goal="共建美丽乡村",
            from_on=self.on - 2 * MONTH,
            until_on=self.on + 10 * MONTH,
            plan=f"{self.on - MONTH} 联合主题党日",
            alliance=more.get("alliance", ""),
        )
        made = linking.prepare(asked=asked, by=self.clerk(), at=self.at)
        return linking.sign(number=made.number, by=self.clerk(), at=self.at)

    def meeting(self, unit: str = "S1", *, items: str = "夏季用电保障｜供电所") -> Meeting:
        """Hold a joint meeting with a village."""
        asked = meeting.Asked(
            title="站村联席会议",
            unit=unit,
            held_at=self.at - timedelta(days=3),
            place="余村村委会",
            chair="",
            parties="余村\n县农业农村局",
            people="",
            guests="余村 3 人",
            items=items,
        )
        made = meeting.call(asked=asked, by=self.clerk(), at=self.at)
        return meeting.hold(number=made.number, by=self.clerk(), at=self.at)

    def task(self, held: Meeting, person: Person, *, days: int = 20) -> Task:
        """Resolve something at a meeting and make a task of it."""
        made = meeting.resolve(
            number=held.number,
            item="1",
            text="七月底前完成台区增容",
            no_task_reason="",
            by=self.clerk(),
            at=self.at,
        )
        return meeting.assign(
            number=held.number,
            resolution=made.number,
            title="余村 2 号台区增容",
            person=person.number,
            due_on=self.on + timedelta(days=days),
            by=self.clerk(),
            at=self.at,
        )

    def topic(self, branch: Branch) -> Topic:
        """Take a topic on, led at each tier."""
        asked = studying.Asked(
            branch=branch.unit.code,
            title="台区线损治理",
            kind="topic",
            goal="线损率降到 2% 以内",
            measure="台区线损率",
            measure_unit="%",
            better="down",
            due_on=self.on + 6 * MONTH,
            leads={"coordinate": "AJ", "integrate": "AJ", "carry_out": "S1", "guide": "AJ"},
            people={},
        )
        return studying.propose(asked=asked, by=self.clerk(), at=self.at)


def party_objects(town: Town, need: Need) -> dict[str, dict[str, str]]:
    """Return what the address of each object about branches of station S1 needs."""
    party = Party(town, now())
    branch = party.branch("S1P", "S1")
    held = party.meeting()
    task = party.task(held, party.person("任务人", "S1", branch))
    shown = meeting.prove(
        number=task.number, text="现场照片", content=photo(), record="", by=party.clerk(), at=now()
    )
    assert shown.file is not None
    alliance = linking.set_up(
        branch="S1P",
        title="红立方",
        theme_words="优质服务",
        starts_on=party.on,
        by=party.clerk(),
        at=now(),
    )
    sent = linking.second(
        way="post",
        person=party.person("挂职人", "S1").number,
        branch="S1P",
        post="党支部副书记",
        from_on=party.on,
        until_on=party.on + MONTH,
        by=party.clerk(),
        at=now(),
    )
    return {
        "branch": {"code": "S1P", "verb": "dissolve"},
        "branch alliance": {"number": alliance.number, "verb": "stop"},
        "secondment": {"number": sent.number, "verb": "end"},
        "branch pairing": {"number": party.pairing(branch).number, "verb": "stop"},
        "meeting": {"number": held.number, "verb": "cancel", "kind": "pdf"},
        "meeting task": {"number": task.number, "verb": "cancel", "token": shown.file.token},
        "branch topic": {"number": party.topic(branch).number, "verb": "cancel"},
        "themed": {"kind": "need", "number": need.number},
    }
