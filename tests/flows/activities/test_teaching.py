"""Courses: sessions, attendance, a test, a certificate with an end, and who lacks one (003-04)."""

from datetime import date, timedelta

import pytest

from dianliang.domain.programs.models import Course, Enrolment, Session, Signup
from dianliang.domain.programs.operations import attending, courses, sessions, signing
from dianliang.domain.programs.operations.attending import Noted
from dianliang.domain.programs.operations.courses import (
    UnableToConcludeError,
    UnableToEnrolError,
)
from dianliang.domain.workforce import gate
from dianliang.domain.workforce.models import Certificate
from dianliang.flows.activities import teaching
from dianliang.flows.activities.planning import Wanted
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import InvalidInputError
from tests.sessions import course_of, session_of, somebody
from tests.town import NOON, TODAY


@pytest.fixture
def desk(town):
    return town.actor("S1", Role.PARTY_AFFAIRS)


def add(course, desk, *, days, hours=0):
    starts_at = NOON + timedelta(days=days, hours=hours)
    wanted = Wanted(
        title=course.title,
        kind="class",
        role="learner",
        unit_code="S1",
        site_code="FW-001",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
    )
    return teaching.add_session(number=course.number, wanted=wanted, by=desk, at=NOON)


def enrol(course, person, desk):
    return teaching.enrol(number=course.number, who=person.number, by=desk, at=NOON)


def hold(session, *, there, desk):
    for person in there:
        noted = Noted(way="desk", happened_at=session.starts_at)
        signup = Signup.objects.get(session=session, person=person)
        attending.check_in(signup=signup, noted=noted, by=desk, at=session.starts_at)
    session.refresh_from_db()
    sessions.begin(session=session, by=SYSTEM, at=session.starts_at)
    sessions.end(session=session, by=SYSTEM, at=session.ends_at)


def mark(course, person, points, desk):
    teaching.mark(number=course.number, person=person.number, mark=points, by=desk, at=NOON)


@pytest.mark.row("003-04")
def test_a_course_from_the_first_session_to_the_certificate_that_opens_the_gate(town, desk):
    """Attendance and test decide, each verdict says why, and the certificate has an end."""
    course = course_of(town, least_percent=50)
    good, lazy, weak = (somebody(town, name) for name in ("勤", "懒", "弱"))
    add(course, desk, days=1)
    for person in (good, lazy, weak):
        assert enrol(course, person, desk) == ()
    add(course, desk, days=2)
    first, second = Session.objects.order_by("starts_at")
    assert Signup.objects.filter(role="learner").count() == 6
    hold(first, there=[good, weak], desk=desk)
    hold(second, there=[weak], desk=desk)
    for person, points in ((good, 60), (lazy, 99), (weak, 59)):
        mark(course, person, points, desk)
    after = NOON + timedelta(days=3)

    done = teaching.conclude(number=course.number, by=desk, at=after)

    assert (done.passed, done.failed, done.certificates) == (1, 2, 1)
    page = teaching.course_page(number=course.number, by=desk)
    verdicts = {row.name: (row.status, row.because) for row in page.learners}
    assert verdicts["勤"] == ("PASSED", "出勤 1/2（50%，要求 50%）；成绩 60（及格 60）")
    assert verdicts["懒"][0] == verdicts["弱"][0] == "FAILED"
    assert "出勤 0/2" in verdicts["懒"][1]
    certificate = Certificate.objects.get()
    assert certificate.person == good
    assert (certificate.issued_on, certificate.expires_on) == (
        TODAY + timedelta(days=3),
        date(2027, 11, 27),
    )
    assert gate.qualified(good, ["care"], TODAY + timedelta(days=4)) == ()
    assert gate.qualified(good, ["care"], date(2027, 11, 27)) != ()


def test_a_course_is_not_judged_before_its_time(town, desk):
    course = course_of(town)
    person = somebody(town, "学员")
    with pytest.raises(UnableToConcludeError, match="还没有上过"):
        teaching.conclude(number=course.number, by=desk, at=NOON)
    enrol(course, person, desk)
    add(course, desk, days=1)
    with pytest.raises(UnableToConcludeError, match="没上完"):
        teaching.conclude(number=course.number, by=desk, at=NOON)
    hold(Session.objects.get(), there=[person], desk=desk)
    with pytest.raises(UnableToConcludeError, match="还没有成绩：学员"):
        teaching.conclude(number=course.number, by=desk, at=NOON)

    assert Enrolment.objects.get().status == "ENROLLED"
    assert Course.objects.get().status == "OPEN"


