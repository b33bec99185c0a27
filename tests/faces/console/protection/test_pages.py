"""The pages of guarded events: written down, planned part by part, told what is lacking."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse

from dianliang.domain.key_customers.told import Source
from dianliang.domain.protection.models import Event, LogEntry, Standby
from dianliang.domain.work.models import Job
from dianliang.faces.console.key_customers.charts import moment
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests import keyworld
from tests.town import PASSWORD


@pytest.fixture
def desk(client, town):
    line, _transformer = keyworld.network(town)
    source = [Source(feeder_id=line.pk, is_main=True)]
    keyworld.customer(town, "ZY1", name="一中考点", sources=source)
    keyworld.customer(town, "ZY2", name="二中考点", sources=source)
    town.team("XH", "S1", "inspect")
    town.user("desk", Role.DISPATCHER, "S1")
    client.login(username="desk", password=PASSWORD)
    return client


def hours(count):
    return moment(now() + timedelta(hours=count))[:16]


def form(**changes):
    known = {
        "title": "高考保电",
        "level": "first",
        "starts_at": hours(24),
        "ends_at": hours(72),
        "customers": "ZY1、",
        "sites": "",
        "key": "a" * 32,
    }
    return {**known, **changes}


def post(desk, name, *parts, **sent):
    return desk.post(reverse(f"console:{name}", args=parts), sent, follow=True)


def test_a_plan_is_made_part_by_part_and_says_what_it_lacks(desk):
    for _press in range(2):
        page = post(desk, "guard_events", **form())
    event = Event.objects.get()
    assert "方案还缺 4 项" in page.text
    assert "一中考点" in page.text

    number, key = event.number, {"key": "b" * 32}
    page = post(desk, "guard_plan", number, "halls", customers="ZY2", **key)
    assert "已加入，供电线路和变压器按台账带出" in page.text
    page = post(desk, "guard_plan", number, "patrols", due_at=hours(20), team="XH", **key)
    assert "已开 3 张特巡工单" in page.text
    assert page.text.count("优先 XH队") == 3
    assert f"title={quote(event.title)}&amp;starts_on=" in page.text
    hall = event.halls.first()
    told = {"hall": hall.pk, "team": "XH", "starts_at": hours(24), "ends_at": hours(72)}
    page = post(desk, "guard_plan", number, "standby", gear="发电车", **told, **key)
    assert "发电车" in page.text
    again = post(desk, "guard_plan", number, "standby", key="c" * 32, **told)
    assert (again.status_code, "已在一中考点驻守" in again.text) == (422, True)
    refused = post(desk, "guard_act", number, "release", **key)
    assert (refused.status_code, "方案还缺：" in refused.text) == (422, True)

    sheet = desk.get(reverse("console:guard_sheet", args=[number]))
    assert sheet.content.startswith(b"PK")

    out = {"kind": "standby", "part": Standby.objects.get().pk}
    assert "已移出方案" in post(desk, "guard_plan", number, "out", **out, **key).text
    equipment = {"hall": hall.pk, "code": "F118"}
    assert "大溪线" in post(desk, "guard_plan", number, "equipment", **equipment, **key).text
    early = post(
        desk, "guard_act", number, "log", kind="other", happened_at=hours(0), words="试记", **key
    )
    assert (early.status_code, LogEntry.objects.count()) == (422, 0)
    cancelled = post(desk, "guard_act", number, "cancel", reason="改期", **key)
    assert "已取消" in cancelled.text
    assert set(Job.objects.values_list("status", flat=True)) == {"CANCELLED"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "请填写名称"),
        ({"starts_at": "x"}, "请填写开始时间"),
        ({"ends_at": "2020-01-01T00:00"}, "时段的结束必须晚于开始"),
        ({"customers": "ZY1 ZY9"}, "没有编号为 ZY9"),
    ],
)
def test_a_form_that_cannot_be_keeps_what_was_typed(desk, changes, words):
    answer = post(desk, "guard_events", **form(**changes))

    assert answer.status_code == 422
    assert words in answer.text
    assert changes.get("title", "高考保电") in answer.text
    assert not Event.objects.exists()


@pytest.mark.parametrize("address", [("guard_plan", "dance"), ("guard_act", "dance")])
def test_an_act_that_nobody_knows_does_nothing(desk, address):
    post(desk, "guard_events", **form())
    event = Event.objects.get()
    name, verb = address
    answer = post(desk, name, event.number, verb)

    assert answer.status_code in {404, 422}
    event.refresh_from_db()
    assert event.status == "DRAFT"
