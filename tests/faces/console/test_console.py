"""The dispatcher's screens: quick, keyboard-first, and clear when somebody was quicker."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dianliang.domain.intake.models import Need
from dianliang.kernel.actor import Role
from tests.town import PASSWORD


@pytest.fixture
def desk(client, town):
    town.user("desk", Role.DISPATCHER)
    client.login(username="desk", password=PASSWORD)
    return client


def queries(desk, path):
    desk.get(path)  # reference data are read once and kept
    with CaptureQueriesContext(connection) as seen:
        assert desk.get(path).status_code == 200
    return len(seen)


def test_twenty_rows_cost_as_many_queries_as_ten(desk, town):
    for i in range(10):
        town.post(f"路灯{i}坏了", area_code="V1")
    ten = queries(desk, "/console/")
    for i in range(10):
        town.post(f"水管{i}漏了", area_code="V3")

    assert queries(desk, "/console/") == ten
    assert ten <= 14


def test_danger_is_on_top_whatever_came_later(desk, town):
    town.post("电线断了掉在地上", area_code="V1")
    town.post("家里没电了", area_code="V1")

    page = desk.get("/console/").content.decode()

    assert page.index("电线断了") < page.index("家里没电了")


@pytest.mark.parametrize(
    "query",
    [
        "tab=nope",
        "page=99999",
        "page=-1",
        "q=%00",
        "service=%00",
        "q=" + "停" * 500,
        "overdue=x",
        "unit=ZZ",
    ],
)
def test_odd_addresses_still_open(desk, town, query):
    assert desk.get(f"/console/?{query}").status_code == 200


def test_search_finds_one_among_many(desk, town):
    for text in ("余村礼堂没电", "大溪路灯坏了"):
        town.post(text, area_code="V1")

    page = desk.get("/console/?q=礼堂").content.decode()

    assert "余村礼堂没电" in page
    assert "大溪路灯坏了" not in page


def test_who_was_slower_is_told_and_sees_how_it_is_now(desk, town):
    need = town.post("家里没电了", area_code="V1")
    desk.post(f"/console/needs/{need.number}/do/accept/")

    answer = desk.post(f"/console/needs/{need.number}/do/accept/")

    assert answer.status_code == 422
    assert "当前状态为“已受理”" in answer.content.decode()


def test_several_are_accepted_at_once_and_what_cannot_is_named(desk, town):
    needs = [town.post(f"路灯{i}坏了", area_code="V1") for i in range(3)]
    desk.post(f"/console/needs/{needs[0].number}/do/accept/")

    answer = desk.post(
        "/console/bulk/", {"verb": "accept", "number": [n.number for n in needs]}, follow=True
    )

    assert Need.objects.filter(status="ACCEPTED").count() == 3
    assert needs[0].number + "：" in answer.content.decode()


@pytest.mark.row("001-09")
def test_a_pasted_message_becomes_a_need_in_two_presses(desk, town):
    raw = "竹林风  11:02\n天荒坪镇余村村家里没电了，电话13812345678"

    read = desk.post("/console/paste/", {"raw": raw}).content.decode()
    assert 'value="V1" selected' in read
    assert 'value="竹林风"' in read
    sent = desk.post(
        "/console/intake/",
        {
            "key": "k" * 32,
            "channel": "chat",
            "text": "家里没电了",
            "area_code": "V1",
            "phone": "13812345678",
        },
    )

    need = Need.objects.get()
    assert sent.url == f"/console/needs/{need.number}/"
    assert need.channel == "chat"


def test_the_phone_form_hints_while_it_is_filled_in(desk, town):
    town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1")

    hints = desk.post(
        "/console/intake/hints/", {"text": "礼堂旁边电线杆撞歪了，冒火花", "area_code": "V1"}
    ).content.decode()

    assert "疑似危险" in hints
    assert "可能重复" in hints


def test_a_wrong_phone_form_keeps_what_was_typed(desk, town):
    answer = desk.post("/console/intake/", {"key": "k" * 32, "text": "x", "phone": "12a"})

    assert answer.status_code == 422
    assert "12a" in answer.content.decode()


def test_a_view_is_kept_under_a_name(desk, town):
    desk.post("/console/filters/", {"name": "我的超时", "tab": "todo", "overdue": "1"})

    assert "我的超时" in desk.get("/console/").content.decode()


def test_an_alliance_unit_sees_its_own_queue_only(client, town):
    town.post("自来水停了", area_code="V1")
    town.post("余村礼堂没电", area_code="V1")
    town.user("water", Role.ALLIANCE_UNIT, "WTR")
    client.login(username="water", password=PASSWORD)

    page = client.get("/console/").content.decode()

    assert "自来水停了" in page
    assert "余村礼堂没电" not in page
