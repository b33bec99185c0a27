"""Of two people who are one: points, turns, branches and targets, each counted once."""

from datetime import date, timedelta

import pytest

from dianliang.domain.branches.models import Attachment, Belonging
from dianliang.domain.branches.operations import register
from dianliang.domain.ledger import operations, queries, settling, verifying
from dianliang.domain.ledger.models import Award, Entry
from dianliang.domain.programs.models import Campaign, Target
from dianliang.domain.rosters.models import Roster, Shift, Turn
from dianliang.domain.workforce.models import Person
from dianliang.flows.staffing import merging
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import DomainError
from tests import ledgers
from tests.ledgers import LATER, give
from tests.partyworld import Party
from tests.staff import NOON, TODAY, person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def two(town):
    """Return the kept one and the one who goes."""
    return person(town, "P1"), person(town, "P2")


def merge(town, at=LATER):
    return merging.merge(
        kept_number="P1",
        gone_number="P2",
        take=(),
        reason="电话核实",
        by=town.actor("S1", Role.PARTY_AFFAIRS),
        at=at,
    )


def ledger_of(town, *people):
    return ledgers.Ledger(town.units["S1"], people)


def test_what_both_hold_is_handed_over_by_entries_and_the_books_balance(town, two):
    kept, gone = two
    give(kept, 5)
    given = give(gone, 7)
    give(gone, 60, book="volunteer_hours")

    merge(town)

    assert queries.holdings(book="volunteer_points") == {"P1": 12}
    assert queries.holdings(book="volunteer_hours") == {"P1": 60}
    moved = Entry.objects.filter(source_kind="merge", source_number="P2")
    assert moved.count() == 2
    operations.reverse(given.number, because="记错了人", by=SYSTEM, at=LATER)
    assert queries.holdings(book="volunteer_points") == {"P1": 5}
    assert verifying.verify().is_right


def test_a_record_that_gave_both_points_gives_them_once(town, two):
    kept, gone = two
    made = ledgers.settlement(ledger_of(town, kept, gone), per_person=1)
    first, second = made.awards.order_by("person__number")
    Award.objects.filter(pk=second.pk).update(source_number=first.source_number)
    settling.approve(settlement=made, by=ledgers.officer("o2"), at=NOON)
    Award.objects.update(points=5)
    settling.show(
        settlement=made, calendar=ledgers.WorkCalendar(), by=ledgers.officer("o2"), at=NOON
    )
    settling.enter(settlement=made, by=SYSTEM, at=LATER)
    assert queries.holdings(book="volunteer_points") == {"P1": 5, "P2": 5}

    merge(town)

    assert queries.holdings(book="volunteer_points") == {"P1": 5}
    assert list(Award.objects.values_list("person__number", "points")) == [("P1", 5)]
    assert verifying.verify().is_right


def test_two_turns_on_one_shift_are_one(town, two):
    roster = Roster.objects.create(
        number="ZB-1",
        title="值守",
        purpose="watch",
        unit=town.units["S1"],
        starts_at=NOON,
        ends_at=NOON + DAY,
        created_by="x",
        created_at=NOON,
    )
    shift = Shift.objects.create(roster=roster, position=1, starts_at=NOON, ends_at=NOON + DAY / 2)
    Turn.objects.create(shift=shift, person=two[0], is_planned=True)
    Turn.objects.create(shift=shift, person=two[1], is_planned=False, is_live=True)

    merge(town)

    turn = Turn.objects.get()
    assert (turn.person, turn.is_planned, turn.is_live) == (two[0], True, True)


def test_two_histories_of_branches_that_agree_become_one_and_others_are_refused(town, two):
    kept, gone = two
    Person.objects.filter(number__in=["P1", "P2"]).update(is_party_member=True)
    kept.refresh_from_db()
    gone.refresh_from_db()
    world = Party(town, NOON)
    one, other = world.branch("B1", "S1"), world.branch("B2", "S2")
    by = world.clerk()

    def enter(who, branch, days):
        register.transfer(
            person=who, branch=branch, from_on=TODAY - days * DAY, reason="转入", by=by, at=NOON
        )

    enter(kept, one, 300)
    enter(gone, one, 200)
    for who, first in ((kept, 100), (gone, 60)):
        Attachment.objects.create(
            branch=other, person=who, from_on=TODAY - first * DAY, until_on=TODAY - 30 * DAY
        )
    enter(gone, other, 50)
    with pytest.raises(DomainError, match="组织关系只能有一个"):
        merge(town)
    assert Person.objects.filter(number="P2").exists()
    enter(kept, other, 40)
    Belonging.objects.filter(person=kept, branch=other).update(from_on=TODAY - 50 * DAY)

    merge(town)

    told = Belonging.objects.filter(person=kept).order_by("from_on")
    assert [(row.branch, row.from_on) for row in told] == [
        (one, TODAY - 300 * DAY),
        (other, TODAY - 50 * DAY),
    ]
    attachment = Attachment.objects.get()
    assert (attachment.person, attachment.from_on) == (kept, TODAY - 100 * DAY)


def test_a_campaign_counts_him_once_and_what_is_done_stays_done(town, two):
    campaign = Campaign.objects.create(
        number="ZX-1",
        title="每人一件实事",
        source="people",
        action="办一件实事",
        unit=town.units["S1"],
        starts_on=date(2026, 11, 1),
        due_on=date(2026, 12, 1),
        created_by="x",
        created_at=NOON,
    )
    for number, (who, status) in enumerate(zip(two, ("OPEN", "DONE"), strict=True)):
        Target.objects.create(
            number=f"ZX-1-{number}",
            campaign=campaign,
            key=who.number,
            title=who.name,
            area=town.areas["V1"],
            unit=town.units["S1"],
            due_on=TODAY,
            person=who,
            status=status,
            done_at=NOON if status == "DONE" else None,
        )

    merge(town)

    target = Target.objects.get()
    assert (target.person, target.status) == (two[0], "DONE")
