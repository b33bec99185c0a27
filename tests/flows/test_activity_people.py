"""What activities keep of people: sealed, handed out, erased when they ask."""

from datetime import timedelta

import pytest
from django.db import connection

from dianliang.domain.catalog.models import Service
from dianliang.domain.programs.models import (
    Enrolment,
    Feedback,
    Offer,
    PersonalLink,
    ServiceWay,
    SessionAttendance,
    Signup,
)
from dianliang.domain.programs.operations import sessions
from dianliang.domain.workforce.models import Person
from dianliang.flows import personal_records, privacy
from dianliang.flows.activities import personal
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import NotVisibleError
from tests.flows.activities.test_joining import PHONE, arrive, join, token
from tests.flows.activities.test_offering import book, slots
from tests.sessions import course_of, lecture_of, session_of
from tests.town import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def came(town):
    """Somebody who signed up, came, and said something."""
    session = session_of(town)
    join(session)
    arrive(session, own=token(1))
    session.refresh_from_db()
    sessions.begin(session=session, by=SYSTEM, at=session.starts_at)
    sessions.end(session=session, by=SYSTEM, at=session.ends_at)
    at = session.ends_at
    personal.rate(token=token(1), number=session.number, stars=5, words="谢谢老李", at=at)
    return session


@pytest.fixture
def booked(town):
    """A booking of the same number."""
    service = Service.objects.filter(is_active=True, skill__isnull=False).first()
    ServiceWay.objects.create(service=service, way="self_book")
    team = town.team("A", "S1", service.skill.code)
    team.areas.set([town.areas["T1"]])
    book(service, slots(service)[0], n=1)
    return Offer.objects.get()


def test_numbers_and_contacts_lie_nowhere_in_clear(town, came, booked):
    lecture_of(town)
    secrets = (PHONE, booked.asker_phone, "王阿姨", "陆老师", token(1))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall())
            assert not [secret for secret in secrets if secret in rows], table


def test_a_volunteer_gets_what_is_kept_about_him(came):
    kept = privacy.export(phone=PHONE, reason="本人来函", by=SYSTEM, at=NOON)["activities"]

    assert [row["title"] for row in kept["signups"]] == ["独居老人用电检查"]
    assert kept["signups"][0]["rating"] == [5, "谢谢老李"]


def test_a_volunteer_who_asks_is_forgotten_and_that_somebody_came_stays(came):
    privacy.erase(phone=PHONE, reason="本人来函", by=SYSTEM, at=came.ends_at)

    person = Person.objects.get()
    assert (person.name, person.phone, person.is_active) == ("章**", "", False)
    assert (Feedback.objects.get().stars, Feedback.objects.get().words) == (5, "")
    assert SessionAttendance.objects.get().lat is None
    assert Signup.objects.get().status == "ATTENDED"
    assert not PersonalLink.objects.exists()
    with pytest.raises(NotVisibleError):
        personal.page(token=token(1), at=NOON)


def test_nobody_is_forgotten_while_he_is_expected(town):
    session = session_of(town)
    join(session)

    with pytest.raises(privacy.UnableToEraseError, match=session.number):
        privacy.erase(phone=PHONE, reason="本人来函", by=SYSTEM, at=NOON)

    assert personal.page(token=token(1), at=NOON).phone == "139****0001"


def test_a_booking_is_forgotten_once_it_is_over(booked):
    number = booked.asker_phone
    with pytest.raises(privacy.UnableToEraseError, match=booked.number):
        privacy.erase(phone=number, reason="本人来函", by=SYSTEM, at=NOON)

    later = booked.ends_at + timedelta(days=1)
    privacy.erase(phone=number, reason="本人来函", by=SYSTEM, at=later)

    booked.refresh_from_db()
    assert (booked.asker, booked.asker_phone, booked.address) == ("", "", "")


def test_a_volunteers_courses_are_handed_out(town):
    join(session_of(town))
    course = course_of(town)
    Enrolment.objects.create(course=course, person=Person.objects.get(), mark=88, enrolled_at=NOON)

    assert personal_records.kept(Person.objects.get())["courses"] == [
        ["关爱走访培训", "在学", 88, ""]
    ]
