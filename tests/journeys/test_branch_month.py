"""A branch's month: from a resolution to the task that ends it, to the figure in the report."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from dianliang.core.models import User
from dianliang.domain.branches.models import Meeting, Task
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.journeys.conftest import log_in
from tests.partyworld import MONTH, Party

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT = "/console/branches/"


@pytest.fixture
def party(transactional_db):
    """A branch of two, and the clerk who keeps its papers."""
    town = town_builder.build()
    town.user("clerk", Role.PARTY_AFFAIRS, "AJ")
    party = Party(town, now())
    branch = party.branch("YS", "S1")
    party.person("李海波", "S1", branch)
    party.person("陈腾", "S1", branch)
    return party


def call_and_hold(page: Page, party: Party) -> None:
    """The meeting is written down with its agenda, and held."""
    page.goto(f"{AT}meetings/new/")
    page.get_by_label("会议名称").fill("余村站村联席会议")
    page.get_by_label("召集单位").select_option("YS")
    page.get_by_label("会议时间").fill(f"{party.on}T00:01")
    page.get_by_label("地点").fill("余村村委会")
    page.get_by_label("主持人").fill("李海波")
    page.get_by_label("参会单位", exact=True).fill("余村\n县农业农村局")
    page.get_by_label("议题").fill("夏季用电保障｜供电所")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="已召开").click()
    expect(page.get_by_text("已更新")).to_be_visible()


def resolve_and_assign(page: Page, party: Party) -> None:
    """What was decided cannot be left loose: it becomes somebody's task."""
    page.get_by_label("议定事项", exact=True).fill("月底前完成 2 号台区增容")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_text("既没有任务，也没有说明原因；会议不能销号")).to_be_visible()
    page.get_by_role("button", name="销号").click()
    expect(page.get_by_role("alert")).to_contain_text("不能销号")
    page.get_by_label("任务", exact=True).fill("2 号台区增容")
    page.get_by_label("责任人").fill("陈腾")
    page.get_by_label("完成期限").fill(f"{party.on + MONTH}")
    page.get_by_role("button", name="立为任务").click()
    expect(page.get_by_text("未立项")).to_have_count(0)


def do_and_confirm(page: Page) -> None:
    """The task is shown to be done, carries its programme, and is confirmed."""
    page.get_by_role("link", name=Task.objects.get().number).click()
    page.get_by_role("button", name="报完成").click()
    expect(page.get_by_role("alert")).to_contain_text("还没有佐证")
    page.get_by_label("做了什么").fill("增容完成，村里验收")
    page.get_by_label("佐证记录编号").fill("没有这条")
    paper = FilePayload(name="收据.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4")
    page.get_by_label("文件或照片").set_input_files(paper)
    page.get_by_role("button", name="加佐证").click()
    expect(page.get_by_text("请重新选择文件：收据.pdf")).to_be_visible()
    expect(page.get_by_label("做了什么")).to_have_value("增容完成，村里验收")
    page.get_by_label("佐证记录编号").fill("")
    page.get_by_role("button", name="加佐证").click()
    themes = page.locator("#themes")
    themes.get_by_label("主题", exact=True).select_option("GC5-5")
    themes.get_by_role("button", name="标上").click()
    expect(themes.get_by_role("button", name="撤下志愿服务帮扶工程")).to_be_visible()
    page.get_by_role("button", name="报完成").click()
    page.get_by_role("button", name="确认办结").click()
    expect(page.locator("h1 + span")).to_contain_text("已办结")


@pytest.mark.row("001-06")
@pytest.mark.row("001-11")
def test_a_resolution_becomes_a_task_that_closes_and_stands_in_the_five_programme_report(
    party, browser_of
):
    page = browser_of(False).new_page()
    log_in(page, User.objects.get(username="clerk"))
    call_and_hold(page, party)
    resolve_and_assign(page, party)
    do_and_confirm(page)
    meeting = Meeting.objects.get()
    page.goto(f"{AT}meetings/{meeting.number}/")
    page.get_by_role("button", name="销号").click()
    expect(page.locator("h1 + span")).to_contain_text("已销号")

    page.goto(f"{AT}themes/report/")
    row = page.get_by_role("row").filter(has_text="志愿服务帮扶工程")
    expect(row.get_by_role("link", name="1")).to_have_count(2)
    for name in ("Excel", "Word", "PDF"):
        with page.expect_download() as saved:
            page.get_by_role("link", name=name, exact=True).click()
        assert saved.value.suggested_filename.startswith("五大工程-")
    row.get_by_role("link", name="1").last.click()
    page.get_by_role("link", name=Task.objects.get().number).click()
    expect(page.get_by_text("增容完成，村里验收")).to_be_visible()
