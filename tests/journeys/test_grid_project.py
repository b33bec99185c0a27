"""A grid project with its task force, as people press their way."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from dianliang.core.models import User
from dianliang.domain.grid_projects.models import Issue
from dianliang.faces.ui.requests import today
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.journeys.conftest import log_in
from tests.projectworld import Works

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.row("003-11")
@pytest.mark.row("000-09")
def test_what_stands_in_the_way_is_reported_solved_and_priced_in_days(transactional_db, browser_of):
    town = town_builder.build()
    for name, role in (("desk", Role.DISPATCHER), ("second", Role.DISPATCHER)):
        town.user(name, role, "S1")
    works = Works(town)
    number = works.running()
    works.seat(number, organisation="天荒坪镇 副镇长")
    page: Page = browser_of(False).new_page()
    log_in(page, User.objects.get(username="desk"))
    page.goto("/console/projects/")
    page.get_by_role("link", name="余村线改造").click()
    page.locator("#survey").get_by_text("登记完成").first.click()
    page.locator("#survey").get_by_role("button", name="登记完成").click()
    expect(page.locator("#survey")).to_contain_text("已完成")
    expect(page.locator("data-chart")).to_have_attribute("data-ready", "1")

    page.get_by_role("link", name="上报属地问题").click()
    page.get_by_label("情况").fill("毛竹补偿没有谈妥")
    page.get_by_label("影响的里程碑").select_option("land")
    page.get_by_label("从哪天起受阻").fill(f"{today() - timedelta(days=9)}")
    page.get_by_role("button", name="上报").click()
    issue = Issue.objects.get()
    for verb in ("受理", "开始协调"):
        page.locator("summary", has_text=verb).click()
        page.get_by_role("button", name=verb).click()
    page.locator("summary", has_text="已解决").click()
    page.get_by_label("说明").nth(1).fill("已签补偿协议")
    page.get_by_role("button", name="已解决").click()
    expect(page.get_by_text("已签补偿协议")).to_be_visible()

    other: Page = browser_of(False).new_page()
    log_in(other, User.objects.get(username="second"))
    other.goto(f"/console/projects/issues/{issue.number}/")
    other.locator("summary", has_text="核实").click()
    other.get_by_role("button", name="核实").click()
    expect(other.locator("h1 + span")).to_contain_text("已核实")
    other.goto(f"/console/projects/{number}/")
    expect(other.get_by_role("heading", name="工期：与什么相比")).to_be_visible()
    expect(other.get_by_text("不能说是专班的作用")).to_be_visible()
