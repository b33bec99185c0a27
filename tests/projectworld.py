"""A grid project of station S1 in the town: planned, led, and on its way."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from dianliang.domain.grid_projects.models import Issue, Project
from dianliang.domain.workforce.models import Person
from dianliang.flows.grid_projects import issues, keeping
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from tests.core.test_files import photo
from tests.town import NOON, TODAY, Town

BEGAN = TODAY - timedelta(days=100)
"""When the project of the town begins by its plan."""


def noon(on: date) -> datetime:
    """Return twelve o'clock of a day."""
    return datetime.combine(on, time(12), SHANGHAI)


class Works:
    """Who plans, who confirms, and what they do with a project."""

    def __init__(self, town: Town, unit: str = "S1") -> None:
        self.town = town
        self.desk = town.actor(unit)
        self.second: Actor = replace(self.desk, id="user:second", name="第二人")

    def opened(self, *, kind: str = "renewal", name: str = "余村线改造", area: str = "V1") -> str:
        """Take a project in."""
        voltage = "110kV" if kind == "substation" else "10kV"
        asked = keeping.Asked(name=name, kind=kind, voltage=voltage, areas=(area,))
        return keeping.open_project(asked=asked, by=self.desk, at=noon(BEGAN)).number

    def planned(self, number: str, *, began: date = BEGAN, **moved: int) -> None:
        """Give it a plan by the template; `moved` shifts single steps by days."""
        days = dict(keeping.suggested_days(number=number, starts_on=began, by=self.desk))
        for code, more in moved.items():
            days[code] += timedelta(days=more)
        self.propose(number, days, began)
        keeping.decide(number=number, verb="confirm", reason="", by=self.second, at=noon(began))

    def propose(self, number: str, days: dict[str, date], began: date = BEGAN) -> None:
        """Propose a plan."""
        keeping.propose(
            number=number, starts_on=began, days=days, reason="第一版", by=self.desk, at=noon(began)
        )

    def approved(self, number: str) -> None:
        """Have a planned project approved."""
        keeping.move(number=number, verb="approve", reason="", by=self.desk, at=noon(BEGAN))

    def reach(self, number: str, code: str, on: date) -> None:
        """Write down when a milestone was reached."""
        keeping.reach(number=number, code=code, on=on, by=self.desk, at=noon(on))

    def running(self, number: str | None = None) -> str:
        """Plan a project and have it approved."""
        number = number or self.opened()
        self.planned(number)
        self.approved(number)
        return number

    def report(self, number: str, *, at: datetime = NOON, **asked: Any) -> Issue:
        """Report an issue of a project."""
        told = {"kind": "trees", "area": "V1", "words": "毛竹补偿没有谈妥", "unit": "", **asked}
        found = issues.Found(**told)
        return issues.report(project_number=number, found=found, by=self.desk, at=at)

    def act(
        self, issue: Issue, verb: str, words: str = "", *, at: datetime = NOON, by: Any = None
    ) -> Issue:
        """Do one thing with an issue."""
        return issues.act(
            number=issue.number, verb=verb, words=words, content=None, by=by or self.desk, at=at
        )

    def seat(
        self, number: str, person: Person | None = None, *, from_on: date = BEGAN, **asked: str
    ) -> None:
        """Take somebody into the task force."""
        told = {"post": "leader", "unit": "", "organisation": "", **asked}
        who = person.number if person else ""
        keeping.seat(number=number, person=who, from_on=from_on, by=self.desk, at=NOON, **told)


def objects(town: Town) -> dict[str, dict[str, Any]]:
    """Return a project of S1 whose second plan waits, and an issue with a photo."""
    works = Works(town)
    number = works.running()
    works.seat(number, organisation="天荒坪镇 副镇长", unit="S1")
    days = dict(keeping.suggested_days(number=number, starts_on=BEGAN, by=works.desk))
    works.propose(number, days)
    issue = works.report(number, photo=photo())
    file = issue.notes.select_related("file").get().file
    assert file is not None
    return {
        "grid project": {"number": number, "kind": "pdf", "code": "survey", "verb": "forecast"},
        "grid plan": {"number": number, "verb": "confirm"},
        "grid move": {"number": number, "verb": "pause"},
        "local issue": {"number": issue.number, "token": file.token, "verb": "accept"},
        "task force": {"number": number},
        "own issue": {"number": issue.number},
    }


def project_of(number: str) -> Project:
    """Return a project as it is stored."""
    return Project.objects.get(number=number)
