"""The map of routes on a desk and a phone: a line, what is done of it, and whose part is whose."""

import pytest
from playwright.sync_api import expect

from dianliang.flows.dispatching import drafting
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.axe import serious
from tests.flows.dispatching.test_lines import (
    SHORT,
    crews_of,
    drafted,
    forced,
    lined,
    op,
    sent,
)
from tests.journeys.conftest import browser_of, log_in

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def flood(transactional_db, monkeypatch):
    """A crew on two kilometres of a dike, of which it has reported some."""
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    town = town_builder.build()
    incident = crews_of(town, "A", people=2)
    line = lined(town, incident, path=SHORT, km="2", people="2")
    forced(town, drafted(town, incident, hours=24))
    assert sent(town, [op(line, "first", 0, 0.5)]) == ["applied"]
    return incident, town.user("chief", Role.COMMANDER, "S1")


@pytest.mark.parametrize("is_phone", [False, True])
def test_commander_sees_on_the_map_what_is_lit_and_whose_part_comes_next(
    flood, browser_of, is_phone
):
    incident, chief = flood
    page = browser_of(is_phone).new_page()
    log_in(page, chief)
    page.goto(f"/console/incidents/{incident.number}/dispatch/routes/")
    drawn = page.locator("#routes-map")
    expect(drawn).to_have_attribute("data-lines", "1")
    expect(drawn).to_have_attribute("data-points", "0")
    assert int(drawn.get_attribute("data-parts")) > 0
    tiles = page.locator(".tiles")
    expect(tiles).to_contain_text("0.5 公里")
    expect(tiles).to_contain_text("还有 1.5 公里")

    page.get_by_role("link", name="A队", exact=True).first.click()
    expect(page.locator("#crew")).to_contain_text("线路已报 0.5 公里")
    expect(drawn).to_have_attribute("data-chosen", "A")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # The page still glides to the map; what has gone half under the bar is no small target.
    page.wait_for_function("document.querySelector('#crew').contains(document.activeElement)")
    page.evaluate("scrollTo(0, 0)")
    assert serious(page) == []
