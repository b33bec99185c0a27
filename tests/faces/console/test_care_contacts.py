"""Calling special customers in an outage, as a dispatcher does it."""

import re
from html import unescape
from urllib.parse import urljoin

import pytest

from dianliang.domain.care.models import Alert, Contact
from dianliang.domain.work.models import Job
from dianliang.faces.ui.requests import now
from dianliang.flows import care_contacts
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from tests.flows.test_care import customer
from tests.town import PASSWORD

FORM = {
    "kind": "fault",
    "title": "余村线故障",
    "starts_at": f"{now().astimezone(SHANGHAI):%Y-%m-%dT%H:%M}",
    "ends_at": "",
    "areas": ["T1"],
    "villages": "",
}


@pytest.fixture
def desk(client, town):
    town.user("station", Role.DISPATCHER, "S1")
    client.login(username="station", password=PASSWORD)
    return client


@pytest.fixture
def alert(town):
    customer(town, special_kind="life_support", special_level=1, nominee="李四")
    return care_contacts.open_alert(
        kind="fault",
        title="余村线故障",
        starts_at=now(),
        ends_at=None,
        area_codes=["V1"],
        villages="",
        by=town.actor("S1"),
        at=now(),
    )


@pytest.mark.row("001-10")
def test_an_outage_becomes_calls_and_a_job(desk, town):
    customer(town, special_kind="life_support", special_level=1, nominee="李四")
    shown = desk.post("/console/care/alerts/", FORM, follow=True).content.decode()
    made = Alert.objects.get()
    assert "还有 1 户生命支持客户没有联系上" in shown
    assert "13812345678" not in shown

    address = f"/console/care/alerts/{made.number}/KH1"
    assert "13812345678" in desk.post(f"{address}/number/").content.decode()
    helped = desk.post(f"{address}/need_help/?view=all", {"note": "要氧气"}, follow=True)

    assert helped.redirect_chain[0][0].endswith("?view=all")
    assert f"已开必须工单 {Job.objects.get().number}" in helped.content.decode()
    closed = desk.post(f"/console/care/alerts/{made.number}/close/", follow=True)
    assert "联系已结束" in closed.content.decode()
    assert "已结束" in desk.get("/console/care/alerts/").content.decode()


@pytest.mark.parametrize(
    "change", [{"starts_at": "昨天"}, {"starts_at": ""}, {"villages": "没有村"}, {"areas": []}]
)
def test_an_odd_form_is_answered_in_plain_words_and_kept(desk, town, change):
    answer = desk.post("/console/care/alerts/", {**FORM, **change})

    assert answer.status_code == 422
    assert "余村线故障" in answer.content.decode()
    assert not Alert.objects.exists()


def test_a_list_with_life_support_left_is_not_closed(desk, alert):
    answer = desk.post(f"/console/care/alerts/{alert.number}/close/", {"reason": "来电了"})

    assert answer.status_code == 422
    assert "生命支持" in answer.content.decode()


def test_a_second_press_is_told_that_it_was_done(desk, alert):
    address = f"/console/care/alerts/{alert.number}/KH1/reach/"
    desk.post(address)
    again = desk.post(address)

    assert again.status_code == 422
    assert Contact.objects.get().calls_count == 1
    assert desk.post(address.replace("reach", "dance")).status_code == 404


@pytest.mark.parametrize("field", ["starts_at", "ends_at"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_moment_that_no_database_keeps_is_refused(desk, town, field, moment):
    customer(town)

    answer = desk.post("/console/care/alerts/", {**FORM, field: moment})

    assert answer.status_code == 422
    assert "的年份应在" in answer.content.decode()
    assert desk.get("/console/care/alerts/").status_code == 200


def test_the_next_page_is_the_lists_whatever_was_pressed_before(desk, town, alert, monkeypatch):
    monkeypatch.setattr(care_contacts, "PAGE_ROWS", 1)
    customer(town, "KH2")
    desk.post("/console/care/alerts/", FORM)
    made = Alert.objects.latest("pk")
    address = f"/console/care/alerts/{made.number}/"

    shown = desk.post(f"{address}KH1/number/").content.decode()

    (after,) = re.findall(r'href="([^"]*after=[^"]*)"', shown)
    following = desk.get(unescape(urljoin(f"{address}KH1/number/", after)))
    assert [row.number for row in following.context["page"].rows] == ["KH2"]


def test_a_minors_key_is_not_shown_on_a_list(desk, town):
    customer(town, special_kind="left_behind_child", nominee="奶奶", key_holder="邻居老赵")
    desk.post("/console/care/alerts/", FORM)

    shown = desk.post(f"/console/care/alerts/{Alert.objects.get().number}/KH1/number/")

    assert "奶奶" in shown.content.decode()
    assert "需第二人批准" in shown.content.decode()
    assert "邻居老赵" not in shown.content.decode()
