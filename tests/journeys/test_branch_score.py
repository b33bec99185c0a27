"""A branch's month from resolution to score: the meeting's task closes, and the list counts it."""

import re

import pytest
from playwright.sync_api import Page, expect

from dianliang.core.models import User
from dianliang.domain.appraisal.models import Duty, RuleBook, TaskList
from dianliang.faces.ui.requests import now
from dianliang.flows.branches import meeting
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.appraisals import DAY, Appraisal
from tests.journeys.conftest import log_in
from tests.partyworld import Party

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AT = "/console/appraisal/"
DONE = re.compile("已完成|逾期完成")
"""Which of both depends on the day of the month."""


@pytest.fixture
def it(transactional_db):
    """A branch with its secretary on a phone, and the clerk who keeps its papers."""
    town = town_builder.build()
    town.user("clerk", Role.PARTY_AFFAIRS, "AJ")
    it = Appraisal(Party(town, now()))
    branch = it.party.branch("YS", "S1")
    secretary = it.party.person("李海波", "S1", branch)
    it.party.person("陈腾", "S1", branch)
    it.post(branch, "secretary", secretary)
    secretary.user = town.user("secretary", Role.STEWARD, "S1")
    secretary.save()
    town.units["YS"] = branch.unit
    return it


def publish_rule(page: Page, sample: str) -> None:
    """A rule is begun from a sample, looked at, and published."""
    page.goto(f"{AT}rules/")
    page.locator("[name=starter]").select_option(sample)
    page.locator("[name=unit]").select_option("AJ")
    page.get_by_role("button", name="起草").click()
    expect(page.get_by_text("100 / 100").first).to_be_visible()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("已更新")).to_be_visible()


def resolve_and_close(it: Appraisal) -> str:
    """The branch meets, resolves, and the task is done and confirmed."""
    held = it.party.meeting("YS")
    task = it.party.task(held, it.party.people["陈腾"])
    clerk, at = it.clerk(), it.at
    meeting.prove(number=task.number, text="增容完成", content=None, record="", by=clerk, at=at)
    meeting.report(number=task.number, by=clerk, at=at)
    meeting.confirm(number=task.number, by=clerk, at=at)
    return task.number


def report_on_the_phone(page: Page) -> None:
    """What no record shows is reported by who holds the post; the rest needs no hand."""
    log_in(page, User.objects.get(username="secretary"))
    page.goto("/field/tasks/")
    expect(page.get_by_text("办结会议任务：")).to_be_visible()
    page.get_by_text("报完成").first.click()
    page.get_by_label("做了什么").first.fill("讲了一堂党课，17 人参加")
    page.get_by_role("button", name="报完成").first.click()
    expect(page.get_by_text("已报完成，等待确认")).to_be_visible()


@pytest.mark.row("004-09")
@pytest.mark.row("004-13")
@pytest.mark.row("000-21")
def test_a_branchs_month_from_resolution_to_score(it, browser_of):
    page = browser_of(False).new_page()
    log_in(page, User.objects.get(username="clerk"))
    publish_rule(page, "month")
    page.goto(AT)
    page.get_by_role("button", name="发布清单").click()
    expect(page.get_by_text("任务已到人")).to_be_visible()
    task = resolve_and_close(it)
    report_on_the_phone(browser_of(True).new_page())

    held = TaskList.objects.get()
    page.goto(f"{AT}lists/{held.number}/duties/?state=reported")
    page.get_by_role("link", name="讲党课或主持学习，附记录").click()
    page.get_by_role("button", name="确认完成").click()
    expect(page.locator("h1 + span")).to_contain_text(DONE)
    counted = Duty.objects.get(measure="task")
    page.goto(f"{AT}duties/{counted.number}/")
    expect(page.get_by_role("link", name=task)).to_be_visible()
    page.goto(f"{AT}lists/{held.number}/")
    row = page.get_by_role("row").filter(has_text="党支部YS")
    expect(row).to_contain_text("1/1")

    publish_rule(page, "three_branch")
    book = RuleBook.objects.get(kind="three")
    page.goto(f"{AT}rounds/")
    page.locator("[name=book]").select_option(book.number)
    page.locator("[name=title]").fill("本月三管考评")
    page.get_by_label("起始日期").fill(f"{held.since}")
    page.get_by_label("截止日期").fill(f"{held.until}")
    page.get_by_role("button", name="公布", exact=True).click()
    expect(page.get_by_text("临时名次")).to_be_visible()
    page.get_by_role("link", name="党支部YS").click()
    expect(page.get_by_role("link", name=task)).to_be_visible()
    expect(page.get_by_role("link", name=held.number)).to_be_visible()


@pytest.mark.row("004-15")
def test_a_contest_is_announced_before_it_begins_and_ranked_by_records(it, browser_of):
    page = browser_of(False).new_page()
    log_in(page, User.objects.get(username="clerk"))
    publish_rule(page, "pioneer")
    book = RuleBook.objects.get()
    page.goto(f"{AT}rounds/")
    page.locator("[name=book]").select_option(book.number)
    page.locator("[name=title]").fill("先锋党支部竞赛")
    page.get_by_label("起始日期").fill(f"{it.party.on}")
    page.get_by_label("截止日期").fill(f"{it.party.on + 60 * DAY}")
    page.get_by_role("button", name="公布", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("开始之前公布")
    page.get_by_label("起始日期").fill(f"{it.party.on + DAY}")
    page.get_by_role("button", name="公布", exact=True).click()
    expect(page.get_by_text("临时名次")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Excel").click()
    assert saved.value.suggested_filename.endswith(".xlsx")
