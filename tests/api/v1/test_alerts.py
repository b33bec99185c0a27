"""Alerts that a program sends: kept once, refused with every fault, public ones handed out."""

import pytest

from dianliang.domain.incidents.models import PublicAlert
from dianliang.flows.incidents import bulletins
from dianliang.integrations import cap
from dianliang.kernel.actor import Role
from tests.api.v1.test_api import program
from tests.flows.alerts.test_reading import GOOD, rain
from tests.flows.incidents.things import opened, warning
from tests.town import NOON

pytestmark = pytest.mark.django_db
CAP = "application/cap+xml"


def send(client, content, kind=CAP):
    return client.post("/api/v1/alerts", content, content_type=kind)


def test_an_alert_sent_twice_is_one_and_another_text_of_its_name_a_conflict(town):
    robot = program(town, unit="S1")
    first, again = (send(robot, rain()[1]) for _ in range(2))
    other = send(robot, rain(headline=("暴雨红色预警", "暴雨蓝色预警"))[1])

    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 409)
    assert (first.json()["is_new"], again.json()["is_new"]) == (True, False)
    assert first.json()["number"] == again.json()["number"] == PublicAlert.objects.get().number


def test_every_fault_is_named_with_its_place_and_nothing_is_kept(town):
    robot = program(town, unit="S1")
    answer = send(robot, (GOOD.parent / "bad" / "many_at_once.xml").read_bytes())

    assert answer.status_code == 422
    assert {"alert/sent", "alert/scope"} <= {one["field"] for one in answer.json()["fields"]}
    assert send(robot, b" ").status_code == 422
    assert send(robot, b"{}", kind="application/json").status_code == 415
    assert send(robot, b"x" * (5 * 1024 * 1024)).status_code == 413
    assert not PublicAlert.objects.exists()


def test_a_token_for_other_things_and_a_role_that_only_reads_send_none(town):
    plain = program(town, unit="S1", username="plain", scopes=("read",))
    auditor = program(town, Role.AUDITOR, unit="S1", username="auditor")

    assert send(plain, rain()[1]).status_code == 403
    assert send(auditor, rain()[1]).status_code == 404


def test_anybody_reads_real_warnings_of_ours_and_no_drill(town, client):
    real, drill = (
        bulletins.issue(
            number=opened(town, is_drill=is_drill).number,
            asked=warning(),
            by=town.actor("S1"),
            at=NOON,
        )
        for is_drill in (False, True)
    )
    message = client.get(f"/api/alerts/{real.number}.xml")

    assert message["Content-Type"].startswith(CAP)
    assert cap.read(message.content).identifier == real.number
    assert client.get(f"/api/alerts/{drill.number}.xml").status_code == 404
    assert client.get("/api/alerts.atom")["Content-Type"].startswith("application/atom+xml")
