"""What the records of work tell is taken in once, each person's minutes in the right class."""

from datetime import timedelta

import pytest

from dianliang.domain.hours.models import HourRecord
from dianliang.domain.programs.models import Activity, Session, SessionAttendance, Signup
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Attendance, Team
from dianliang.flows import giving_hours, worker
from dianliang.kernel.actor import SYSTEM
from tests import hours
from tests.hours import MORNING
from tests.town import NOON

pytestmark = pytest.mark.django_db


def told():
    return {
        (r.person.number, r.source_kind, r.source_number): (r.minutes, r.is_verified, r.role)
        for r in HourRecord.objects.select_related("person")
    }


def session(town, **other):
    team = town.teams.get("ZY") or town.team("ZY", "S1")
    values = {
        "number": "HD-1",
        "title": "节能宣讲",
        "unit": town.units["S1"],
        "team": team,
        "area": town.areas["V1"],
        "starts_at": MORNING,
        "ends_at": MORNING + timedelta(hours=2),
        "signup_until": MORNING,
        "status": "ACCOUNTED",
        "created_by": "x",
        "created_at": MORNING,
        **other,
    }
    return Session.objects.create(**values)


def attended(held, person, *, minutes=110, role="volunteer", doubts=(), late=5):
    signup = Signup.objects.create(
        session=held,
        person=person,
        role=role,
        channel="portal",
        status="ATTENDED",
        signed_at=MORNING,
    )
    came = held.starts_at + timedelta(minutes=late)
    SessionAttendance.objects.create(
        signup=signup,
        way="code",
        checked_in_at=came,
        lat=30.51,
        lon=119.61,
        accuracy_m=10,
        away_m=20,
        out_way="code" if minutes else "",
        checked_out_at=came + timedelta(minutes=minutes) if minutes else None,
        doubts=[*doubts],
        noted_by="x",
        noted_at=MORNING,
    )


def test_those_who_took_part_in_an_activity_get_declared_hours_once(town):
    people = [hours.volunteer(town, number) for number in ("P1", "P2")]
    hours.activity(town, "XD-1", *people)

    assert giving_hours.take_in_ended(at=NOON) == 2
    assert giving_hours.take_in_everything(by=SYSTEM, at=NOON) == 0

    assert told() == {
        ("P1", "participation", "XD-1"): (120, False, "志愿者"),
        ("P2", "participation", "XD-1"): (120, False, "志愿者"),
    }


def test_what_has_not_ended_waits(town):
    hours.activity(town, "XD-1", hours.volunteer(town), start=NOON - timedelta(hours=1))

    assert giving_hours.take_in_ended(at=NOON) == 0
    assert giving_hours.take_in_ended(at=NOON + timedelta(hours=1)) == 1


def test_check_in_and_check_out_verify_the_minutes_between_them(town):
    held = session(town)
    attended(held, hours.volunteer(town, "P1"))
    attended(held, hours.volunteer(town, "P2"), doubts=["far"], role="publicist")
    attended(held, hours.volunteer(town, "P3"), minutes=0)
    attended(held, hours.volunteer(town, "P4"), role="learner")

    giving_hours.take_in_ended(at=NOON)

    assert told() == {
        ("P1", "attendance", "HD-1"): (110, True, "志愿者"),
        ("P2", "attendance", "HD-1"): (110, False, "宣传员"),
        ("P3", "attendance", "HD-1"): (115, False, "志愿者"),
    }
    lacking = HourRecord.objects.get(person__number="P3")
    assert lacking.lacks_check_out
    assert HourRecord.objects.get(person__number="P2").words == "位置不在现场"


def test_a_session_and_the_activity_it_became_are_one_source(town):
    person = hours.volunteer(town)
    became = hours.activity(town, "XD-1", person)
    attended(session(town, activity=became), person)

    giving_hours.take_in_ended(at=NOON)

    assert list(told()) == [("P1", "attendance", "HD-1")]


def test_a_session_that_may_still_change_waits(town):
    attended(session(town, status="ENDED"), hours.volunteer(town))

    assert giving_hours.take_in_ended(at=NOON) == 0


def visit(town, *, volunteers=True, status="DONE"):
    team = town.team("ZY", "S1")
    Team.objects.filter(pk=team.pk).update(is_volunteer=volunteers)
    place = town.areas["V1"]
    job = Job.objects.create(
        number="GD-1",
        title="独居老人用电检查",
        area=place,
        lat=place.lat,
        lon=place.lon,
        duration_min=40,
        unit=town.units["S1"],
        opened_at=MORNING,
    )
    members = [m.person for m in team.members.select_related("person").order_by("person__number")]
    Attendance.objects.create(
        team=team, person=members[0], on=MORNING.date(), checked_in_at=MORNING
    )
    Visit.objects.create(
        number="SM-1",
        job=job,
        team=team,
        on=MORNING.date(),
        sequence=1,
        arrive_at=MORNING,
        depart_at=MORNING,
        arrived_at=MORNING,
        ended_at=MORNING + timedelta(minutes=45, seconds=50),
        status=status,
        done_by=members[1],
    )


def test_the_crew_of_a_volunteer_teams_visit_gets_verified_minutes(town):
    visit(town)

    giving_hours.take_in_ended(at=NOON)

    assert told() == {
        ("ZY-0", "visit", "SM-1"): (45, True, "志愿者"),
        ("ZY-1", "visit", "SM-1"): (45, True, "志愿者"),
    }


@pytest.mark.parametrize("change", [{"volunteers": False}, {"status": "UNMET"}])
def test_work_of_the_crew_and_visits_without_end_are_no_voluntary_service(town, change):
    visit(town, **change)

    assert giving_hours.take_in_ended(at=NOON) == 0


def test_the_worker_takes_in_and_publishes_by_itself(town):
    hours.activity(town, "XD-1", hours.volunteer(town))

    worker.run_chores(NOON)
    record = HourRecord.objects.get()
    notice = hours.announced(town, record)
    worker.run_chores(notice.ends_at)

    record.refresh_from_db()
    assert record.status == "PUBLISHED"


def test_taking_in_costs_as_many_queries_for_twenty_as_for_ten(town, django_assert_max_num_queries):
    for number in range(20):
        hours.activity(town, f"XD-{number}", hours.volunteer(town, f"P{number}"))
    giving_hours.take_in_ended(at=NOON)
    assert Activity.objects.count() == HourRecord.objects.count() == 20

    with django_assert_max_num_queries(8):
        giving_hours.take_in_ended(at=NOON)


def test_a_desk_takes_in_what_its_own_units_gave(town):
    here, there = hours.volunteer(town), hours.volunteer(town, "P2", unit="S2")
    hours.activity(town, "XD-1", here)
    town.team("ZY2", "S2")
    held = hours.activity(town, "XD-2", there)
    Activity.objects.filter(pk=held.pk).update(team=town.teams["ZY2"])

    assert giving_hours.take_in_everything(by=hours.officer(town), at=NOON) == 1
    assert HourRecord.objects.get().person == here


def test_a_check_out_ahead_of_the_clock_holds_nobody_else_up(town):
    held = session(town)
    attended(held, hours.volunteer(town), minutes=125)
    attended(held, hours.volunteer(town, "P2"), minutes=110)

    assert giving_hours.take_in_ended(at=held.ends_at) == 1
    assert giving_hours.take_in_ended(at=NOON) == 1
