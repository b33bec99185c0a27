"""A commander reads a draft beside the dispatch in force before he decides."""

import pytest
from django.test import Client

from dianliang.flows.dispatching import drafting
from dianliang.kernel.actor import Role
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
