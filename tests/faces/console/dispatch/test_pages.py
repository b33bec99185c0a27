"""A commander reads a draft beside the dispatch in force before he decides."""

import pytest
from django.test import Client

from dianliang.flows.dispatching import drafting
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.flows.dispatching.test_dispatching import (
    drafted,
    flooded,
    forced,
    told,
    urgent,
    with_tasks,
)
from tests.town import NOON, PASSWORD

pytestmark = pytest.mark.django_db


def test_a_draft_stands_beside_what_is_in_force_and_counts_what_it_changes(town, monkeypatch):
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    incident = flooded(town)
    with_tasks(town, incident)
    live = drafted(town, incident)
    forced(town, live)
    draft = told(town, live, NOON, urgent=urgent())
    town.user("chief", Role.COMMANDER, "S1")
    chief = Client()
    chief.login(username="chief", password=PASSWORD)

    page = chief.get(f"/console/dispatches/{draft.number}/")
    shown = page.content.decode()
    assert (page.status_code, "和生效中的比" in shown) == (200, True)
    assert live.number in shown
    assert '<span class="chip plain">新增 <span class="number">1</span></span>' in shown
    chief.cookies["django_language"] = "en"
    told_in_english = chief.get(f"/console/dispatches/{draft.number}/?view=left").content.decode()
    for words in ("Beside the one in force", "What would change", "Not yet in force"):
        assert words in told_in_english
    there = chief.get(f"/console/dispatches/{live.number}/?view=changes").content.decode()
    assert "和生效中的比" not in there


def test_an_auditor_reads_how_an_emergency_was_dispatched_and_changes_nothing(town, monkeypatch):
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    incident = flooded(town)
    with_tasks(town, incident)
    plan = drafted(town, incident)
    town.user("audit", Role.AUDITOR, "S1")
    town.user("next", Role.AUDITOR, "S2")
    own, next_door = Client(), Client()
    for client, name in ((own, "audit"), (next_door, "next")):
        client.login(username=name, password=PASSWORD)
    of_it = f"/console/incidents/{incident.number}/"
    read = [f"{of_it}{page}/" for page in ("dispatch", "dispatch/routes", "live", "review")]
    read += [f"/console/dispatches/{plan.number}/", "/console/key/customer/ZY-0/"]

    for path in read:
        found = own.get(path)
        main = found.content.decode().partition("<main")[2].partition("</main>")[0]
        assert (path, found.status_code, 'method="post"' in main) == (path, 200, False)
        assert (path, next_door.get(path).status_code) == (path, 404)
    assert [own.get(f"/console/{page}/").status_code for page in ("key", "guard", "rosters")] == [
        200,
        200,
        200,
    ]
    for path in (f"{of_it}dispatch/do/draft/", f"/console/dispatches/{plan.number}/do/discard/"):
        assert own.post(path).status_code == 404
    assert own.post("/console/key/customer/ZY-0/reveal/", {"reason": "核对"}).status_code == 404
    with pytest.raises(NotVisibleError):
        drafting.discard(number=plan.number, by=town.actor("S1", Role.AUDITOR), at=NOON)


def test_who_opens_a_dispatch_among_the_plans_is_led_to_its_incident(town, monkeypatch):
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    incident = flooded(town)
    with_tasks(town, incident)
    live = drafted(town, incident)
    forced(town, live)
    town.user("desk", Role.DISPATCHER, "S1")
    desk = Client()
    desk.login(username="desk", password=PASSWORD)

    page = desk.get(f"/console/plans/{live.number}/").content.decode()
    reporting = desk.get(f"/console/plans/{live.number}/happened/")

    assert f"/console/incidents/{incident.number}/dispatch/" in page
    assert f"/console/plans/{live.number}/urgent/" not in page
    assert f"/console/plans/{live.number}/happened/" not in page
    assert reporting.status_code == 422
    assert f"这是事件 {incident.number} 的抢险调度" in reporting.content.decode()
    assert '<form method="post" id="happened"' not in reporting.content.decode()
