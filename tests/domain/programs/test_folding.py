"""Two rows that are one person keep each session, course and page once."""

import pytest

from dianliang.domain.programs.models import (
    Enrolment,
    Lecturer,
    LectureRequest,
    LectureTopic,
    Signup,
)
from dianliang.domain.programs.operations import signing
from dianliang.flows.staffing import merging
from dianliang.kernel.actor import SYSTEM, Role
from tests.domain.programs.test_sessions import come
from tests.sessions import course_of, lecture_of, session_of, somebody
from tests.town import NOON


@pytest.mark.django_db
def test_a_person_who_was_there_under_two_rows_was_there_once(town):
    desk = town.actor("S1", Role.PARTY_AFFAIRS)
    kept, gone = somebody(town, "章小禾"), somebody(town, "章小禾")
    request = lecture_of(town)
    session, other = (
        session_of(town),
        session_of(town, title="义诊", starts_at=NOON.replace(day=29)),
    )
    for person in (kept, gone):
        signing.sign_up(session=session, person=person, channel="console", by=SYSTEM, at=NOON)
        Enrolment.objects.create(course=course_of(town), person=person, enrolled_at=NOON)
        Lecturer.objects.create(person=person).topics.add(LectureTopic.objects.first())
    signing.sign_up(session=other, person=gone, channel="console", by=SYSTEM, at=NOON)
    LectureRequest.objects.filter(pk=request.pk).update(
        lecturer=Lecturer.objects.get(person=gone), session=other, status="ARRANGED"
    )
    come(Signup.objects.get(session=session, person=gone))

    merging.merge(
        kept_number=kept.number,
        gone_number=gone.number,
        take=(),
        reason="同一人登记两次",
        by=desk,
        at=NOON,
    )

    rows = Signup.objects.order_by("session__starts_at")
    assert [(row.person_id, row.status) for row in rows] == [
        (kept.pk, "ATTENDED"),
        (kept.pk, "PLACED"),
    ]
    assert Lecturer.objects.get().person_id == kept.pk
    assert LectureRequest.objects.get().lecturer.person_id == kept.pk
    assert set(Enrolment.objects.values_list("person_id", flat=True)) == {kept.pk}
