"""A captain ticks off who comes, without a network: in order, once, and nothing lost."""

from datetime import timedelta

import pytest

from dianliang.domain.programs.models import Session, SessionAttendance, Signup
from dianliang.domain.programs.operations import sessions as operations
from dianliang.domain.programs.operations import signing
from dianliang.domain.programs.operations.sessions import Planned
from dianliang.flows import day_route, fieldwork
from dianliang.kernel.actor import SYSTEM
from tests.fieldworld import NOON, op

SPOT = {"lat": 30.612, "lon": 119.642, "accuracy": 12}


@pytest.fixture
def session(world):
    """A session of team XH that began two hours ago, with P2 and P4 on its list."""
    planned = Planned(
        title="护线巡查",
        kind="action",
        role="volunteer",
        unit=world.unit,
        team=world.teams[0],
        area=world.area,
        lat=30.612,
        lon=119.642,
        starts_at=NOON - timedelta(hours=2),
        ends_at=NOON + timedelta(hours=1),
    )
    then = NOON - timedelta(days=1)
    made = operations.plan(planned=planned, by=SYSTEM, at=then)
    operations.announce(session=made, by=SYSTEM, at=then)
    for number in ("P2", "P4"):
        person = world.people[number]
        signing.sign_up(session=made, person=person, channel="console", by=SYSTEM, at=then)
    operations.begin(session=made, by=SYSTEM, at=made.starts_at)
    return made


def send(world, *ops, number="P1", at=NOON):
    return [
        result.outcome.value for result in fieldwork.sync(list(ops), by=world.actor(number), at=at)
    ]


def test_the_captains_phone_holds_the_list_and_a_members_only_himself(world, session):
    def names(number):
        day = day_route.day(by=world.actor(number), at=NOON)
        return [[one.name for one in each.people] for each in day.sessions]

    assert names("P1") == [["余替补", "周电工"]]
    assert names("P2") == [["周电工"]]
    assert names("P3") == []


def test_what_was_ticked_off_offline_arrives_with_its_own_time_and_is_marked(world, session):
    came = op("a1", "attend", session.number, person="P2", minutes=-10, spot=SPOT)
    gone = op("a2", "go", session.number, person="P2", after="a1", minutes=100)

    assert send(world, came, gone) == ["applied", "applied"]
    assert send(world, gone, came) == ["already", "already"]

    row = SessionAttendance.objects.get()
    assert (row.way, row.checked_in_at) == ("captain", NOON - timedelta(minutes=130))
    assert row.checked_out_at == NOON - timedelta(minutes=20)
    assert row.doubts == ["no_code", "out_no_place"]


def test_two_phones_that_tick_off_the_same_person_make_one_line(world, session):
    first = op("a1", "attend", session.number, person="P2")
    own = op("b1", "attend", session.number, person="P2", minutes=5)

    assert send(world, first) == ["applied"]
    assert send(world, own, number="P2") == ["already"]
    assert SessionAttendance.objects.count() == 1


def test_one_who_is_refused_harms_nobody_else(world, session):
    signup = Signup.objects.get(person__number="P4")
    Session.objects.filter(pk=session.pk).update(status="ANNOUNCED")
    early = NOON - timedelta(hours=3)
    signing.withdraw(signup=signup, reason="", by=SYSTEM, at=early)
    Session.objects.filter(pk=session.pk).update(status="UNDER_WAY")

    left = op("a1", "attend", session.number, person="P4")
    came = op("a2", "attend", session.number, person="P2", after="a1")

    assert send(world, left, came) == ["refused", "applied"]


def test_a_member_ticks_off_nobody_but_himself_and_a_neighbour_nobody(world, session):
    other = op("a1", "attend", session.number, person="P4")
    own = op("a2", "attend", session.number, person="P2")
    theirs = op("a3", "attend", session.number, person="P2")

    assert send(world, other, own, number="P2") == ["refused", "applied"]
    assert send(world, theirs, number="P3") == ["refused"]


def test_what_comes_after_the_end_still_counts_for_the_time_it_was_done(world, session):
    ended = session.ends_at + timedelta(hours=5)
    operations.end(session=session, by=SYSTEM, at=session.ends_at)
    came = op("a1", "attend", session.number, person="P2", minutes=3)

    assert send(world, came, at=ended) == ["applied"]
