"""A roster of station S1 with a turn that somebody offers, for tests of pages."""

from datetime import timedelta

from dianliang.domain.rosters.models import Roster, Shift, Swap, Turn
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import now
from tests.flows.rosters.watch import crew
from tests.town import NOON, Town


def roster_and_swap(town: Town) -> dict[str, dict[str, object]]:
    """Return the parts of addresses of a roster and of an exchange."""
    giver, taker = (Person.objects.get(number=number) for number in crew(town, 2))
    begins = now() + timedelta(days=1)
    roster = Roster.objects.create(
        number="ZB-1",
        title="值守",
        purpose="watch",
        unit=town.units["S1"],
        starts_at=begins,
        ends_at=begins + timedelta(hours=8),
        status="PUBLISHED",
        published_at=NOON,
        created_by="x",
        created_at=NOON,
    )
    roster.people.set([giver, taker])
    shift = Shift.objects.create(
        roster=roster, position=1, starts_at=roster.starts_at, ends_at=roster.ends_at
    )
    Turn.objects.create(shift=shift, person=giver, is_live=True)
    swap = Swap.objects.create(
        number="HB-1", shift=shift, giver=giver, taker=taker, reason="有事", asked_at=NOON
    )
    return {
        "roster": {"number": roster.number, "verb": "cancel", "shift": 1},
        "swap": {"number": roster.number, "swap": swap.number, "verb": "refuse"},
    }
