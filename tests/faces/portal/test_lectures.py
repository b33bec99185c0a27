"""A school asks for a lecture on the portal, and its link tells what becomes of it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from dianliang.domain.programs.models import Lecturer, LectureRequest, LectureTopic
from dianliang.domain.programs.operations import sessions
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import now
from dianliang.flows import privacy
from dianliang.flows.activities import lecturing
from dianliang.kernel.actor import SYSTEM, Role

pytestmark = pytest.mark.django_db
KEY = "k" * 32
PHONE = "13900004321"


@pytest.fixture
def topic(town):
    """A topic on which somebody of the company speaks."""
    topic, _ = LectureTopic.objects.get_or_create(
        code="safe-power", defaults={"name": "安全用电进校园", "minutes": 60}
    )
    LectureTopic.objects.filter(pk=topic.pk).update(skill=None, is_active=True)
    person = Person.objects.create(number="J1", name="讲师甲", unit=town.units["AJ"])
    lecturer = Lecturer.objects.create(person=person)
    lecturer.topics.set([topic])
    return topic


def form(chosen, **changes):
    wish = (now() + timedelta(days=9)).replace(hour=2, minute=0)
    return {
        "key": KEY,
        "topic": chosen.code,
        "kind": "school",
        "asked_for": "余村小学三年级",
        "area": "V1",
        "place": "多功能教室",
        "wish_1": f"{wish:%Y-%m-%dT%H:%M}",
        "audience": "45",
        "name": "林老师",
        "phone": PHONE,
        "agreed": "1",
        **changes,
    }


def send(client, chosen, **changes):
    return client.post(reverse("portal:lectures"), form(chosen, **changes))


@pytest.mark.row("003-05")
@pytest.mark.row("001-13")
def test_a_school_asks_and_follows_its_lecture_to_the_room(client, town, topic):
    assert "安全用电进校园" in client.get(reverse("portal:lectures")).content.decode()
    answer = send(client, topic)
    assert answer.status_code == 302, answer.content.decode()
    assert "正在安排讲师" in client.get(answer.url).content.decode()
    assert send(client, topic).url == answer.url
    request = LectureRequest.objects.get()
    assert (request.unit, request.audience) == (town.units["AJ"], 45)
    assert PHONE not in request.asked_by

    party = town.actor("AJ", Role.PARTY_AFFAIRS)
    number = lecturing.arrange(
        number=request.number, lecturer="J1", wish=0, reason="", by=party, at=now()
    )

    page = client.get(answer.url).content.decode()
    assert "已安排" in page
    assert "多功能教室" in page
    request.refresh_from_db()
    assert request.session.number == number
    sessions.cancel(session=request.session, reason="学校临时停课", by=party, at=now())
    assert "学校临时停课" in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"topic": "无"}, "请选择宣讲主题"),
        ({"kind": ""}, "请选择为谁点讲"),
        ({"area": ""}, "请选择所在村社区"),
        ({"wish_1": ""}, "希望的时间"),
        ({"wish_1": "2020-01-01T10:00"}, "今后"),
        ({"wish_1": "明天"}, "请填写希望的时间"),
        ({"audience": "很多"}, "整数"),
        ({"agreed": ""}, "同意"),
        ({"phone": "12"}, "电话"),
        ({"key": "短"}, "刷新"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_kept(client, topic, changes, words):
    answer = send(client, topic, **changes)

    assert answer.status_code == 422
    assert re.search(words, answer.content.decode())
    assert not LectureRequest.objects.exists()


def test_a_request_is_taken_back_and_only_its_link_opens_it(client, topic):
    link = send(client, topic).url

    assert client.get(reverse("portal:lecture", args=["x" * 24])).status_code == 404
    assert client.post(link, {"reason": "改期"}).status_code == 302
    assert LectureRequest.objects.get().status == "WITHDRAWN"
    assert client.post(link, {"reason": "再撤"}).status_code == 422


def test_what_a_request_keeps_of_a_person_is_handed_out_and_erased(client, topic):
    link = send(client, topic).url
    kept = privacy.export(phone=PHONE, reason="本人要求", by=SYSTEM, at=now())
    assert kept["lectures"][0][3] == f"林老师 {PHONE}"
    with pytest.raises(privacy.UnableToEraseError):
        privacy.erase(phone=PHONE, reason="本人要求", by=SYSTEM, at=now())
    client.post(link, {"reason": "不讲了"})

    privacy.erase(phone=PHONE, reason="本人要求", by=SYSTEM, at=now())

    row = LectureRequest.objects.get()
    assert (row.contact, row.phone_index, row.token_hash, row.words) == ("", "", None, "")
    assert client.get(link).status_code == 404
