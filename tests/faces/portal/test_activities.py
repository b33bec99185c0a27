"""The public pages about activities: no account, a secret page, a code on site, a free time."""

from datetime import timedelta

import pytest
from django.test import Client

from dianliang.domain.catalog.models import Service
from dianliang.domain.programs.models import Offer, ServiceWay, SessionAttendance, Signup
from dianliang.faces.ui.requests import now
from dianliang.flows.activities import arriving
from dianliang.kernel.actor import Role
from tests.sessions import session_of
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db
WHO = {"name": "章小禾", "phone": "13905720001", "agreed": "1"}


@pytest.fixture
def session(town):
    return session_of(town, at=now(), starts_at=now() + timedelta(minutes=30), places=2)


def key(n=1):
    return f"{n:032x}"


def sign_up(client, session, *, n=1, **changes):
    return client.post(f"/activities/{session.number}/", {**WHO, "key": key(n), **changes})


def test_signing_up_leads_to_a_page_that_the_phone_remembers(client, session):
    answer = sign_up(client, session)

    assert answer["Location"].startswith("/v/")
    cookie = answer.cookies["volunteer"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    page = client.get(answer["Location"]).content.decode()
    assert "章小禾" in page
    assert "13905720001" not in page
    assert client.get("/v/")["Location"] == answer["Location"]
    again = client.get(f"/activities/{session.number}/").content.decode()
    assert "章小禾，报名" in again


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"phone": "abc"}, "请填写能打通的电话"),
        ({"agreed": ""}, "请勾选同意"),
        ({"key": "x"}, "页面不完整"),
        ({"name": "章\x00禾"}, "无法保存"),
    ],
)
def test_a_form_that_lacks_something_is_refused_in_words(client, session, changes, words):
    answer = sign_up(client, session, **changes)

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Signup.objects.exists()


def test_the_own_page_says_who_issues_a_certificate(client, session):
    sign_up(client, session)
    page = client.get("/v/", follow=True).content.decode()
    assert "需要志愿服务记录证明时，告诉带队或主办的工作人员" in page


def test_a_phone_that_is_told_to_forget_forgets(client, session):
    sign_up(client, session)

    client.post("/v/forget/")

    assert client.get("/v/")["Location"] == "/activities/"


def test_withdrawing_gives_the_place_to_who_waits(client, town):
    session = session_of(town, at=now(), starts_at=now() + timedelta(days=1), places=1)
    mine = sign_up(client, session)["Location"]
    waiting = Client()
    theirs = sign_up(waiting, session, n=2, name="李二", phone="13905720002")["Location"]

    client.post(f"{mine}{session.number}/withdraw/", {"reason": "出差"})

    assert "候补转为正式报名" in waiting.get(theirs).content.decode()
    assert "已退出" in client.get(mine).content.decode()


def test_the_code_checks_in_by_the_phone_by_name_and_by_account(client, session, town):
    sign_up(client, session)
    address = f"/a/{arriving.code_of(session, at=now())}/"
    place = {"lat": "30.51", "lon": "119.61", "accuracy": "10"}
    assert "章小禾，我到了，签到" in client.get(address).content.decode()
    client.post(address, place)
    assert SessionAttendance.objects.get().doubts == []
    assert "签退" in client.get(address).content.decode()
    client.post(address, {"act": "leave", **place})
    assert SessionAttendance.objects.get().checked_out_at is not None

    stranger = Client()
    done = stranger.post(
        address, {"name": "路人", "phone": "13905720009", "agreed": "1", "lat": "nan"}, follow=True
    )
    assert "未报名到场" in done.content.decode()
    assert set(SessionAttendance.objects.latest("pk").doubts) == {
        "by_phone",
        "not_signed_up",
        "no_place",
    }
    town.user("boss", Role.COMMANDER, "S1")
    staff = Client()
    staff.login(username="boss", password=PASSWORD)
    assert staff.post(address, place).status_code == 422
    assert Client().get("/a/HD-1~0.forged/").status_code == 404


def test_a_session_that_is_not_public_or_a_draft_is_not_found(client, town):
    closed = session_of(town, at=now(), starts_at=now() + timedelta(days=1), is_public=False)
    draft = session_of(town, at=now(), starts_at=now() + timedelta(days=1), draft=True)

    for session in (closed, draft):
        assert client.get(f"/activities/{session.number}/").status_code == 404
        assert sign_up(client, session).status_code == 404


def test_too_many_sign_ups_from_one_address_are_slowed_down(client, session, monkeypatch):
    monkeypatch.setattr("dianliang.faces.portal.activities.MOST_SIGNUPS", 1)
    sign_up(client, session)

    answer = sign_up(Client(), session, n=2, name="李二", phone="13905720002")

    assert (answer.status_code, "提交太频繁" in answer.content.decode()) == (422, True)


def test_a_resident_books_follows_and_cancels_a_free_time(client, town):
    service = Service.objects.filter(is_active=True, skill__isnull=False).first()
    ServiceWay.objects.create(service=service, way="self_book")
    team = town.team("A", "S1", service.skill.code)
    team.areas.set([town.areas["T1"]])
    team.members.first().person.certificates.update(expires_on=now().date() + timedelta(days=900))
    address = f"/appoint/{service.code}/"
    assert f'href="{address}"' in client.get("/").content.decode()
    page = client.get(f"{address}?area=V1").content.decode()
    slot = page.split('name="slot" value="')[1].split('"')[0]
    sent = {**WHO, "key": key(), "area": "V1", "slot": slot, "address": "三组 8 号"}

    answer = client.post(address, sent)

    followed = client.get(answer["Location"]).content.decode()
    assert Offer.objects.get().number in followed
    assert slot not in client.get(f"{address}?area=V1").content.decode()
    taken = client.post(address, {**sent, "key": key(2)})
    assert (taken.status_code, "换一个时间" in taken.content.decode()) == (422, True)
    client.post(answer["Location"], {"reason": ""})
    assert Offer.objects.get().status == "CANCELLED"
    assert client.get("/appoint/NOPE/").status_code == 404


def test_a_long_list_of_activities_goes_on_behind_its_first_page(
    client, town, session, monkeypatch
):
    monkeypatch.setattr("dianliang.faces.portal.activities.ROWS_A_PAGE", 1)
    later = session_of(town, at=now(), starts_at=now() + timedelta(days=1), title="另一场")

    first = client.get("/activities/").content.decode()
    second = client.get("/activities/?page=2").content.decode()

    assert (session.number in first, later.number in first) == (True, False)
    assert "page=2" in first
    assert later.number in second


def test_a_check_in_form_that_is_pressed_twice_leaves_one_page_that_shows_it(client, session):
    code = arriving.code_of(session, at=now())
    sent = {**WHO, "as": "other", "key": key(5)}
    for _ in range(2):
        client.post(f"/a/{code}/", sent)

    page = client.get("/v/", follow=True).content.decode()
    assert session.title in page


@pytest.mark.parametrize("path", ["/activities/%00/", "/a/%00/", "/appoint/%00/"])
def test_an_address_with_a_nul_is_simply_not_found(client, town, path):
    assert client.get(path).status_code == 404
