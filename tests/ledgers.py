"""A small world of people whose accounts the tests of the ledger fill."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger import operations
from dianliang.domain.ledger.models import Entry
from dianliang.domain.ledger.operations import Line, Source
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import SYSTEM, Actor, Role

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A unit with three people."""

    unit: Unit
    people: tuple[Person, ...]


def build(*, people: int = 3) -> Ledger:
    """Make a unit with people."""
    unit = Unit.objects.create(
        code="AJ01", name="余山供电所", kind=Unit.Kind.STATION, path="/AJ/AJ01/"
    )
    made = [
        Person.objects.create(number=f"P{n}", name=f"队员{n}", unit=unit) for n in range(people)
    ]
    return Ledger(unit, tuple(made))


def officer(name: str = "o1", *, person: str = "") -> Actor:
    """Return somebody of party affairs."""
    return Actor(
        id=name,
        name=f"党建专责{name}",
        role=Role.PARTY_AFFAIRS,
        unit_path="/",
        area_path="/",
        unit_code="AJ01",
        person_number=person,
    )


def give(
    person: Person,
    amount: int,
    *,
    book: str = "volunteer_points",
    on: date = TODAY,
    key: str = "",
    by: Actor = SYSTEM,
    team: str = "",
) -> Entry:
    """Enter that a person got something."""
    lines = (
        Line(operations.account(book, "person", person.number), amount, team, "AJ01"),
        Line(operations.account(book, "outside", "points"), -amount),
    )
    key = key or f"{book}/{person.number}/{on}/{amount}/{Entry.objects.count()}"
    return operations.post(
        book=book,
        lines=lines,
        source=Source("visit", "V-1"),
        on=on,
        words="走访",
        by=by,
        at=NOON,
        key=key,
    )
