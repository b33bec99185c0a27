"""A plan in the hand: dragged by mouse and finger, moved by keyboard, lit on map and lanes."""

from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect

from dianliang.core import jobs as background
from dianliang.core.models import User
from dianliang.domain.work.models import Job, Plan
from dianliang.faces.ui.requests import now, today
from dianliang.flows.planning import drafting
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from tests import town as town_builder
from tests.axe import looked_at
from tests.flows.planning.test_planning import job
from tests.journeys.conftest import browser_of, log_in

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plan(transactional_db) -> Plan:
    """Three jobs of one team tomorrow, another team with nothing to do, and one job left out."""
    town = town_builder.build()
    town.user("desk", Role.DISPATCHER)
    town.team("A", "S1", "repair", near="V1")
    town.team("B", "S1", "repair", near="V2")
    tomorrow = today() + timedelta(days=1)
    evening = datetime.combine(tomorrow, time(20), SHANGHAI)
    jobs = [job(town, f"<b>第{n}户", due_at=evening) for n in range(3)]
    jobs.append(job(town, "燃气报修", skill="gas", priority=Job.Priority.MUST))
    made = drafting.draft_plan(
        job_numbers=[j.number for j in jobs],
        team_codes=["A", "B"],
        first_on=tomorrow,
        last_on=tomorrow,
        seconds=1,
        by=town.actor(),
        at=now(),
    )
    assert background.run_next(owner="test", clock=now)
    assert set(made.stops.values_list("team__code", flat=True)) == {"A"}
    return made


def opened(browser_of, plan, *, is_phone=False) -> Page:
    page = browser_of(is_phone).new_page()
    log_in(page, User.objects.get(username="desk"))
    page.goto(f"/console/plans/{plan.number}/")
    expect(page.locator("#route-map[data-ready]")).to_be_visible()
    return page


def stop_of(page, wanted):
    return page.locator(f"g.stop[data-job='{wanted.number}']")


def middle(locator):
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def first_of(plan):
    return plan.stops.select_related("job").order_by("sequence").first().job


def lane_of(plan, wanted):
    return plan.stops.get(job=wanted).team.code


def test_a_visit_is_dragged_to_another_team_by_mouse(browser_of, plan):
    page, wanted = opened(browser_of, plan), first_of(plan)
    to_x, to_y = middle(page.locator("[data-lane^='B@'] > svg"))
    page.mouse.move(*middle(stop_of(page, wanted)))
    page.mouse.down()
    page.mouse.move(to_x, to_y, steps=8)
    expect(page.locator(".drop-said")).to_have_text("B队 · 1")
    page.mouse.up()

    expect(page.locator("[data-lane^='B@'] g.stop")).to_have_count(1)
    expect(stop_of(page, wanted)).to_have_class("stop should lit")
    assert lane_of(plan, wanted) == "B"


def test_a_visit_is_dragged_by_finger_on_a_phone(browser_of, plan):
    page, wanted = opened(browser_of, plan, is_phone=True), first_of(plan)
    stop_of(page, wanted).evaluate("stop => stop.scrollIntoView({block: 'center'})")
    start = middle(stop_of(page, wanted))
    lane = page.locator("[data-lane^='B@']").bounding_box()
    end = (start[0], lane["y"] + lane["height"] / 2)
    finger = page.context.new_cdp_session(page)

    def touch(kind, point):
        points = [] if point is None else [{"x": point[0], "y": point[1]}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", start)
    expect(page.locator("g.stop.dragged")).to_have_count(1)
    for step in range(1, 6):
        share = step / 5
        touch("touchMove", (start[0], start[1] + (end[1] - start[1]) * share))
    touch("touchEnd", None)

    expect(page.locator("[data-lane^='B@'] g.stop")).to_have_count(1)
    assert lane_of(plan, wanted) == "B"


def test_the_keyboard_does_what_the_mouse_does(browser_of, plan):
    page = opened(browser_of, plan)
    order = [line.job for line in plan.stops.select_related("job").order_by("sequence")]
    stop_of(page, order[0]).focus()
    page.keyboard.press("ArrowRight")
    expect(stop_of(page, order[1])).to_be_focused()
    page.keyboard.press("l")
    expect(page.get_by_text("已锁定").first).to_be_attached()
    assert plan.stops.get(job=order[1]).is_locked

    stop_of(page, order[0]).focus()
    page.keyboard.press("Enter")
    page.get_by_label("放到哪支队伍、哪一天").select_option(label=f"{day_of(plan)} B队（0）")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="移到这里").press("Enter")

    expect(page.locator("[data-lane^='B@'] g.stop")).to_have_count(1)
    assert lane_of(plan, order[0]) == "B"


def day_of(plan):
    return f"{plan.first_on:%m-%d}"


def test_map_lanes_and_list_show_the_same_visit_both_ways(browser_of, plan):
    page, wanted = opened(browser_of, plan), first_of(plan)
    page.get_by_text("3 处").click()
    row = page.locator(f"tr[data-job='{wanted.number}']")

    stop_of(page, wanted).click()
    expect(row).to_have_class("stop-row should lit")
    expect(page.locator(".leaflet-tooltip")).to_contain_text(wanted.title)

    page.reload()
    expect(page.locator("#route-map[data-ready]")).to_be_visible()
    page.get_by_text("3 处").click()
    row.locator("td").nth(2).click()
    expect(stop_of(page, wanted)).to_have_class("stop should lit")

    other = plan.stops.exclude(job=wanted).select_related("job").first().job
    page.locator("#route-map").evaluate(
        "(map, job) => map.dispatchEvent(new CustomEvent('map:select', {detail: {job}}))",
        other.number,
    )
    expect(stop_of(page, other)).to_have_class("stop should lit")
    expect(stop_of(page, wanted)).to_have_class("stop should")


def test_a_job_left_out_says_why_and_one_press_puts_it_in(browser_of, plan):
    page = opened(browser_of, plan)
    card = page.locator("article.left")
    expect(card).to_contain_text("没有队伍具备有效的“燃气")
    expect(card).to_contain_text("最省的办法")

    card.get_by_role("button", name="就这么办").first.click()

    expect(page.get_by_text("全部排进去了")).to_be_visible()
    assert plan.stops.count() == 4


def test_jobs_are_filtered_and_what_is_hidden_keeps_its_tick(browser_of, plan):
    page = opened(browser_of, plan)
    page.goto("/console/plans/new/")
    count = page.locator("[data-count=job]")
    expect(count).to_have_text("4/4")

    page.get_by_label("缓急").select_option("must")
    expect(page.locator("tr[data-priority]:not([hidden])")).to_have_count(1)
    page.get_by_label("全选（筛出来的）").uncheck()

    expect(count).to_have_text("3/4 (3)")


@pytest.mark.slow
def test_axe_finds_nothing_serious_on_a_plan(browser_of, plan):
    page = opened(browser_of, plan, is_phone=True)
    found = []
    for path in ("", "sheets/"):
        address = f"/console/plans/{plan.number}/{path}"
        found += looked_at(page, address)

    assert found == []
