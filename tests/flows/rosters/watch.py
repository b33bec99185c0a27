"""A control room with five people, as tests of duty stand on it."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from dianliang.core import jobs as background
from dianliang.domain.rosters.models import Roster, Turn
from dianliang.domain.workforce.models import Person
from dianliang.flows.rosters import changing, making
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from tests.town import NOON, TODAY, Town

TOMORROW = datetime.combine(TODAY + timedelta(days=1), time(8), SHANGHAI)


def crew(town: Town, count: int = 5, *, unit: str = "S1") -> list[str]:
    """Hire people and return their numbers."""
    found = Person.objects.bulk_create(
        Person(number=f"Z{unit}{n}", name=f"值班员{unit}{n}", unit=town.units[unit])
        for n in range(count)
    )
    return [person.number for person in found]


def asked(people: list[str], *, days: int = 3, **changed: Any) -> making.Asked:
    """Ask for a watch round the clock from tomorrow morning."""
    whole = making.Asked(
        title="调控值守",
        purpose="watch",
        site_code="",
        starts_at=TOMORROW,
        ends_at=TOMORROW + timedelta(days=days),
        changes=(time(8), time(16), time(0)),
        size=1,
        skills={},
        rest_h=11,
        week_h=44,
        days_in_row=6,
        nights_in_row=3,
        people=people,
    )
    return replace(whole, **changed)


def made(town: Town, people: list[str] | None = None, **changed: Any) -> Roster:
    people = crew(town) if people is None else people
    return making.make(asked=asked(people, **changed), by=town.actor("S1"), at=NOON)


def arranged(town: Town, roster: Roster, *, at: datetime = NOON) -> Roster:
    """Let the background arrange it."""
    roster.refresh_from_db()
    making.arrange(number=roster.number, revision=roster.revision, by=town.actor("S1"), at=at)
    assert background.run_next(owner="test", clock=lambda: at)
    return Roster.objects.get(pk=roster.pk)


def published(town: Town, roster: Roster, *, because: str = "", at: datetime = NOON) -> Roster:
    roster.refresh_from_db()
    return changing.publish(
        number=roster.number,
        revision=roster.revision,
        because=because,
        by=town.actor("S1"),
        at=at,
    )


def person(town: Town, number: str, role: Role = Role.STEWARD) -> Actor:
    """Return somebody of the crew as he acts on his phone."""
    return replace(town.actor("S1", role), id=f"user:{number}", person_number=number)


def on(roster: Roster, *, live: bool = False) -> dict[int, list[str]]:
    """Return who is on each shift."""
    found: dict[int, list[str]] = {}
    turns = Turn.objects.filter(shift__roster=roster, **{"is_live" if live else "is_planned": True})
    for turn in turns.select_related("shift", "person").order_by("person__number"):
        found.setdefault(turn.shift.position, []).append(turn.person.number)
    return found
