"""The pages of incidents as a desk presses its way through them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dianliang.domain.incidents.models import Bulletin, Incident, Objective
from dianliang.faces.ui.requests import now
from dianliang.integrations.cap.writing import moment
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from tests.faces.console.test_public_alerts import file
from tests.flows.incidents.things import opened, seen
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db


def enter(town, role, name):
    town.user(name, role, "S1")
    client = Client()
    client.login(username=name, password=PASSWORD)
    return client


@pytest.fixture
def desk(town):
    town.team("YX", "S1")
    return enter(town, Role.DISPATCHER, "desk")


def form(**changed):
    return {
        "key": "k" * 32,
        "title": "西苕溪超警戒水位",
        "kind": "flood",
        "level": "3",
        "because": "水位超警戒",
        "unit": "S1",
        "areas": ["T1"],
        "commander": "YX-0",
        **changed,
    }


def local(**ahead):
    return f"{(now() + timedelta(**ahead)).astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def press(client, verb, **sent):
    incident = Incident.objects.get()
    sent = {"seen": seen(incident), "reason": "依据会商", "key": f"{verb}-key-0001", **sent}
    return client.post(f"/console/incidents/{incident.number}/do/{verb}/", sent, follow=True)


def test_a_flood_from_the_alert_to_the_end_with_a_warning_of_our_own(desk):
    sent, expires = (now() + timedelta(hours=hours) for hours in (-1, 12))
    upload = file("rainstorm.xml", sent=moment(sent), expires=moment(expires))
    alert = desk.post("/console/alerts/", {"files": [upload]}, follow=True)
    assert "登记事件" in alert.text
    number = alert.redirect_chain[-1][0].split("/")[-2]
    draft = desk.get(f"/console/incidents/new/?alert={number}")
    assert 'value="暴雨红色预警"' in draft.text

    made = desk.post("/console/incidents/new/", form(alert=number), follow=True)
    assert "据预警" in made.text
    assert "响应" in press(desk, "respond").text
    page = press(
        desk, "period", starts_at=local(), ends_at=local(hours=12), commander="YX-1", weather="大雨"
    )
    assert "第 1 时段" in page.text
    aim = {"words": "圩堤照明", "measure": "架设", "target": "44.65", "counted_in": "公里"}
    press(desk, "objective", **aim)
    one = Objective.objects.get()
    page = press(desk, "report", objective=one.number, seen=0, done="12.25")
    assert "12.25 / 44.65" in page.text
    incident = Incident.objects.get()
    warn = f"/console/incidents/{incident.number}/warn/"
    told = {
        "key": "w" * 32,
        "message_type": "Alert",
        "headline": "沿线可能停电",
        "severity": "Severe",
        "urgency": "Expected",
        "certainty": "Likely",
        "expires_at": local(hours=6),
    }
    shown = desk.post(warn, told, follow=True)
    assert "下载 CAP 1.2" in shown.text
    message = desk.get(f"/console/bulletins/{Bulletin.objects.get().number}/message.xml")
    assert message["Content-Type"] == "application/octet-stream"
    press(desk, "drop", objective=one.number, seen=1)
    press(desk, "demobilise")
    page = press(desk, "close")
    assert "结束时间" in page.text
    assert "下一步" not in page.text


def test_a_drill_says_so_everywhere(desk):
    desk.post("/console/incidents/new/", form(is_drill="1"))
    number = Incident.objects.get().number
    base = f"/console/incidents/{number}/"
    for path in ("", "edit/", "warn/", "records/teams/"):
        assert "这是演练，不是真实事件" in desk.get(f"{base}{path}").text
    assert "演练" in desk.get("/console/incidents/").text


def test_two_presses_open_one_incident_and_a_bad_form_keeps_what_was_filled_in(desk):
    answer = desk.post("/console/incidents/new/?drill=1", form(areas=[], shapes="30.5,119.5"))
    assert answer.status_code == 422
    assert "登记演练" not in answer.text
    assert "划定范围第 1 行" in answer.text
    assert 'value="西苕溪超警戒水位"' in answer.text
    for _ in range(2):
        desk.post("/console/incidents/new/", form())
    assert Incident.objects.count() == 1


def test_what_was_typed_and_drawn_outlives_a_refusal(desk):
    desk.post("/console/incidents/new/", form())
    noted = press(desk, "note", words="水深 2 米", corrects="第一条")
    assert noted.status_code == 422
    assert 'value="水深 2 米"' in noted.text
    drawn = press(desk, "redraw", villages="没有这个村", shapes="圆 30.6,119.5 8", reason="涨水")
    assert drawn.status_code == 422
    for kept in ("圆 30.6,119.5 8</textarea>", 'value="没有这个村"', 'value="涨水"'):
        assert kept in drawn.text


def test_an_old_page_is_told_and_markup_is_text(desk):
    desk.post("/console/incidents/new/", form(title="<script>alert(1)</script>"))
    press(desk, "respond")
    old = press(desk, "demobilise", seen=0)

    assert old.status_code == 409
    assert "刚被他人改动" in old.text
    assert "<script>alert(1)" not in old.text


def test_files_open_and_lists_cost_the_same_with_more_rows(
    desk, town, django_assert_max_num_queries
):
    for _ in range(12):
        opened(town, at=now())
    with django_assert_max_num_queries(14):
        assert desk.get("/console/incidents/").status_code == 200
    number = Incident.objects.first().number
    for path in ("table.xlsx", f"{number}/log.xlsx", f"{number}/records/teams.xlsx"):
        assert desk.get(f"/console/incidents/{path}").content[:2] == b"PK"


def test_readers_see_and_press_nothing(desk, town):
    desk.post("/console/incidents/new/", form())
    number = Incident.objects.get().number
    for role in (Role.AUDITOR, Role.PARTY_AFFAIRS):
        reader = enter(town, role, f"reader-{role}")
        page = reader.get(f"/console/incidents/{number}/")
        assert page.status_code == 200
        assert "<button" not in page.text.split("<main")[1].split("</main>")[0]
        assert reader.get("/console/alerts/").status_code == 200
        upload = SimpleUploadedFile("a.xml", b"<a/>")
        assert reader.post("/console/alerts/", {"files": [upload]}).status_code == 404


def test_an_administrator_registers_a_source_and_the_page_says_what_is_wrong(town):
    admin = enter(town, Role.ADMINISTRATOR, "admin")
    bad = admin.post("/console/alert-sources/", {"name": "气象", "url": "x", "every_min": "5"})
    assert bad.status_code == 422
    good = {"name": "气象", "url": "https://example.cn/cap", "every_min": "5"}
    page = admin.post("/console/alert-sources/", good, follow=True)
    assert "等待第一次询问" in page.text
