"""Cameras on the desk: the register, zones by numbers, thresholds, events, the week, deletions."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dianliang.core.models import AuditEvent
from dianliang.domain.linewatch.models import Camera, Event
from dianliang.domain.linewatch.spot_models import Miss
from dianliang.flows.linewatch import recording, retaining
from dianliang.kernel.actor import Role
from tests.api.v1.test_api import program
from tests.browsing import upload
from tests.town import NOON, PASSWORD
from tests.watchworld import happened, objects, registered, steward

pytestmark = pytest.mark.django_db
NEW = {
    "name": "荷塘东",
    "line_name": "110kV 安余线",
    "span": "13#–14#",
    "voltage_kv": "110",
    "area_code": "V1",
    "source": "rtsp://admin:geheim@192.0.2.10/stream2",
}


@pytest.fixture
def desk(client, town):
    town.user("desk", Role.DISPATCHER, "S1")
    client.login(username="desk", password=PASSWORD)
    return client


def test_a_camera_is_registered_drawn_on_by_numbers_and_its_password_never_shown(desk, town):
    sent = desk.post("/console/watch/register/", NEW)
    camera = Camera.objects.get()
    assert sent.url == f"/console/watch/{camera.number}/zones/"

    typed = {"typed": "1", "id": ["水边", ""], "kind": ["water_edge", "danger"]}
    typed |= {"corners": ["0.1,0.5 0.9,0.5 0.9,0.9", ""], "dwell_s": ["20", ""], "reason": "首次"}
    assert desk.post(sent.url, typed).status_code == 302

    page = desk.get(f"/console/watch/{camera.number}/").content.decode()
    assert camera.zone_versions.get().zones[0]["dwell_s"] == 20.0
    assert "rtsp://192.0.2.10/…" in page
    for shown in (page, desk.get("/console/watch/").content.decode()):
        assert "geheim" not in shown
        assert "admin" not in shown


@pytest.mark.parametrize("change", [{"voltage_kv": "many"}, {"area_code": "V99"}, {"source": " "}])
def test_a_camera_that_cannot_be_is_refused_with_its_form(desk, change):
    answer = desk.post("/console/watch/register/", NEW | change)

    assert answer.status_code == 422
    assert "荷塘东" in answer.content.decode()
    assert not Camera.objects.exists()


def test_zones_that_cannot_be_are_all_named_and_what_was_drawn_stays(desk, town):
    camera = registered(town)
    drawn = '[{"id": "新区", "kind": "exclusion", "corners": [[0.1, 0.1], [2, 0.1]]}]'

    answer = desk.post(f"/console/watch/{camera.number}/zones/", {"zones": drawn})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "危险区或水边区" in page
    assert "应在画面内" in page
    assert "新区" in page
    assert camera.zone_versions.count() == 1


def test_thresholds_a_sign_a_source_and_a_retirement_are_written_down(desk, town):
    camera = registered(town)
    at = f"/console/watch/{camera.number}"
    desk.post(f"{at}/rules/", {"dwell_s": "12", "quiet_from_min": "1320", "reason": "太灵敏"})
    assert desk.post(f"{at}/rules/", {"retention_days": "400"}).status_code == 422
    assert desk.post(f"{at}/rules/", {"least_people": "1.5"}).status_code == 422
    desk.post(f"{at}/signs/B01/", {"photo": upload("sign.jpg")})
    assert desk.post(f"{at}/signs/B02/", {}).status_code == 422
    assert desk.post(f"{at}/signs/X99/", {"note": "x"}).status_code == 404
    assert desk.post(f"{at}/source/", {"source": ""}).status_code == 422
    desk.post(f"{at}/source/", {"source": "rtsp://x:geheim@192.0.2.11/stream2"})
    desk.post(f"{at}/do/retire/", {"reason": "拆除"})

    camera.refresh_from_db()
    rules = camera.rule_versions.order_by("-number")[0]
    assert (rules.number, rules.dwell_s, rules.quiet_from_min) == (2, 12.0, 1320)
    assert [row.code for row in camera.signs.all()] == ["B01"]
    assert (camera.status, "192.0.2.11" in camera.source) == ("RETIRED", True)


def test_an_event_is_answered_sent_and_its_looks_are_on_record(desk, town):
    camera = registered(town)
    event = happened(camera, warning="console", pictured=True)
    at = f"/console/watch/events/{event.number}"
    assert desk.get(f"{at}/snapshot/").headers["Content-Type"] == "image/jpeg"
    assert desk.get(f"{at}/strip/").status_code == 404
    assert AuditEvent.objects.filter(verb="linewatch.event.look").count() == 1

    desk.post(f"{at}/send/", {"reason": "看着像"})
    desk.post(f"{at}/answer/", {"verdict": "TRUE", "note": "已劝离"})

    page = desk.get(f"{at}/").context["page"]
    assert [one.label for one in page.story] == ["登记", "派单", "通知电管家", "属实"]
    assert (page.row.status, page.may_send, page.row.job != "") == ("TRUE", False, True)


def test_a_loudspeaker_is_registered_tried_and_removed_and_a_miss_is_reported(desk, town):
    camera = registered(town)
    at = f"/console/watch/{camera.number}"
    new = {"name": "东岸喇叭", "address": "mqtt://u@192.0.2.30/line", "secret": "geheim"}
    assert desk.post(f"{at}/speakers/", new | {"address": "ftp://x/y"}).status_code == 422
    desk.post(f"{at}/speakers/", new)
    desk.post(f"{at}/speakers/1/try/", {})
    page = desk.get(f"{at}/").content.decode()
    assert "试播中" in page
    assert "geheim" not in page

    assert desk.post(f"{at}/speakers/1/shout/", {}).status_code == 404
    desk.post(f"{at}/speakers/1/remove/", {})
    assert desk.post(f"{at}/speakers/1/try/", {}).status_code == 404
    miss = {"kind": "fishing", "people": "2", "happened_at": "2026-11-24T10:00", "words": "东岸"}
    assert desk.post(f"{at}/misses/", miss | {"people": "many"}).status_code == 422
    assert desk.post(f"{at}/misses/", miss | {"happened_at": "soon"}).status_code == 422
    desk.post(f"{at}/misses/", miss)

    page = desk.get(f"{at}/").context["page"]
    assert (page.speakers, [row.people for row in page.misses]) == ((), [2])
    assert not page.row.has_speaker


def test_a_steward_reports_on_the_phone_what_a_camera_of_his_unit_missed(client, town):
    camera = registered(town)
    other = registered(town, by=town.actor("S2"), name="外所", area_code="V3")
    town.user("walker", Role.STEWARD, "S1")
    client.login(username="walker", password=PASSWORD)
    miss = {"kind": "stay", "people": "1", "happened_at": "2026-11-24T10:00", "words": ""}

    form = client.get("/field/missed/").content.decode()
    assert camera.number in form
    assert other.number not in form
    assert client.post("/field/missed/", miss | {"camera": other.number}).status_code == 404
    wrong = miss | {"camera": camera.number, "people": "0"}
    assert client.post("/field/missed/", wrong).status_code == 422
    assert client.post("/field/missed/", miss | {"camera": camera.number}).status_code == 302

    assert [row.camera for row in Miss.objects.all()] == [camera]


def test_a_steward_answers_on_the_phone_what_a_camera_of_his_cell_told(client, town):
    camera, person = registered(town), steward(town)
    person.user = town.user("walker", Role.STEWARD, "S1")
    person.save()
    client.login(username="walker", password=PASSWORD)
    told = happened(camera, warning="console", pictured=True)
    walked = happened(camera, warning="steward")
    at = f"/field/guarded/{told.number}"

    page = client.get("/field/guarded/").content.decode()
    assert all(number in page for number in (told.number, walked.number, walked.job.number))
    assert f"{at}/answer/" in page
    assert f"/field/guarded/{walked.number}/answer/" not in page
    assert client.get(f"{at}/picture/")["Content-Type"] == "image/jpeg"
    assert client.post(f"{at}/answer/", {"verdict": "PERHAPS"}).status_code == 422
    sent_there = f"/field/guarded/{walked.number}/answer/"
    assert client.post(sent_there, {"verdict": "TRUE"}).status_code == 422
    assert client.post(f"{at}/answer/", {"verdict": "TRUE"}).status_code == 302

    assert told.number not in client.get("/field/guarded/").content.decode()
    assert client.get(f"{at}/picture/").status_code == 404
    assert [row.number for row in Event.objects.filter(status="TRUE")] == [told.number]


def test_a_true_event_is_made_a_need_for_signs_on_its_page(desk, town):
    event = happened(registered(town))
    at = f"/console/watch/events/{event.number}"
    assert desk.post(f"{at}/signs/", {}).status_code == 422
    desk.post(f"{at}/answer/", {"verdict": "TRUE"})
    assert desk.get(f"{at}/").context["page"].may_ask
    desk.post(f"{at}/signs/", {"words": "东岸"})

    event.refresh_from_db()
    page = desk.get(f"{at}/")
    assert event.need
    assert f"/{event.need}/" in page.content.decode()
    assert not page.context["page"].may_ask


def test_events_are_cut_by_answer_camera_kind_and_warning(desk, town):
    objects(town)
    other = registered(town, name="另一台")
    event = happened(other, kind="stay", warning="console")

    def rows(query):
        return desk.get(f"/console/watch/events/?{query}").context["page"].rows

    assert len(rows("view=false")) == 5
    assert {row.number for row in rows(f"camera={other.number}")} == {event.number}
    assert {row.number for row in rows("kind=stay&warning=console")} == {event.number}
    assert len(rows("view=nonsense&kind=nonsense")) == 2


@pytest.mark.parametrize("address", ["/console/watch/", "/console/watch/events/?view=all"])
def test_twenty_rows_cost_as_many_queries_as_ten(desk, town, address):
    def cost(rows):
        for number in range(rows):
            happened(registered(town, name=f"第 {rows}-{number}"), warning="console")
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(address).status_code == 200
        return len(seen)

    cost(1)
    assert cost(3) == cost(6) <= 16


def test_the_week_is_shown_and_printed_and_the_print_is_on_record(desk, town):
    camera = registered(town)
    recording.take_beat(number=camera.number, pictures=5, watched_s=3600.0, at=NOON)
    happened(camera)

    week = desk.get("/console/watch/week/?day=2026-11-24").context["page"]
    assert (week.total.watched_h, week.total.events, week.total.precision) == (1.0, 1, None)
    assert desk.get("/console/watch/week/?day=nonsense").status_code == 200
    paper = desk.get("/console/watch/week/paper/?kind=docx&day=2026-11-24")
    assert paper.content.startswith(b"PK")
    assert desk.get("/console/watch/week/paper/?kind=exe").status_code == 404
    assert AuditEvent.objects.get(verb="linewatch.camera.report").target_id == "2026-11-23"


def test_the_auditor_reads_events_and_deletions_and_changes_nothing(client, town):
    event = happened(registered(town), pictured=True)
    retaining.delete_due(at=NOON + timedelta(days=31))
    town.user("auditor", Role.AUDITOR, "LM")
    client.login(username="auditor", password=PASSWORD)

    assert event.number in client.get("/console/watch/deletions/").content.decode()
    page = client.get(f"/console/watch/events/{event.number}/")
    assert (page.context["page"].verdicts, "到期删除" in page.content.decode()) == ((), True)
    answered = client.post(f"/console/watch/events/{event.number}/answer/", {"verdict": "TRUE"})
    assert answered.status_code == 404
    assert Event.objects.get().status == "WAITING"


def test_programs_read_cameras_and_events_of_their_unit_without_a_password(town):
    objects(town)

    robot = program(town, unit="S1")
    cameras = robot.get("/api/v1/cameras")
    assert cameras.json()["rows"][0]["source"] == "rtsp://192.0.2.10:554/…"
    assert robot.get("/api/v1/watch-events?view=false").json()["total"] == 5
    foreign = program(town, unit="S2", username="other")
    assert foreign.get("/api/v1/watch-events").json()["total"] == 0
    party = program(town, Role.PARTY_AFFAIRS, username="party")
    assert party.get("/api/v1/cameras").status_code == 404
