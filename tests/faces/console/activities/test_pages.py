"""The pages about activities at the desk: filled in, refused by field, acted on."""

from datetime import timedelta

import pytest
from django.test import Client

from dianliang.domain.programs.models import (
    Course,
    LectureRequest,
    Offer,
    Series,
    ServiceWay,
    Session,
    SessionNotice,
    Signup,
)
from dianliang.faces.ui.requests import now
from dianliang.flows.activities import joining, lecture_pages
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from tests.browsing import upload
from tests.sessions import course_of, lecture_of, offer_of, session_of, somebody, weekly
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, town):
    town.user("party", Role.PARTY_AFFAIRS, "S1")
    client.login(username="party", password=PASSWORD)
    return client


def local(moment):
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def filled(**changes):
    start = now() + timedelta(days=3)
    known = {
        "title": "护线爱鸟巡护",
        "kind": "action",
        "role": "volunteer",
        "unit": "S1",
        "site": "FW-001",
        "starts_at": local(start),
        "ends_at": local(start + timedelta(hours=2)),
        "places": "10",
        "radius_m": "200",
        "is_public": "1",
        "act": "announce",
    }
    return {**known, **changes}


def test_a_form_that_is_pressed_twice_makes_one_thing_and_a_changed_one_another(desk):
    sent = filled(key="0" * 32)
    for title in ("护线爱鸟巡护", "护线爱鸟巡护", "护线爱鸟夜巡"):
        desk.post("/console/activities/new/", {**sent, "title": title})

    assert Session.objects.count() == 2


def test_a_unit_that_joins_in_reads_only_the_names_of_its_own_people(client, town):
    session = session_of(town, at=now(), starts_at=now() + timedelta(days=1))
    session.partners.add(town.units["S2"])
    for name, unit in (("甲某某", "S1"), ("乙某某", "S2")):
        person = somebody(town, name, unit=unit)
        joining.enter(
            number=session.number,
            who=person.number,
            by=town.actor(unit if unit == "S1" else "AJ", Role.PARTY_AFFAIRS),
            at=now(),
        )
    town.user("guest", Role.PARTY_AFFAIRS, "S2")
    client.login(username="guest", password=PASSWORD)

    page = client.get(f"/console/activities/{session.number}/").content.decode()

    assert "乙某某" in page
    assert "甲某某" not in page


def test_a_session_is_announced_from_the_form_and_found_in_the_list(desk):
    answer = desk.post("/console/activities/new/", filled(), follow=True)

    session = Session.objects.get()
    assert (session.status, session.places, session.radius_m) == ("ANNOUNCED", 10, 200)
    assert "已发布，可以报名了。" in answer.content.decode()
    assert "护线爱鸟巡护" in desk.get("/console/activities/").content.decode()
    assert "护线爱鸟巡护" in desk.get("/activities/").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts_at": "昨天"}, "请填写开始时间"),
        ({"starts_at": "0999-01-01T08:00"}, "年份应在"),
        ({"places": "很多"}, "名额应填整数"),
        ({"unit": "S2"}, "主办单位"),
        ({"site": "", "area": ""}, "请选择阵地"),
        ({"skills": ["care", "x"]}, "所需技能"),
        ({"title": "\x00护线"}, "无法保存"),
    ],
)
def test_what_makes_no_sense_is_said_and_what_was_filled_in_stays(desk, changes, words):
    answer = desk.post("/console/activities/new/", filled(**changes))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert not Session.objects.exists()
    if "title" not in changes:
        assert "护线爱鸟巡护" in page


def test_the_desk_signs_up_takes_off_calls_off_and_notes_who_was_told(desk, town):
    session = session_of(town, at=now(), starts_at=now() + timedelta(days=2), places=1)
    first, second = somebody(town, "甲"), somebody(town, "乙")
    url = f"/console/activities/{session.number}/do"
    for person in (first, second):
        desk.post(f"{url}/enter/", {"who": person.number})
    desk.post(f"{url}/withdraw/", {"person": first.number, "reason": "有事"})
    assert Signup.objects.get(person=second).status == "PLACED"
    refused = desk.post(f"{url}/cancel/", {"reason": ""})
    assert (refused.status_code, "请写明取消的原因" in refused.content.decode()) == (422, True)
    page = desk.post(f"{url}/cancel/", {"reason": "台风"}, follow=True).content.decode()
    assert "1 人还没看到" in page

    desk.post(f"{url}/told/", {"person": second.number})

    assert not SessionNotice.objects.filter(
        signup__person=second, kind="cancelled", told_at=None
    ).exists()


