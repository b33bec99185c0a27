"""Points follow from the records of every room, open them, and follow their corrections."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dianliang.domain.branches.models import Meeting, Task, Topic
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.hours.operations import posting
from dianliang.domain.intake.models import Participant, Rating
from dianliang.domain.ledger import queries, redeeming, rules, verifying
from dianliang.domain.ledger.models import Award, Entry
from dianliang.domain.programs.models import Course, Enrolment, Session, Signup
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Person
from dianliang.flows import handling, hours_desk
from dianliang.flows.ledgers import deeds, earning, points, records
from dianliang.kernel.actor import SYSTEM, Role
from tests import hours, ledgers
from tests.ledgers import in_force, officer
from tests.partyworld import Party
from tests.sessions import session_of
from tests.town import NOON

pytestmark = pytest.mark.django_db
AFTER = hours.AFTER_NOTICE
SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 28)


@pytest.fixture
def party(town):
    return town.actor("AJ", Role.PARTY_AFFAIRS)


def rule(basis, value=3, *, book="volunteer_points", members_only=False, **more):
    name = f"{basis} {value}"
    made = rules.add(
        book=book, basis=basis, name=name, members_only=members_only, by=officer(), at=NOON
    )
    return in_force(made, value, **more)


def settle(party, book="volunteer_points"):
    return earning.settle(
        book=book, unit_code="AJ", since=SINCE, until=UNTIL, by=party, at=AFTER + timedelta(hours=9)
    )


def entered(party, book="volunteer_points"):
    made = settle(party, book)
    at = AFTER + timedelta(hours=10)
    points.act(number=made.number, verb="approve", by=party, at=at)
    points.act(number=made.number, verb="show", by=party, at=at)
    earning.enter_due(at=at + timedelta(days=7))
    return made


def gains(made):
    rows = Award.objects.filter(settlement=made).order_by("source_kind", "person__number")
    return list(rows.values_list("person__number", "source_kind", "source_number", "points"))


def test_only_published_hours_earn_and_verified_ones_earn_as_such(town, party):
    rule("hours", 2, per=60)
    rule("verified", 1, per=30)
    shown = hours.taken(town, minutes=120)
    by_hand = hours.declared(town, "P2", minutes=60)
    hours.taken(town, "P3", minutes=600)
    hours.published(town, shown, by_hand)

    assert gains(settle(party)) == [
        ("P1", "hours", shown.number, 4),
        ("P1", "hours", shown.number, 4),
        ("P2", "hours", by_hand.number, 2),
    ]


def test_a_corrected_hour_corrects_its_points_by_a_counter_entry(town, party):
    rule("hours", 2, per=60)
    record = hours.taken(town, minutes=240)
    hours.published(town, record)
    made = entered(party)
    assert queries.holdings(book="volunteer_points") == {"P1": 8}
    later = AFTER + timedelta(days=12)

    hours_desk.correct(
        number=record.number,
        span=hours_desk.Span(on=date(2026, 11, 20), starts="09:00", ends="10:00"),
        because="实际只服务一小时",
        by=party,
        at=later,
    )

    award = Award.objects.get(settlement=made)
    assert award.entry.reversed_by.because == "实际只服务一小时"
    assert queries.holdings(book="volunteer_points") == {}
    anew = HourRecord.objects.get(version=2)
    HourRecord.objects.filter(pk=anew.pk).update(status="PUBLISHED", published_at=later)
    assert gains(settle(party)) == [("P1", "hours", anew.number, 2)]
    assert verifying.verify().is_right


def test_points_that_are_still_shown_are_not_entered_when_their_hour_is_taken_back(town, party):
    rule("hours", 2, per=60)
    record = hours.taken(town, minutes=120)
    hours.published(town, record)
    made = settle(party)
    at = AFTER + timedelta(hours=10)
    points.act(number=made.number, verb="approve", by=party, at=at)
    points.act(number=made.number, verb="show", by=party, at=at)

    hours_desk.correct(number=record.number, span=None, because="当天没有到场", by=party, at=at)
    earning.enter_due(at=at + timedelta(days=7))

    assert Award.objects.get().refused_because == "当天没有到场"
    assert queries.holdings(book="volunteer_points") == {}


def test_points_that_were_spent_are_taken_as_soon_as_there_are_some(town, party):
    rule("hours", 2, per=60)
    record = hours.taken(town, minutes=120)
    hours.published(town, record)
    entered(party)
    goods = ledgers.article(points=4)
    redeeming.stock_up(
        article=goods,
        unit=town.units["S1"],
        pieces=3,
        words="采购",
        on=date(2026, 11, 24),
        by=officer(),
        at=NOON,
        key="s",
    )
    person = Person.objects.get(number="P1")
    later = AFTER + timedelta(days=12)
    redeeming.redeem(
        person=person,
        article=goods,
        pieces=1,
        unit=town.units["S1"],
        by=officer(),
        at=later,
        key="r",
    )

    hours_desk.correct(number=record.number, span=None, because="当天没有到场", by=party, at=later)
    owed = posting.retract_owed(by=SYSTEM, at=later)
    assert (owed, queries.holdings(book="volunteer_points")) == (1, {})
    ledgers.give(person, 5)

    assert posting.retract_owed(by=SYSTEM, at=later) == 0
    assert queries.holdings(book="volunteer_points") == {"P1": 1}


def test_meetings_tasks_in_time_and_accepted_topics_count(town, party):
    world = Party(town, NOON)
    for basis in ("meeting", "task", "proposal"):
        rule(basis)
    branch = world.branch("DZB", "S1")
    person = world.person("李支书", "S1", branch)
    late = world.person("王晚", "S1", branch)
    held = world.meeting()
    Meeting.objects.get(number=held.number).people.add(person)
    for who, days in ((person, 0), (late, -1)):
        task = world.task(held, who)
        due = date(2026, 11, 20) + timedelta(days=days)
        Task.objects.filter(pk=task.pk).update(
            status="CLOSED", closed_on=date(2026, 11, 20), due_on=due
        )
    topic = world.topic(branch)
    lead = topic.leads.get(tier="carry_out")
    lead.person = person
    lead.save()
    Topic.objects.filter(pk=topic.pk).update(
        status="CLOSED",
        before=4,
        before_on=date(2026, 10, 1),
        before_source="采集系统",
        after=2,
        after_on=date(2026, 11, 20),
        after_source="采集系统",
    )

    found = gains(settle(party))

    assert {(who, kind) for who, kind, _, _ in found} == {
        (person.number, "meeting"),
        (person.number, "task"),
        (person.number, "topic"),
    }


def test_who_lectures_and_who_passes_a_course_gains(town, party):
    rule("lecture")
    rule("course", 6)
    teacher, learner = (
        Person.objects.create(number=n, name=n, unit=town.units["S1"]) for n in "TL"
    )
    course = Course.objects.create(
        number="KC-1",
        title="用电安全",
        unit=town.units["S1"],
        created_by="x",
        created_at=NOON,
    )
    session = session_of(town, course=course, starts_at=NOON + timedelta(hours=1))
    for person, role in ((teacher, "lecturer"), (learner, "learner")):
        Signup.objects.create(
            session=session,
            person=person,
            role=role,
            channel="console",
            status="ATTENDED",
            signed_at=NOON,
        )
    Session.objects.filter(pk=session.pk).update(status="ACCOUNTED")
    later = session_of(town, course=course, starts_at=NOON + timedelta(days=60))
    Session.objects.filter(pk=later.pk).update(status="CANCELLED", cancelled_because="下雨")
    Enrolment.objects.create(course=course, person=learner, status="PASSED", enrolled_at=NOON)

    assert gains(settle(party)) == [
        ("L", "course", "KC-1", 6),
        ("T", "session", session.number, 3),
    ]
    found = records.record(kind="session", number=session.number, by=party)
    assert ("主讲", "T") in found.facts


def test_a_well_rated_need_counts_once_for_each_who_was_there(town, party):
    rule("rating")
    team = town.team("XH", "S1")
    need = town.post("余村村没电了", area_code="V1", phone="19900000001", service_code="PWR-OUTAGE")
    station = town.actor("S1")
    handling.accept(number=need.number, by=station, at=NOON)
    (job,) = handling.split(number=need.number, parts=(), by=station, at=NOON)
    for place in (1, 2):
        Visit.objects.create(
            number=f"SM-{place}",
            job=job,
            team=team,
            on=date(2026, 11, 20 + place),
            sequence=1,
            arrive_at=NOON,
            depart_at=NOON,
            status="DONE",
            done_by=Person.objects.get(number="XH-0"),
        )
    who = Participant.objects.get(need__number=need.number)
    for place, stars in ((0, 3), (1, 5)):
        Rating.objects.create(
            participant=who, round=place, stars=stars, rated_at=NOON, unit_code="S1"
        )

    assert gains(settle(party)) == [("XH-0", "need", need.number, 3)]
    assert records.record(kind="need", number=need.number, by=party).facts[3] == (
        "评价",
        "3 星、5 星",
    )
    later = datetime(2026, 12, 5, tzinfo=UTC)
    Rating.objects.create(participant=who, round=2, stars=5, rated_at=later, unit_code="S1")
    assert list(deeds.ratings("/", date(2026, 12, 1), date(2027, 1, 1))) == []


@pytest.mark.row("004-10")
def test_a_station_of_42_with_17_members_keeps_member_points(town, party):
    """Seed 004: the station of Yushan has 42 people, 17 of them in the party.

    Everybody gives two hours and sits in the meeting; only members gain member points, each names
    the published hour or the meeting that it follows from, and each opens it.
    """
    staff = [
        Person.objects.create(
            number=f"Y{n:02d}", name=f"员工{n}", unit=town.units["S1"], is_party_member=n < 17
        )
        for n in range(42)
    ]
    rule("verified", 2, book="member_points", members_only=True, per=60)
    rule("meeting", 5, book="member_points", members_only=True)
    given = [
        hours.taken(town, person.number, start=datetime(2026, 11, 20, 1, tzinfo=UTC))
        for person in staff
    ]
    hours.published(town, *given)
    held = Party(town, NOON).meeting()
    held.people.set(staff)

    made = entered(party, "member_points")

    had = queries.holdings(book="member_points")
    members = {person.number for person in staff if person.is_party_member}
    assert (len(staff), len(members), set(had)) == (42, 17, members)
    assert set(had.values()) == {2 * 2 + 5}
    page = points.settlement_page(number=made.number, by=party)
    assert {row.source_kind for row in page.awards} == {"hours", "meeting"}
    assert len(page.awards) == 2 * 17
    for row in page.awards:
        source = records.record(kind=row.source_kind, number=row.source_number, by=party)
        assert source.facts
        assert row.entry in {entry.number for entry in source.entries}
    assert Entry.objects.filter(book__code="member_points").count() == 2 * 17