def test_a_learner_who_has_something_else_then_is_named_and_the_others_are_signed_up(town, desk):
    course = course_of(town)
    busy, free = somebody(town, "忙人"), somebody(town)
    other = session_of(town, title="义诊", starts_at=NOON + timedelta(days=1))
    signing.sign_up(session=other, person=busy, channel="console", by=SYSTEM, at=NOON)
    for person in (busy, free):
        enrol(course, person, desk)

    refused = add(course, desk, days=1)

    assert len(refused) == 1
    assert "忙人同一时间已报名“义诊”" in refused[0]
    assert Signup.objects.filter(role="learner").count() == 1


def test_nobody_takes_a_course_twice_and_marks_are_marks(town, desk):
    course = course_of(town)
    person = somebody(town)
    enrol(course, person, desk)

    with pytest.raises(UnableToEnrolError):
        enrol(course, person, desk)
    with pytest.raises(InvalidInputError):
        mark(course, person, 101, desk)


def test_a_course_that_is_called_off_takes_its_sessions_along(town, desk):
    course = course_of(town)
    add(course, desk, days=1)

    assert teaching.cancel(number=course.number, reason="讲师病了", by=desk, at=NOON) == 1
    assert Session.objects.get().status == "CANCELLED"


def test_who_lacks_a_certificate_is_listed_those_without_any_first(town, desk):
    team = town.team("XH", "S1", "care")
    town.team("LX", "S1")
    Certificate.objects.filter(person__number="XH-0").update(expires_on=TODAY + timedelta(days=30))

    rows = teaching.lacking(skill_code="care", by=desk, on=TODAY)

    assert [(row.number, row.is_soon) for row in rows] == [
        ("LX-0", False),
        ("LX-1", False),
        ("XH-0", True),
    ]
    assert rows[2].teams == (team.name,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"least_percent": 101}, "least_percent"),
        ({"pass_mark": 101}, "pass_mark"),
        ({"valid_months": 0}, "valid_months"),
        ({"unit_code": "S2"}, "unit"),
        ({"skill_code": "x"}, "skill"),
        ({"title": "课"}, "title"),
    ],
)
def test_a_course_that_makes_no_sense_is_refused_by_its_field(town, changes, field):
    with pytest.raises(InvalidInputError) as refusal:
        course_of(town, **changes)

    assert refusal.value.field == field


def test_a_learner_who_gives_a_course_up_leaves_his_places_to_others(town, desk):
    course = course_of(town)
    person = somebody(town)
    enrol(course, person, desk)
    add(course, desk, days=1)

    teaching.withdraw(number=course.number, person=person.number, reason="调岗", by=desk, at=NOON)

    assert Signup.objects.get().status == "WITHDRAWN"
    with pytest.raises(UnableToEnrolError, match="已退出"):
        enrol(course, person, desk)


def test_a_mark_that_comes_with_an_older_reading_of_the_learner_changes_no_judgement(town, desk):
    course = course_of(town)
    person = somebody(town)
    enrol(course, person, desk)
    older = Enrolment.objects.select_related("course", "person").get()
    Enrolment.objects.update(status="FAILED", mark=40)

    with pytest.raises(UnableToConcludeError, match="已经判定"):
        courses.mark(enrolment=older, mark=90, by=desk, at=NOON)
    assert Enrolment.objects.get().mark == 40


def test_a_session_of_a_course_belongs_to_the_unit_of_the_course(town, desk):
    course = course_of(town)
    add(course, town.actor("AJ", Role.PARTY_AFFAIRS), days=1)

    assert Session.objects.get().unit.code == "S1"


def test_almost_enough_is_not_written_as_enough(town, desk):
    course = course_of(town, pass_mark=None, least_percent=67)
    person = somebody(town)
    enrol(course, person, desk)
    for days in (1, 2, 3):
        add(course, desk, days=days)
    for number, session in enumerate(Session.objects.order_by("starts_at")):
        hold(session, there=[person] if number else [], desk=desk)
    teaching.conclude(number=course.number, by=desk, at=NOON + timedelta(days=4))

    judged = Enrolment.objects.get()
    assert (judged.status, judged.because) == ("FAILED", "出勤 2/3（66%，要求 67%）")
