"""One person of two rows across all rooms: one activity, one duty, one account, no record lost."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from dianliang.domain.ledger import operations as books
from dianliang.domain.ledger import queries
from dianliang.domain.ledger.operations import OwnBenefitError
from dianliang.domain.programs.models import Activity, Participation, PresenceDay, PresenceDuty
from dianliang.domain.venues.models import Keeper, Site
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce import merging as workforce_merging
from dianliang.domain.workforce.merging import UnableToMergeError
from dianliang.domain.workforce.models import Person, PersonMerge
from dianliang.flows.staffing import doings, merging
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import DomainError, InvalidInputError, NotVisibleError
from tests import town as town_builder
from tests.flows.staffing.test_teams import visit
from tests.staff import DAY, NOON, TODAY, member, person


def merge(town, kept="P1", gone="P2", *take, by=None, reason="电话核实"):
    return merging.merge(
        kept_number=kept,
        gone_number=gone,
        take=take,
        reason=reason,
        by=by or town.actor("S1"),
        at=NOON,
    )


@pytest.mark.django_db
def test_both_took_part_in_one_activity_and_count_once(town):
    kept, gone = person(town, "P1"), person(town, "P2")
    team = town.team("V1", "S1")
    for n, people in enumerate(((kept, gone), (gone,))):
        activity = Activity.objects.create(
            number=f"XD{n}",
            title="义诊",
            team=team,
            area=town.areas["V1"],
            started_at=NOON,
            ended_at=NOON + timedelta(hours=2),
            recorded_by="x",
        )
        for who in people:
            Participation.objects.create(activity=activity, person=who)
    done = visit(town, team, 1, status="DONE")
    Visit.objects.filter(pk=done.pk).update(done_by=gone)
    with pytest.raises(UnableToMergeError, match=r"“参与”中的.*冲突"):
        workforce_merging.merge(
            kept=kept,
            gone=gone,
            take=(),
            reason="没有合并办法",
            folds=(),
            by=town.actor("S1"),
            at=NOON,
        )
    assert Person.objects.filter(number="P2").exists()
    moved, blocked = merging.tried(kept_number="P1", gone_number="P2", by=town.actor("S1"), at=NOON)
    assert (moved["参与"], moved["上门"], blocked) == (1, 1, "")
    assert Participation.objects.filter(person=gone).count() == 2

    merge(town)

    told = doings.doings("P1")
    assert (told.activities, told.visits, Participation.objects.count()) == (2, 1, 2)


@pytest.mark.django_db
def test_what_somebody_had_in_the_books_and_answered_for_is_his_under_either_number(town):
    person(town, "P1"), person(town, "P2")
    site = Site.objects.create(
        code="ZD", name="基地", kind="station", area=town.areas["V1"], lat=30.5, lon=119.6
    )
    Keeper.objects.create(
        site=site,
        from_on=TODAY,
        person_number="P2",
        reason="聘任",
        decided_at=NOON,
        decided_by="x",
    )
    book = "volunteer_hours"
    given = books.post(
        book=book,
        lines=(
            books.Line(books.account(book, "person", "P2"), 90),
            books.Line(books.account(book, "outside", "verified"), -90),
        ),
        source=books.Source("hours", "SC-1"),
        on=TODAY,
        words="宣讲",
        by=town.actor("S1"),
        at=NOON,
        key="hours/SC-1",
    )

    def held(number):
        return queries.balance(book=book, holder_kind="person", holder_code=number)

    with pytest.raises(OwnBenefitError):
        merge(town, by=replace(town.actor("S1"), person_number="P1"))
    assert (held("P1"), held("P2"), Person.objects.filter(number="P2").count()) == (0, 90, 1)
    merge(town)

    assert (held("P1"), held("P2")) == (90, 0)
    assert Keeper.objects.get().person_number == "P1"
    books.reverse(given.number, because="记错了", by=town.actor("S1"), at=NOON)
    assert (held("P1"), held("P2")) == (0, 0)


@pytest.mark.django_db
def test_two_duties_at_one_service_point_become_one_with_all_its_days(town):
    kept, gone = person(town, "P1"), person(town, "P2")
    site = Site.objects.get()
    days = {}
    for who, since in ((kept, -10), (gone, -30)):
        duty = PresenceDuty.objects.create(
            person=who, site=site, kind="liaison", valid_from=TODAY + since * DAY
        )
        days[who.number] = duty
    PresenceDay.objects.create(duty=days["P1"], on=TODAY, is_planned=True)
    seen = {"checked_in_at": NOON, "lat": 30.5, "lon": 119.6, "accuracy_m": 5, "away_m": 9}
    PresenceDay.objects.create(duty=days["P2"], on=TODAY, is_planned=True, **seen)
    PresenceDay.objects.create(duty=days["P2"], on=TODAY - DAY, is_planned=True)

    merge(town)

    duty = PresenceDuty.objects.get()
    assert (duty.person, duty.valid_from) == (kept, TODAY - 30 * DAY)
    rows = duty.days.order_by("on")
    assert [(day.on, day.checked_in_at) for day in rows] == [(TODAY - DAY, None), (TODAY, NOON)]


@pytest.mark.django_db
def test_whoever_reaches_only_one_of_the_two_merges_neither(town):
    person(town, "P1")
    person(town, "P2", unit="S2")

    for by in (town.actor("S1"), town.actor("S2"), town.actor("AJ", Role.COMMANDER)):
        with pytest.raises(NotVisibleError):
            merge(town, by=by)
    with pytest.raises(InvalidInputError, match="认定依据"):
        merge(town, by=town.actor("AJ"), reason=" ")
    with pytest.raises(UnableToMergeError, match="重新选择"):
        merge(town, "P1", "P2", "is_superuser", by=town.actor("AJ"))
    merge(town, by=town.actor("AJ"))
    assert Person.objects.get().unit == town.units["S1"]


@pytest.mark.django_db(transaction=True)
def test_of_four_who_merge_crosswise_at_once_one_wins_and_one_person_is_left(transactional_db):
    town = town_builder.build()
    team = town.team("D1", "S1")
    for number in ("P1", "P2"):
        member(team, person(town, number), since=-9)
    outcomes = at_once(*[lambda: merge(town), lambda: merge(town, "P2", "P1")] * 2)

    assert sum(outcome is None for outcome in outcomes) == 1
    assert all(outcome is None or isinstance(outcome, DomainError) for outcome in outcomes)
    left = Person.objects.get(number__startswith="P")
    assert left.memberships.count() == 1
    assert PersonMerge.objects.get().person == left


def at_once(*acts):
    """Do several things in threads that start together; return what each raised, or None."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        gate.wait()
        try:
            act()
        except DomainError as refusal:
            outcomes[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
