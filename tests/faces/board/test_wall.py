"""The board in a browser: on a phone, and on a wall where it renews itself."""

import pytest
from playwright.sync_api import expect

from dianliang.core.models import User
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.journeys.conftest import browser_of, log_in_by_form

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST_PAGE_BYTES = 150_000


@pytest.fixture
def town(transactional_db):
    town = town_builder.build()
    town.user("party", Role.PARTY_AFFAIRS)
    town.post("余村村没电了", area_code="V1", at=now())
    return town


def test_a_wall_renews_itself_and_says_when_it_cannot(town, browser_of):
    page = browser_of(False).new_page()
    log_in_by_form(page, User.objects.get(username="party"))
    page.goto("/board/?signage=1")
    received = page.locator(".wall .tile strong").first
    expect(received).to_have_text("1")
    expect(page.get_by_role("navigation")).to_have_count(0)
    town.post("想装充电桩", area_code="V1", at=now())

    page.evaluate("document.dispatchEvent(new Event('board:renew'))")
    expect(received).to_have_text("2")

    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new Event('board:renew'))")
    expect(page.get_by_text("网络不通，数字停在这一刻")).to_be_visible()
    expect(received).to_have_text("2")


def test_a_bar_and_a_township_lead_to_as_many_records_as_they_show(town, browser_of):
    page = browser_of(True).new_page()
    sizes = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    log_in_by_form(page, User.objects.get(username="party"))
    sizes.clear()
    page.goto("/board/", wait_until="networkidle")
    assert 0 < sum(sizes) <= FIRST_PAGE_BYTES
    page.get_by_role("link", name="今天").click()
    expect(page.get_by_role("link", name="今天")).to_have_attribute("aria-current", "true")

    page.locator(".county a", has_text="天荒坪镇").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("1")
    expect(page.locator("tbody tr")).to_have_count(1)