def test_a_session_is_moved_noted_afterwards_shown_in_photos_and_accounted_for(desk, town):
    session = session_of(town, at=now(), starts_at=now() + timedelta(minutes=30))
    person = somebody(town, "甲")
    url = f"/console/activities/{session.number}/do"
    desk.post(f"{url}/enter/", {"who": "甲"})
    start = now() - timedelta(minutes=20)
    moved = {"starts_at": local(start), "ends_at": local(now() + timedelta(hours=1))}
    desk.post(f"{url}/change/", {**moved, "place": "礼堂", "places": "5", "reason": "场地"})
    desk.post(f"{url}/begin/")
    note = {"person": person.number, "came_at": local(start), "left_at": local(now())}
    page = desk.post(f"{url}/note/", note, follow=True).content.decode()
    assert "未扫码" in page
    desk.post(f"{url}/photos/", {"photos": [upload("a.jpg")], "words": "合影"})
    desk.post(f"{url}/end/")
    page = desk.post(f"{url}/account/", {"served_people": "7", "result": "好"}, follow=True)

    session.refresh_from_db()
    assert (session.status, session.place, session.photos.count()) == ("ACCOUNTED", "礼堂", 1)
    assert "不计志愿行动" in page.content.decode()
    sheet = desk.get(f"/console/activities/{session.number}/attendance.xlsx")
    assert sheet.content.startswith(b"PK")
    token = session.photos.get().file.token
    photo = desk.get(f"/console/activities/{session.number}/photos/{token}/")
    assert photo["Content-Type"] == "image/jpeg"


def test_the_screen_shows_a_code_that_opens_the_check_in(desk, town, client):
    session = session_of(
        town, at=now(), starts_at=now() + timedelta(minutes=30), is_changing_code=True
    )

    page = desk.get(f"/console/activities/{session.number}/screen/").content.decode()

    address = page.split('data-address="')[1].split('"')[0]
    assert 'http-equiv="refresh" content="30"' in page
    opened = client.get(address.removeprefix("http://testserver"))
    assert "用姓名电话签到" in opened.content.decode()


def test_a_list_of_twenty_costs_no_more_queries_than_one_of_two(
    desk, town, django_assert_max_num_queries
):
    for n in range(20):
        session_of(town, title=f"第 {n} 场", at=now(), starts_at=now() + timedelta(days=n + 1))

    with django_assert_max_num_queries(14):
        desk.get("/console/activities/")
    with django_assert_max_num_queries(9):
        desk.get("/activities/")


def test_a_series_is_looked_at_before_it_is_opened(desk, town):
    rule = weekly(town)
    sent = {
        "title": rule.title,
        "kind": "open_day",
        "role": "guest",
        "unit": "S1",
        "site": "FW-001",
        "frequency": "weekly",
        "weekdays": ["2"],
        "on_holiday": "keep",
        "begins_at": "09:00",
        "minutes": "120",
        "starts_on": f"{now():%Y-%m-%d}",
        "is_public": "1",
    }
    page = desk.post("/console/activities/series/new/", {**sent, "act": "preview"})
    assert "周三" in page.content.decode()
    assert not Series.objects.exists()

    desk.post("/console/activities/series/new/", {**sent, "act": "open"})
    series = Series.objects.get()
    page = desk.get(f"/console/activities/series/{series.number}/").content.decode()
    assert "每周周三 09:00" in page
    assert "余村会客日" in desk.get("/console/activities/series/").content.decode()
    wrong = desk.post(
        f"/console/activities/series/{series.number}/do/except/",
        {"on": "2026-01-01", "reason": "检修"},
    )
    assert wrong.status_code == 422
    assert desk.post("/console/activities/series/new/", {**sent, "weekdays": []}).status_code == 422


