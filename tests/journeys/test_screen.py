"""A screen in a hall plays by itself, follows what is published, survives a lost network."""

import pytest
from playwright.sync_api import expect

from dianliang.domain.venues.models import Site
from dianliang.flows.bases import telling
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.flows.bases.things import notice, typed
from tests.journeys.conftest import browser_of
from tests.town import NOON

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    town = town_builder.build()
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    return town


@pytest.mark.row("000-04")
def test_a_screen_plays_on_without_anybody_and_without_a_network(town, browser_of):
    made = notice(town, title="便民服务标准", words="来有迎声")
    notice(town, kind="notice", title="停电通知", words="周六检修")
    page = browser_of(False).new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.clock.install()
    page.goto("/screen/FW-001/")
    expect(page.get_by_role("heading", name="便民服务标准")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-kept", "yes")

    page.clock.run_for(9_000)
    expect(page.get_by_role("heading", name="停电通知")).to_be_visible()
    expect(page.get_by_role("heading", name="便民服务标准")).to_be_hidden()

    telling.revise(
        number=made.number,
        typed=typed(title="新服务标准", words="问有答声"),
        seen=1,
        reason="补充",
        by=town.actor("S1", Role.PARTY_AFFAIRS),
        at=NOON,
    )
    page.clock.run_for(301_000)
    expect(page.locator("[data-slide] h2").first).to_have_text("新服务标准")

    page.context.set_offline(True)
    page.clock.run_for(301_000)
    expect(page.get_by_text("网络不通，正在播放最近一次的内容")).to_be_visible()
    expect(page.locator("[data-slide] h2").first).to_have_text("新服务标准")
    page.reload()  # a power cut
    expect(page.get_by_role("heading", name="新服务标准")).to_be_visible()

    page.context.set_offline(False)
    page.clock.run_for(301_000)
    expect(page.get_by_text("网络不通，正在播放最近一次的内容")).to_be_hidden()
    assert troubles == []
