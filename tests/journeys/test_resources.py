"""A light tower asked for in a flood, and lamps taken at a shelf by phone: as people press."""

import pytest
from playwright.sync_api import expect

from dianliang.core.models import User
from dianliang.domain.mobilisation.models import ResourceRequest
from dianliang.domain.resources.models import Movement, Resource
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.gear import piece, stock
from tests.journeys.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    """A station with lamps on a shelf, a light tower, a dispatcher and a captain."""
    made = town_builder.build()
    made.user("desk", Role.DISPATCHER, "S1")
    made.user("captain", Role.CAPTAIN, "S1")
    stock(made)
    piece(made, kind="LTW", name="移动照明灯塔", flux_lm=48000, at=now())
    return made


@pytest.mark.row("000-10")
def test_a_tower_is_sent_and_back_and_lamps_are_taken_without_an_attendant(world, browser_of):
    desk = browser_of(False).new_page()
    log_in(desk, User.objects.get(username="desk"))
    desk.goto("/console/gear/requests/new/?kind=LTW&lat=30.51&lon=119.61")
    desk.get_by_label("用途").fill("圩堤夜间照明")
    desk.get_by_label("地点").fill("余村桥头")
    desk.get_by_role("button", name="提交请求").click()
    expect(desk.get_by_role("cell", name="直线距离")).to_be_visible()
    desk.get_by_role("button", name="指派所选").click()
    for step in ("转待命", "动员出动", "到场作业", "撤出现场", "归队"):
        summary = desk.locator("summary", has_text=step)
        if summary.evaluate("s => !s.parentElement.open"):
            summary.click()
        desk.get_by_role("button", name=step, exact=True).click()
    expect(desk.locator(".steps .lit")).to_have_count(7)
    asked = ResourceRequest.objects.get()
    tower = Resource.objects.get()
    assert (asked.status, tower.status, tower.place) == ("STOOD_DOWN", "FREE", "S1物资库")

    phone = browser_of(True).new_page()
    log_in(phone, User.objects.get(username="captain"))
    phone.goto("/console/gear/shelves/CK-S1/LAMP/")
    phone.get_by_label("数量").fill("4")
    phone.get_by_label("突发事件").check()
    phone.get_by_label("编号（工单、事件或活动）").fill("FX-7")
    phone.get_by_role("button", name="领用").click()
    expect(phone.get_by_text("已领用 圩堤照明灯 50 W 4 套")).to_be_visible()
    phone.locator("summary", has_text="圩堤照明灯").click()
    phone.get_by_label("退还数量").fill("1")
    phone.get_by_role("button", name="退还").click()
    expect(phone.get_by_text("已退还 圩堤照明灯 50 W 1 套")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

    desk.goto("/console/gear/stores/CK-S1/")
    desk.get_by_role("link", name="24 小时日志").click()
    expect(desk.get_by_role("row", name="领用")).to_contain_text("未退 3")
    assert [m.balance for m in Movement.objects.order_by("serial")] == [10, 6, 7]
