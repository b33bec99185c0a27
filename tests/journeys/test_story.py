"""One need, from a phone to a closed, rated visit, and into the figures."""

from datetime import time

import pytest
from playwright.sync_api import expect

from dianliang.core import jobs as background
from dianliang.core.models import User
from dianliang.domain.intake.models import Need, Rating
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import now, today
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.core.test_files import photo
from tests.faces.field.screens import chip, press, ready_for_offline
from tests.journeys.conftest import log_in_by_form

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(daytime, transactional_db):
    """The town on the day of the test, with one team and its steward."""
    town = town_builder.build()
    team = town.team("XH", "S1", "repair")
    # The browsers' clock is the machine's: whatever the hour, the team can still go out today.
    team.shift_starts, team.shift_ends, team.overtime_max_min = time(0), time(23, 59), 240
    team.save()
    steward = town.user("steward", Role.STEWARD, "S1")
    Person.objects.filter(number="XH-1").update(user=steward)
    town.user("desk", Role.DISPATCHER)
    return town


def post_a_need(page) -> str:
    """A resident says it in one sentence and gets a number."""
    page.goto("/")
    page.get_by_label("您需要什么？").fill("天荒坪镇余村村家里没电了，空开一合就跳")
    page.get_by_role("button", name="点亮一条需求").click()
    page.get_by_label("联系电话").fill("13812345678")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已收到")).to_be_visible()
    return page.get_by_role("heading", level=1).inner_text()


def triage(page, number):
    """A dispatcher finds it with its reasons, accepts it and opens a job."""
    page.goto("/console/")
    page.locator(f"tr[id='{number}']").get_by_role("link").click()
    expect(page.get_by_text("停电报修").first).to_be_visible()
    expect(page.get_by_text("天荒坪供电所服务天荒坪镇")).to_be_visible()
    page.keyboard.press("a")
    page.get_by_role("button", name="开工单").click()
    expect(page.get_by_text("已开 1 张工单")).to_be_visible()


def plan_and_publish(page):
    """The day is computed in the background, looked at, and published."""
    page.goto("/console/plans/new/")
    for box in ("first_on", "last_on"):
        page.locator(f"input[name='{box}']").fill(today().isoformat())
    page.locator("input[name='seconds']").fill("1")
    page.get_by_role("button", name="开始排").click()
    expect(page.get_by_text("正在排")).to_be_visible()
    assert background.run_next(owner="story", clock=now)
    expect(page.get_by_role("button", name="发布给队伍")).to_be_visible()
    expect(page.get_by_text("全部排进去了")).to_be_visible()
    page.get_by_role("button", name="发布给队伍").click()
    expect(page.get_by_text("1 个上门已通知队伍")).to_be_visible()


def visit_offline(context, page):
    """The steward does it without a network; it arrives when the network is back."""
    ready_for_offline(page)
    context.set_offline(True)
    page.get_by_role("link", name="停电报修").first.click()
    press(page, "接单", "出发", "到达")
    for item in Visit.objects.get().job.checklist:
        page.get_by_role("group", name=item).get_by_label("做了").check()
    page.get_by_label("情况记录").fill("空开烧毁，已更换")
    page.locator("#camera").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo((800, 600))}
    )
    expect(page.get_by_role("img", name="照片 1")).to_be_visible()
    sign(page)
    press(page, "完成这一单")
    assert Visit.objects.get().status == "SCHEDULED"
    context.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")


def sign(page):
    """The resident signs on the glass."""
    pad = page.get_by_role("img", name="签名区")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=6)
    page.mouse.up()
    expect(page.get_by_text("已签", exact=True)).to_be_visible()


def rate(page):
    """The resident sees that it is done and says so."""
    page.reload()
    expect(page.get_by_text("办得怎么样？")).to_be_visible()
    page.get_by_text("5 星").locator("..").click()
    page.get_by_role("button", name="评价", exact=True).click()
    expect(page.get_by_text("您评了 5 星")).to_be_visible()


@pytest.mark.row("000-18")
@pytest.mark.row("002-01")
def test_a_need_is_pointed_out_lit_up_rated_and_counted(town, browser_of):
    resident = browser_of(True).new_page()
    number = post_a_need(resident)

    desk = browser_of(False).new_page()
    log_in_by_form(desk, User.objects.get(username="desk"))
    triage(desk, number)
    plan_and_publish(desk)

    phone = browser_of(True)
    steward = phone.new_page()
    log_in_by_form(steward, User.objects.get(username="steward"))
    visit_offline(phone, steward)

    rate(resident)

    desk.goto("/board/")
    expect(desk.get_by_text("100%").first).to_be_visible()
    desk.get_by_role("link", name="收到需求").click()
    expect(desk.get_by_role("link", name=number)).to_be_visible()
    need = Need.objects.get()
    assert (need.status, Rating.objects.get().stars) == ("CLOSED", 5)
    assert Rating.objects.get().team_code == "XH"
