"""Task lists and ratings of the small town, for tests that need something to look at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.domain.appraisal.models import Duty, Round, RuleBook, TaskList
from dianliang.domain.branches.models import Branch, PostKind
from dianliang.domain.branches.operations import posts
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import now
from dianliang.flows.appraisal import lists, rounds, rulebooks
from dianliang.kernel.actor import Actor
from tests.core.test_files import photo
from tests.partyworld import Party
from tests.town import Town

DAY = timedelta(days=1)


@dataclass
class Appraisal:
    """The party-affairs side of a town that keeps lists and ratings."""

    party: Party

    @property
    def at(self) -> datetime:
        """Return the moment at which things are done."""
        return self.party.at

    def clerk(self, unit: str = "AJ") -> Actor:
        """Return the party-affairs clerk of a unit."""
        return self.party.clerk(unit)

    def post(self, branch: Branch, code: str, person: Person) -> None:
        """Let a person hold a post since half a year."""
        posts.appoint(
            branch=branch,
            kind=PostKind.objects.get(code=code),
            person=person,
            from_on=self.party.on - 180 * DAY,
            reason="换届",
            by=self.clerk(),
            at=self.at,
        )

    def book(self, starter: str, unit: str = "AJ", *, name: str = "") -> RuleBook:
        """Begin a rule from a sample and publish it."""
        book = rulebooks.begin(starter=starter, name=name, unit=unit, by=self.clerk(), at=self.at)
        rulebooks.enact(number=book.number, seen=0, by=self.clerk(), at=self.at)
        return book

    def task_list(self, unit: str = "AJ", *, on: date | None = None) -> TaskList:
        """Publish the month's list."""
        book = RuleBook.objects.filter(kind="tasks").first() or self.book("month")
        return lists.publish(
            book=book.number, unit=unit, on=on or self.party.on, by=self.clerk(), at=self.at
        )

    def round(
        self, starter: str, unit: str = "AJ", *, since: date, until: date, at: datetime
    ) -> Round:
        """Announce a round by a sample's rule."""
        book = self.book(starter, unit)
        return rounds.announce(
            book=book.number,
            title=f"{book.name}考评",
            unit=unit,
            since=since,
            until=until,
            by=self.clerk(),
            at=at,
        )

    def mark(self, held: Round, subject: str, points: int = 80) -> None:
        """Give the marks that no record shows."""
        for indicator in held.edition.indicators.filter(measure=""):
            rounds.mark(
                number=held.number,
                subject=subject,
                indicator=f"{indicator.position}",
                points=points,
                text="台账齐全",
                content=photo(),
                record="",
                by=self.clerk(),
                at=self.at,
            )


def appraised(town: Town) -> dict[str, dict[str, str]]:
    """Return what the address of each object about appraisals of station S1 needs."""
    party = Party(town, now(), serial=500)
    it = Appraisal(party)
    branch = Branch.objects.get(unit__code="S1P")
    person = party.person("考评人", "S1", branch)
    it.post(branch, "secretary", person)
    book = it.book("month", "S1")
    rulebooks.draft(number=book.number, by=it.clerk(), at=it.at)
    held = lists.publish(book=book.number, unit="S1", on=party.on, by=it.clerk(), at=it.at)
    duty = Duty.objects.get(task_list=held, person=person, title__startswith="讲党课")
    shown = lists.prove(
        number=duty.number, text="学习照片", content=photo(), record="", by=it.clerk(), at=it.at
    )
    assert shown.file is not None
    began = it.at - 60 * DAY
    going_on = it.round("three_branch", "S1", since=party.on, until=party.on + 30 * DAY, at=it.at)
    it.mark(going_on, "S1P")
    mark = going_on.marks.get()
    assert mark.file is not None
    over = it.round(
        "pioneer",
        "S1",
        since=party.on - 50 * DAY,
        until=party.on - DAY,
        at=began,
    )
    rounds.show(number=over.number, by=it.clerk(), at=it.at)
    appeal = rounds.appeal(
        number=over.number,
        subject="S1P",
        indicator="1",
        text="少算了一项任务",
        by=it.clerk(),
        at=it.at,
    )
    final = rounds.announce(
        book=over.edition.book.number,
        title="先锋支部（已公布）",
        unit="S1",
        since=party.on - 50 * DAY,
        until=party.on - DAY,
        by=it.clerk(),
        at=began,
    )
    rounds.show(number=final.number, by=it.clerk(), at=it.at)
    rounds.publish(number=final.number, by=it.clerk(), at=it.at + 10 * DAY)
    return {
        "task list": {"number": held.number, "verb": "hand_out"},
        "duty": {"number": duty.number, "verb": "cancel", "token": shown.file.token},
        "duty holder": {"number": person.number},
        "rule book": {"number": book.number, "verb": "drop"},
        "round": {"number": going_on.number, "verb": "cancel", "kind": "xlsx"},
        "appraised": {
            "number": going_on.number,
            "subject": "S1P",
            "verb": "appeal",
            "token": mark.file.token,
        },
        "appraised for good": {"number": final.number, "subject": "S1P", "kind": "pdf"},
        "rating appeal": {"number": appeal.number, "verb": "reject"},
    }
