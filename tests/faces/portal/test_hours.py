"""What everybody sees: hours on notice with masked names, and whether a certificate is genuine."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from dianliang.domain.hours.models import Appeal
from dianliang.domain.hours.operations import appealing, reviewing
from dianliang.domain.programs.models import PersonalLink
from dianliang.domain.programs.operations.volunteers import hashed
from dianliang.engines.attesting import read_keys, read_revocations, verify
from dianliang.flows import certifying, giving_hours
from tests import hours
from tests.hours import AFTER_NOTICE
from tests.town import NOON

pytestmark = pytest.mark.django_db
TOKEN = "personal-link-of-wang-0001"
FORM = {"words": "那天他不在", "name": "张三", "contact": "19900001234"}


@pytest.fixture
def shown(town):
    record = hours.taken(town)
    return record, hours.announced(town, record)


@pytest.fixture
def certificate(town):
    hours.published(town, hours.taken(town, minutes=90))
    return hours.certified(town)


def test_a_notice_shows_family_names_only(shown):
    _, notice = shown
    page = Client().get(reverse("portal:hour_notice", args=[notice.number])).content.decode()

    assert "王**" in page
    assert "2 小时" in page
    assert "小明" not in page
    assert "P1" not in page
    assert notice.number in Client().get(reverse("portal:hour_notices")).content.decode()


def test_a_notice_that_is_over_shows_nobody_any_more(shown):
    _, notice = shown
    giving_hours.publish_due(at=AFTER_NOTICE)

    assert Client().get(reverse("portal:hour_notice", args=[notice.number])).status_code == 404


def test_anybody_may_object_and_only_those_who_decide_read_it(shown):
    record, notice = shown
    address = reverse("portal:hour_appeal", args=[notice.number, record.number])

    assert Client().post(address, FORM).status_code == 302

    record.refresh_from_db()
    assert record.status == "DISPUTED"
    assert Appeal.objects.get().contact == "19900001234"
    page = Client().get(reverse("portal:hour_notice", args=[notice.number])).content.decode()
    assert "异议处理中" in page
    assert "那天他不在" not in page


@pytest.mark.parametrize("field", sorted(FORM))
def test_an_objection_that_lacks_something_says_what_and_keeps_the_rest(shown, field):
    record, notice = shown
    address = reverse("portal:hour_appeal", args=[notice.number, record.number])

    answer = Client().post(address, {**FORM, field: ""})

    assert answer.status_code == 422
    others = [value for name, value in FORM.items() if name != field]
    assert all(value in answer.content.decode() for value in others)
    assert not Appeal.objects.exists()


def test_a_record_that_is_not_on_the_notice_is_not_found(town, shown):
    _, notice = shown
    other = hours.taken(town, "P2")

    address = reverse("portal:hour_appeal", args=[notice.number, other.number])
    assert Client().post(address, FORM).status_code == 404


def test_objecting_again_and_again_from_one_place_is_held_back(town):
    records = [hours.taken(town, f"P{number}") for number in range(12)]
    notice = hours.announced(town, *records)
    client = Client()

    answers = [
        client.post(reverse("portal:hour_appeal", args=[notice.number, record.number]), FORM)
        for record in records
    ]

    assert [answer.status_code for answer in answers] == [302] * 10 + [422] * 2


def checked(text):
    return Client().post(reverse("portal:certificates"), {"text": text})


def test_a_genuine_certificate_is_told_with_what_it_says(certificate):
    page = checked(f"https://x/#{certificate.payload}").content.decode()

    assert "真实有效" in page
    assert "王小明" in page
    assert "1 小时 30 分" in page


@pytest.mark.parametrize("text", ["你好", "DLZM1.", "DLZM1.AAAA.", "x" * 50_000])
def test_what_is_no_certificate_is_told_so(text):
    answer = checked(text)

    assert answer.status_code == 200
    assert "真实有效" not in answer.content.decode()


def test_a_revoked_one_is_told_with_its_cause_but_not_its_words(town, certificate):
    by = hours.officer(town)
    certifying.revoke(
        number=certificate.number, cause="corrected", words="内部说明", by=by, at=AFTER_NOTICE
    )

    page = checked(certificate.payload).content.decode()

    assert "已被签发单位撤销" in page
    assert "时长记录更正" in page
    assert "内部说明" not in page


def test_the_published_files_are_all_that_a_stranger_needs(certificate):
    keys = Client().get(reverse("portal:certificate_keys"))
    revoked = Client().get(reverse("portal:certificate_revoked"))
    known = read_keys(keys.content.decode())

    listed = read_revocations(revoked.content.decode(), keys=known)

    assert verify(certificate.payload, keys=known, revocations=listed).is_valid
    assert "secret" not in keys.content.decode()
    assert json.loads(keys.content)["issuer"] == "要素联盟"


def test_an_empty_page_says_how_to_verify_without_us():
    page = Client().get(reverse("portal:certificates")).content.decode()

    assert "dianliang certificate verify" in page
    assert reverse("portal:certificate_keys") in page


@pytest.fixture
def refused(town):
    """A refused record of a volunteer, whose page is open to him."""
    record = hours.taken(town)
    reviewing.reject(record=record, words="未见签到", by=hours.officer(town), at=NOON)
    PersonalLink.objects.create(
        person=record.person, token_hash=hashed(TOKEN), made_at=NOON, is_confirmed=True
    )
    return record


def test_a_volunteer_sees_why_and_asks_somebody_else_to_look_again(refused):
    page = Client().get(reverse("portal:volunteer", args=[TOKEN])).content.decode()
    assert "未见签到" in page
    address = reverse("portal:hour_claim", args=[TOKEN, refused.number])

    assert Client().post(address, {"words": ""}).status_code == 422
    assert Client().post(address, {"words": "签到表上有我的名字"}).status_code == 302

    appeal = Appeal.objects.get()
    assert (appeal.side, appeal.record_id, appeal.name) == ("for", refused.pk, "王小明")


def test_nobody_asks_for_the_hours_of_another_or_by_a_link_that_is_not_confirmed(town, refused):
    other = hours.taken(town, "P2")
    form = {"words": "签到表上有我的名字"}
    assert (
        Client().post(reverse("portal:hour_claim", args=[TOKEN, other.number]), form).status_code
        == 404
    )

    PersonalLink.objects.update(is_confirmed=False)
    address = reverse("portal:hour_claim", args=[TOKEN, refused.number])
    assert Client().post(address, form).status_code == 404


def test_what_was_struck_from_a_notice_is_said_to_be_struck(shown, town):
    record, notice = shown
    hours.announced(town, hours.taken(town, "P2"))
    address = reverse("portal:hour_appeal", args=[notice.number, record.number])
    Client().post(address, FORM)
    by = hours.officer(town, name="o2")
    appealing.uphold(appeal=Appeal.objects.get(), decision="查实未到场", by=by, at=NOON)

    page = Client().get(reverse("portal:hour_notice", args=[notice.number])).content.decode()

    assert "不予认定" in page
    assert address not in page
