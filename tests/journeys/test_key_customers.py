"""A flood: key customers come in from Excel, are followed hour by hour, and the curve tells it."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dianliang.core import jobs as background
from dianliang.core.models import User
from dianliang.faces.console.key_customers.charts import moment
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests import keyworld
from tests import town as town_builder
from tests.journeys.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 390, "height": 844}
WIDER = "document.documentElement.scrollWidth > innerWidth + 1"


@pytest.fixture
def town(transactional_db):
    town = town_builder.build()
    keyworld.network(town)
    town.user("station", Role.DISPATCHER, "S1")
    return town


def bring(page):
    """The desk brings a table and sees how far it is until it is in."""
    rows = [
        keyworld.line(f"ZY{n}", 主供电源编码="F117", 纬度=f"30.5{n}", 经度="119.61")
        for n in range(4)
    ]
    content = keyworld.book(rows, [["ZY0", "柴油发电机", "500", "400", "8", "2026-06-01"]])
    sheet = {"name": "重要客户.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    page.goto("/console/key/import/")
    page.locator("input[name='table']").set_input_files(sheet)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.get_by_text("排队等待，马上开始")).to_be_visible()
    assert background.run_next(owner="story", clock=now)
    expect(page.get_by_text("新建 4，更新 0")).to_be_visible()


def tell(page, *names, state, minutes_ago, **more):
    """The desk writes down what it hears of some customers."""
    for name in names:
        page.get_by_role("checkbox", name=name).check()
    page.locator("#state").select_option(state)
    at = moment(now() - timedelta(minutes=minutes_ago))[:16]
    page.locator("#happened").fill(at)
    for field, words in more.items():
        page.locator(f"#{field}").fill(words)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text(f"已登记 {len(names)} 户")).to_be_visible()


@pytest.mark.row("002-09")
def test_key_customers_come_in_are_followed_and_every_point_opens_its_reports(town, browser_of):
    context = browser_of(False)
    page = context.new_page()
    log_in(page, User.objects.get(username="station"))
    bring(page)
    page.get_by_role("link", name="看重要客户").click()
    expect(page.get_by_role("row")).to_have_count(5)

    page.get_by_role("link", name="供电跟踪", exact=True).click()
    page.locator("#title").fill("七月暴雨")
    page.locator("#kind").select_option("incident")
    page.locator("#areas").select_option("T1")
    page.locator("#starts").fill(moment(now() - timedelta(hours=5))[:16])
    page.get_by_role("button", name="开始跟踪").click()
    tell(page, "ZY0 医院", "ZY1 医院", state="lost", minutes_ago=240)
    tell(page, "ZY0 医院", state="tied", minutes_ago=150, generator="浙E·A1234 发电车")
    tell(page, "ZY0 医院", state="normal", minutes_ago=30)

    bars = page.locator("svg.curve a")
    assert bars.count() > 10
    served = [bars.nth(n).locator("title").text_content() for n in range(bars.count())]
    assert "有电 50%" in next(words for words in served if "失电 2" in words)
    bars.nth(next(n for n, words in enumerate(served) if "失电 2" in words)).click()
    page.locator("a.tile", has_text="失电").first.click()
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("row").nth(1).locator("td a").click()
    expect(page.get_by_role("heading", name="更正")).to_be_visible()

    page.set_viewport_size(NARROW)
    for address in ("", "import/", "new/", "customer/ZY0/", "watches/"):
        page.goto(f"/console/key/{address}")
        assert not page.evaluate(WIDER), address
    page.get_by_role("link", name="七月暴雨").click()
    expect(page.get_by_text("恢复与服务曲线")).to_be_visible()
    assert not page.evaluate(WIDER)
