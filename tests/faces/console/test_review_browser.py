"""Categories decided by keyboard alone, on a desk; by thumb, on a phone."""

import pytest
from playwright.sync_api import expect

from dianliang.core.models import User
from dianliang.domain.intake.models import Decision
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.journeys.conftest import browser_of, log_in

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_round_by_keyboard_and_one_by_thumb(transactional_db, browser_of):
    town = town_builder.build()
    town.user("desk", Role.DISPATCHER)
    for i in range(4):
        town.post(f"余村{i}号停电了，水也停了", area_code="V1", at=now())
    desk = browser_of(False).new_page()
    log_in(desk, User.objects.get(username="desk"))
    left, last = desk.get_by_text("这一批还有"), desk.locator(".last")
    desk.goto("/console/review/")
    expect(left).to_contain_text("4")

    desk.keyboard.press("1")
    expect(last).to_contain_text("已定为 停电报修")
    desk.keyboard.press("z")
    expect(desk.get_by_text("已撤销")).to_be_visible()
    expect(left).to_contain_text("4")
    desk.keyboard.press("w")
    desk.keyboard.press("1")
    expect(last).to_contain_text("停电报修、")
    desk.keyboard.press("s")
    expect(left).to_contain_text("2")
    desk.keyboard.press("/")
    expect(desk.get_by_label("其他事项")).to_be_focused()
    desk.get_by_label("其他事项").fill("PWR-METER")
    desk.keyboard.press("Enter")
    expect(left).to_contain_text("1")
    chosen = list(Decision.objects.order_by("pk").values_list("aspect", "chosen"))
    assert chosen[0] == ("service", "PWR-OUTAGE")
    assert chosen[1][0] == "also"
    assert chosen[2] == ("service", "PWR-METER")

    phone = browser_of(True).new_page()
    log_in(phone, User.objects.get(username="desk"))
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.goto("/console/review/")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.get_by_role("button", name="以上都不是").tap()
    expect(phone.locator(".last")).to_contain_text("以上都不是")
