"""A vehicle breaks down: from the report to the changed day, on a desk and on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dianliang.core import jobs as background
from dianliang.core.models import User
from dianliang.domain.work.models import Plan, Visit
from dianliang.faces.ui.requests import now, today
from dianliang.flows.planning import drafting
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.axe import serious
from tests.flows.planning.test_planning import job
from tests.journeys.conftest import browser_of, log_in

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def published(transactional_db) -> Plan:
    """Two teams with two confirmed visits each tomorrow."""
    town = town_builder.build()
    town.user("desk", Role.DISPATCHER)
    town.team("A", "S1", "repair", near="V1")
    town.team("B", "S1", "repair", near="V2")
    tomorrow = today() + timedelta(days=1)
    plan = drafting.draft_plan(
        job_numbers=[job(town, f"第{n}户", area=f"V{n % 2 + 1}").number for n in range(4)],
        team_codes=["A", "B"],
        first_on=tomorrow,
        last_on=tomorrow,
        seconds=1,
        by=town.actor(),
        at=now(),
    )
    assert background.run_next(owner="test", clock=now)
    plan.refresh_from_db()
    drafting.publish(number=plan.number, revision=plan.revision, by=town.actor(), at=now())
    Visit.objects.update(status="ACCEPTED")
    assert set(Visit.objects.values_list("team__code", flat=True)) == {"A", "B"}
    return plan


def opened(browser_of, plan, *, is_phone):
    page = browser_of(is_phone).new_page()
    log_in(page, User.objects.get(username="desk"))
    page.goto(f"/console/plans/{plan.number}/")
    return page


def press_map(page, across, down):
    box = page.locator("#cut-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)


@pytest.mark.slow
@pytest.mark.parametrize("is_phone", [True, False], ids=["phone", "desk"])
def test_a_broken_vehicle_and_a_cut_road_become_a_changed_day(browser_of, published, is_phone):
    page = opened(browser_of, published, is_phone=is_phone)
    page.get_by_role("link", name="出了情况").click()
    expect(page.locator("#cut-map[data-ready]")).to_be_visible()
    page.locator("select[name=lost_team]").select_option("A")
    page.locator("#cut-map").scroll_into_view_if_needed()
    press_map(page, 0.9, 0.1)
    press_map(page, 0.95, 0.15)
    expect(page.locator("#cut-map")).to_have_attribute("data-pressed", "2")
    found = serious(page) if is_phone else []

    page.get_by_role("button", name="看看怎么调").click()
    expect(page.get_by_role("heading", name="正在排…")).to_be_visible()
    assert background.run_next(owner="test", clock=now)

    changes = page.locator("#changes")
    expect(changes).to_contain_text("情况迫使的改动 · 2")
    expect(changes).to_contain_text("A队不能出勤")
    found += serious(page) if is_phone else []
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    page.get_by_role("button", name="发布给队伍").click()
    expect(page.get_by_text("已发布").first).to_be_visible()
    waiting = Visit.objects.filter(status__in=["SCHEDULED", "ACCEPTED"])
    assert set(waiting.values_list("team__code", flat=True)) == {"B"}
    assert (found, wide) == ([], False)


def test_why_this_team_opens_in_place(browser_of, published):
    page = opened(browser_of, published, is_phone=False)
    page.get_by_text("2 处").first.click()

    page.get_by_text("为什么是这支队伍").first.click()

    answer = page.locator("[data-why]").first
    expect(answer.get_by_role("columnheader", name="换成")).to_be_visible()
    expect(answer).to_contain_text("多")


def test_more_of_the_same_can_be_said(browser_of, published):
    page = opened(browser_of, published, is_phone=False)
    page.get_by_role("link", name="出了情况").click()
    expect(page.locator("#cut-map[data-ready]")).to_be_visible()

    page.get_by_role("button", name="再加一支队伍").click()

    rows = page.locator("select[name=lost_team]")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_be_focused()