def test_a_lecture_is_asked_for_and_arranged_at_the_desk(desk, town):
    person = somebody(town, "讲师")
    desk.post(
        "/console/activities/lectures/pool/",
        {"who": person.number, "topics": ["SAFETY"], "most_a_month": "3", "is_active": "1"},
    )
    asked = {
        "topic": "SAFETY",
        "unit": "S1",
        "asked_for": "余村小学",
        "site": "FW-001",
        "wish_1": local(now() + timedelta(days=5)),
        "minutes": "45",
    }
    page = desk.post("/console/activities/lectures/new/", asked, follow=True).content.decode()
    assert "近 90 天讲过 0 场" in page
    request = LectureRequest.objects.get()
    done = desk.post(
        f"/console/activities/lectures/{request.number}/do/arrange/",
        {"lecturer": person.number, "wish": "0"},
        follow=True,
    )
    assert "已安排，场次" in done.content.decode()
    assert "讲师" in desk.get("/console/activities/lectures/pool/").content.decode()
    assert (
        desk.post("/console/activities/lectures/new/", {**asked, "wish_1": ""}).status_code == 422
    )
    assert lecture_pages.request_list(by=town.actor("S1"))[0].status == "ARRANGED"


def test_rules_are_set_and_an_offer_is_assigned_with_the_figures_in_view(desk, town):
    town.team("A", "S1", "repair")
    figures = {
        "grace_min": "30",
        "recent_days": "30",
        "rest_min": "60",
        "no_show_days": "14",
        "bid_hours": "24",
        "ahead_days": "14",
    }
    set_way = {"service": "PWR-OUTAGE", "way": "grab", "is_active": "1", **figures}
    assert desk.post("/console/activities/offers/ways/", set_way).status_code == 422
    town.user("head", Role.PARTY_AFFAIRS, "LM")
    head = Client()
    head.login(username="head", password=PASSWORD)
    page = head.post("/console/activities/offers/ways/", set_way, follow=True).content.decode()
    assert "先抢先得" in page
    assert ServiceWay.objects.get().way == "grab"
    start = now() + timedelta(days=2)
    sent = {
        "service": "PWR-OUTAGE",
        "way": "grab",
        "title": "茶厂安检",
        "unit": "S1",
        "area": "V1",
        "starts_at": local(start),
        "ends_at": local(start + timedelta(hours=2)),
    }
    page = desk.post("/console/activities/offers/new/", sent, follow=True).content.decode()
    assert "属最少" in page
    offer = Offer.objects.get()
    url = f"/console/activities/offers/{offer.number}/do"
    desk.post(f"{url}/grab/", {"team": "A"})
    offer.refresh_from_db()
    assert (offer.status, offer.team.code) == ("TAKEN", "A")
    assert desk.post(f"{url}/miss/", {"reason": "没来"}).status_code == 422
    assert desk.post(f"{url}/give_back/", {"reason": "车坏"}).status_code == 302
    other = offer_of(town, at=now())
    assert other.number in desk.get("/console/activities/offers/").content.decode()


def test_a_course_is_run_at_the_desk(desk, town):
    course = course_of(town, at=now(), pass_mark=None, skill_code="")
    person = somebody(town, "学员")
    url = f"/console/activities/courses/{course.number}"
    desk.post(f"{url}/do/enrol/", {"who": person.number})
    start = now() + timedelta(days=1)
    lesson = {
        "title": "第一课",
        "unit": "S1",
        "site": "FW-001",
        "starts_at": local(start),
        "ends_at": local(start + timedelta(hours=2)),
    }
    page = desk.post(f"{url}/do/session/", lesson, follow=True).content.decode()
    assert "学员都已报上" in page
    assert Signup.objects.get().role == "learner"
    refused = desk.post(f"{url}/do/conclude/")
    assert (refused.status_code, "没上完" in refused.content.decode()) == (422, True)
    desk.post(f"{url}/do/cancel/", {"reason": "讲师病了"})
    assert Course.objects.get().status == "CANCELLED"
    assert "关爱走访培训" in desk.get("/console/activities/courses/").content.decode()
    assert desk.get("/console/activities/courses/lacking/?skill=care").status_code == 200
    sent = {"title": "新课", "unit": "S1", "least_percent": "80", "valid_months": "12"}
    assert desk.post("/console/activities/courses/new/", sent).status_code == 302
    assert desk.post("/console/activities/courses/new/", {**sent, "unit": "S2"}).status_code == 422


def test_whoever_only_reads_sees_no_button_and_cannot_press(client, town):
    session = session_of(town, at=now(), starts_at=now() + timedelta(days=2))
    lecture_of(town, at=now())
    town.user("boss", Role.COMMANDER, "S1")
    client.login(username="boss", password=PASSWORD)

    page = client.get(f"/console/activities/{session.number}/").content.decode()

    assert "取消场次" not in page
    assert client.post(f"/console/activities/{session.number}/do/begin/").status_code == 404
    assert client.get("/console/activities/lectures/").status_code == 200
