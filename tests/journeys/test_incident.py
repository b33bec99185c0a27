"""A flood, from an authority's alert to a warning of our own: a station presses its way through."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dianliang.core.models import User
from dianliang.domain.incidents.models import Incident
from dianliang.faces.ui.requests import now
from dianliang.integrations.cap.writing import moment
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from tests import town as town_builder
from tests.faces.console.test_public_alerts import CASES
from tests.flows.test_care import customer
from tests.journeys.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    """A station with a team, a commander, and somebody whose life depends on power."""
    town = town_builder.build()
    town.team("YX", "S1")
    customer(town, "KH1", lat=30.51, lon=119.60, special_kind="life_support")
    town.user("desk", Role.DISPATCHER, "S1")
    town.user("chief", Role.COMMANDER, "S1")
    return town


def alert():
    """The alert of a rainstorm, sent an hour ago."""
    text = (CASES / "good" / "rainstorm.xml").read_text(encoding="utf-8")
    text = text.replace("2020-07-19T08:30:00+08:00", moment(now() - timedelta(hours=1)))
    return text.replace("2020-07-19T20:30:00+08:00", moment(now() + timedelta(hours=12))).encode()


def test_a_flood_is_taken_in_drawn_led_and_warned_of(town, browser_of, tmp_path):
    page = browser_of(False).new_page()
    log_in(page, User.objects.get(username="desk"))
    (tmp_path / "rain.xml").write_bytes(alert())
    page.goto("/console/alerts/")
    page.get_by_label("CAP 1.2 文件").set_input_files(tmp_path / "rain.xml")
    page.get_by_role("button", name="收下").click()
    expect(page.locator("#alert-map[data-ready]")).to_have_attribute("data-shapes", "3")
    page.get_by_role("link", name="登记事件").click()
    page.get_by_label("天荒坪镇").check()
    shapes = page.locator("#draw-map")
    expect(shapes).to_have_attribute("data-drawn", "2")
    page.get_by_label("圆（点圆心，再点圆上一点）").check()
    shapes.click(position={"x": 150, "y": 120})
    shapes.click(position={"x": 180, "y": 120})
    expect(shapes).to_have_attribute("data-drawn", "3")
    page.get_by_label("指挥长（人员编号或姓名").fill("YX-0")
    page.get_by_role("button", name="登记", exact=True).click()

    expect(page.get_by_role("link", name="受影响特殊客户 1 户")).to_be_visible()
    expect(page.locator("#incident-map[data-ready]")).to_be_visible()
    page.get_by_label("原因").first.fill("水位超警戒")
    page.get_by_role("button", name="启动响应").click()
    ends = (now() + timedelta(hours=12)).astimezone(SHANGHAI)
    page.locator("#periods").get_by_label("结束").fill(f"{ends:%Y-%m-%dT%H:%M}")
    page.get_by_label("当班指挥（人员编号或姓名）").fill("YX-1")
    page.get_by_role("button", name="开设时段").click()
    page.get_by_label("目标", exact=True).fill("圩堤照明")
    page.get_by_label("衡量什么").fill("架设线路")
    page.get_by_label("目标值").fill("44.6")
    page.locator("#periods").get_by_label("单位", exact=True).fill("公里")
    page.get_by_role("button", name="下达").click()
    page.get_by_label("圩堤照明：累计完成").fill("20")
    page.get_by_role("button", name="报进度").click()
    expect(page.get_by_text("20 / 44.6")).to_be_visible()
    page.get_by_role("link", name="发布预警").click()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("预警已发布")).to_be_visible()

    incident = Incident.objects.get()
    phone = browser_of(True).new_page()
    log_in(phone, User.objects.get(username="chief"))
    phone.goto(f"/console/incidents/{incident.number}/")
    expect(phone.get_by_text("受影响特殊客户")).to_be_visible()
    expect(phone.get_by_role("link", name="受影响特殊客户")).to_have_count(0)
    expect(phone.locator("#log")).to_contain_text("发布预警")
