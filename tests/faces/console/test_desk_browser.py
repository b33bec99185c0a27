"""A dispatcher's day in Chromium: by keyboard, with list and map together, while needs arrive."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from dianliang.core.models import User
from dianliang.domain.intake.models import Need
from dianliang.faces.ui.requests import now
from dianliang.flows import handling
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.journeys.conftest import browser_of, log_in

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
POLL_MS = 21_000


@pytest.fixture
def town(transactional_db):
    town = town_builder.build()
    town.user("desk", Role.DISPATCHER)
    return town


@pytest.fixture
def desk(town, browser_of) -> Page:
    page = browser_of(False).new_page()
    log_in(page, User.objects.get(username="desk"))
    return page


def here(page: Page):
    return page.locator("tr.here")


MAP_IS_STILL = "() => !document.querySelector('#map .leaflet-pan-anim, #map .leaflet-zoom-anim')"


def open_queue(page: Page, query: str = "") -> None:
    page.goto(f"/console/{query}")
    expect(page.locator("#map[data-ready]")).to_be_visible()


def opened(desk, number):
    """Wait for the page of a need and for its keys."""
    expect(desk.get_by_role("heading", level=1)).to_have_text(number)
    desk.wait_for_load_state()


def test_a_whole_round_by_keyboard_ends_where_it_began(town, desk):
    needs = [town.post(f"余村{i}号路灯坏了", area_code="V1", at=now()) for i in range(3)]
    open_queue(desk)

    for key in ("j", "j", "k", "j"):
        desk.keyboard.press(key)
    expect(here(desk)).to_have_attribute("id", needs[1].number)
    expect(here(desk).locator("[data-main]")).to_be_focused()
    desk.keyboard.press("Enter")
    opened(desk, needs[1].number)
    desk.keyboard.press("h")
    expect(desk.get_by_label("给哪个单位")).to_be_focused()
    desk.get_by_label("给哪个单位").blur()
    desk.keyboard.press("j")
    opened(desk, needs[2].number)
    desk.keyboard.press("k")
    opened(desk, needs[1].number)
    desk.keyboard.press("a")
    expect(desk.get_by_text("已更新")).to_be_visible()
    desk.keyboard.press("u")

    expect(desk).to_have_url(re.compile(r"/console/\?tab=todo#"))
    expect(here(desk)).to_have_attribute("id", needs[2].number)


def test_the_table_of_keys_opens_and_closes_by_key(town, desk):
    open_queue(desk)

    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog", name="快捷键")).to_be_visible()
    desk.keyboard.press("Escape")

    expect(desk.get_by_role("dialog", name="快捷键")).to_be_hidden()


def test_rows_are_ticked_and_accepted_by_key_and_each_says_what_became_of_it(town, desk):
    needs = [town.post(f"余村{i}号路灯坏了", area_code="V1", at=now()) for i in range(3)]
    open_queue(desk)
    expect(desk.get_by_role("group", name="批量处理")).to_be_hidden()

    for key in ("j", "x", "j", "x"):
        desk.keyboard.press(key)
    bar = desk.get_by_role("group", name="批量处理")
    expect(bar).to_contain_text("2 条已选")
    handling.accept(number=needs[0].number, by=town.actor(), at=now())
    bar.get_by_role("button", name="受理").click()

    results = desk.get_by_role("status", name="批量处理结果")
    expect(results.get_by_text("✓ 受理")).to_have_count(1)
    expect(results).to_contain_text("当前状态为“已受理”")


def test_a_row_is_accepted_in_its_place_and_the_hand_stays_on_it(town, desk):
    first, second = [town.post(f"余村{i}号路灯坏了", area_code="V1", at=now()) for i in range(2)]
    open_queue(desk)

    desk.keyboard.press("j")
    desk.keyboard.press("a")

    row = desk.locator(f"tr[id='{first.number}']")
    expect(row).to_contain_text("已受理")
    expect(row.locator("[data-main]")).to_be_focused()
    desk.keyboard.press("j")
    expect(here(desk)).to_have_attribute("id", second.number)


def hover_until(page, box, selector):
    """Move over the middle of a box until something shows; the map skips moves that come fast."""
    for step in range(100):
        page.mouse.move(box["x"] + box["width"] / 2 + step % 2, box["y"] + box["height"] / 2)
        if page.locator(selector).count():
            return
        page.wait_for_timeout(50)


def test_list_and_map_show_each_other_what_is_meant(town, desk):
    near = town.post("余村路灯坏了", area_code="V1", lat=30.512, lon=119.612, at=now())
    far = town.post("石龙村路灯坏了", area_code="V3", at=now())
    open_queue(desk)
    chart = desk.locator("#map")

    desk.locator(f"tr[id='{far.number}']").hover()
    expect(chart).to_have_attribute("data-shown", far.number)
    desk.locator(f"tr[id='{near.number}'] [data-main]").focus()
    expect(chart).to_have_attribute("data-shown", near.number)
    desk.keyboard.press("m")
    desk.wait_for_function(MAP_IS_STILL)
    box = chart.bounding_box()
    hover_until(desk, box, f"tr[id='{near.number}'].hinted")

    expect(desk.locator(f"tr[id='{near.number}']")).to_have_class(re.compile("hinted"))
    desk.locator(f"tr[id='{far.number}'] [data-main]").focus()
    desk.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2)


def test_many_needs_of_one_village_are_one_mark_that_names_them(town, desk):
    needs = [town.post(f"余村{i}号路灯坏了", area_code="V1", at=now()) for i in range(4)]
    open_queue(desk)

    mark = desk.locator(".map-cluster")
    expect(mark).to_have_text("4")
    mark.click()
    desk.locator(".map-choices").get_by_role("button", name=needs[3].number).click()

    expect(here(desk)).to_have_attribute("id", needs[3].number)


def test_the_map_stays_in_view_while_the_list_is_read(town, desk):
    for i in range(25):
        town.post(f"余村{i}号路灯坏了", area_code="V1", at=now())
    open_queue(desk)

    desk.mouse.wheel(0, 1200)

    expect(desk.locator("tbody tr").first).not_to_be_in_viewport()
    expect(desk.locator("#map")).to_be_in_viewport(ratio=0.9)


def test_new_needs_arrive_by_themselves_and_nothing_jumps(town, desk):
    for i in range(25):
        town.post(f"余村{i}号路灯坏了", area_code="V1", at=now())
    desk.clock.install()
    open_queue(desk)
    for _ in range(18):
        desk.keyboard.press("j")
    number, top = here(desk).get_attribute("id"), here(desk).bounding_box()["y"]

    new = town.post("天荒坪镇余村村家里没电了", area_code="V1", at=now())
    desk.clock.fast_forward(POLL_MS)

    expect(desk.locator(f"tr[id='{new.number}']")).to_be_attached()
    assert here(desk).get_attribute("id") == number
    assert here(desk).bounding_box()["y"] == pytest.approx(top, abs=2)
    expect(here(desk).locator("[data-main]")).to_be_focused()
    expect(desk.locator("#tabs")).to_contain_text("26")
    expect(desk.locator("#arrived")).to_contain_text("新到需求：1")


def test_what_was_ticked_is_not_lost_to_what_arrives(town, desk):
    first = town.post("余村路灯坏了", area_code="V1", at=now())
    desk.clock.install()
    open_queue(desk)
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    with desk.expect_response(re.compile("/console/fresh/")):
        town.post("余村路灯又坏了", area_code="V1", at=now())
        desk.clock.fast_forward(POLL_MS)

    expect(desk.locator(f"tr[id='{first.number}'] input")).to_be_checked()


def test_a_danger_is_announced_on_whatever_page_one_is(town, desk):
    desk.clock.install()
    desk.goto("/console/paste/")
    alarm = desk.get_by_role("alert")
    with desk.expect_response(re.compile("/console/alarm/")):
        desk.clock.fast_forward(1000)

    need = town.post("余村电线断了掉在地上", area_code="V1", at=now())
    desk.clock.fast_forward(16_000)
    expect(alarm).to_contain_text("1 条危险需求还没有人受理")
    alarm.get_by_role("button", name="收起危险提示").click()
    expect(alarm.get_by_text("危险需求")).to_be_hidden()
    town.post("石龙村楼道着火了", area_code="V3", at=now())
    desk.clock.fast_forward(16_000)

    expect(alarm).to_contain_text("2 条危险需求还没有人受理")
    alarm.get_by_role("link", name="余村电线断了").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(need.number)


def test_the_clock_counts_down_second_by_second(town, desk):
    town.post("天荒坪镇余村村家里没电了", area_code="V1", at=now())
    open_queue(desk)
    clock = desk.locator("tbody time[data-countdown]").first

    expect(clock).to_have_text(re.compile(r"^剩\d:\d\d$"))
    said = clock.inner_text()

    expect(clock).not_to_have_text(said)


def test_a_village_is_chosen_by_the_first_letters_of_its_name(town, desk):
    desk.goto("/console/intake/")
    box = desk.get_by_role("combobox", name="村或社区")

    box.press_sequentially("slc")
    found = desk.get_by_role("listbox", name="村或社区").get_by_role("option")
    expect(found).to_have_text(["石龙村梅溪镇"])
    box.press("Enter")
    expect(box).to_have_value("石龙村")
    box.fill("余")
    expect(found.first).to_have_text("余村村天荒坪镇")
    box.press("Escape")
    expect(box).to_have_value("石龙村")
    desk.get_by_label("他说了什么").fill("水管漏了")
    desk.get_by_role("button", name="登记", exact=True).click()

    expect(desk.get_by_text("已登记")).to_be_visible()
    assert Need.objects.get().area.code == "V3"


def test_hints_are_taken_over_with_one_press_and_a_second_caller_is_added(town, desk):
    need = town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1", at=now())
    desk.goto("/console/intake/")

    desk.get_by_label("他说了什么").press_sequentially("余村村礼堂旁边电线杆撞歪了")
    desk.get_by_role("button", name="天荒坪镇·余村村委会").click()
    expect(desk.get_by_role("combobox", name="村或社区")).to_have_value("余村村")
    desk.get_by_role("button", name="就是这件事").click()

    expect(desk.get_by_role("heading", level=1)).to_have_text(need.number)
    assert need.participants.count() == 2


@pytest.mark.row("001-09")
def test_a_chat_becomes_needs_and_the_answers_are_copied_back(town, desk):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto("/console/paste/")
    desk.get_by_label("粘贴群消息").fill("张三 11:02\n余村村家里没电了\n李四 11:03\n收到")

    desk.get_by_role("button", name="读一读").click()
    desk.get_by_role("button", name="登记勾选的").click()
    desk.get_by_role("button", name="复制答复").click()

    copied = desk.evaluate("navigator.clipboard.readText()")
    assert Need.objects.get().number in copied
    assert re.search(r"http://[^/]+/n/\w+/$", copied)


def test_on_a_phone_the_queue_comes_first_and_the_rest_is_folded(town, browser_of):
    need = town.post("余村路灯坏了", area_code="V1", at=now() - timedelta(minutes=1))
    page = browser_of(True).new_page()
    log_in(page, User.objects.get(username="desk"))
    page.goto("/console/")

    expect(page.locator(f"tr[id='{need.number}']")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("服务事项")).to_be_hidden()
    page.get_by_role("button", name="筛选").first.click()
    expect(page.get_by_label("服务事项")).to_be_visible()
    page.get_by_role("button", name="菜单").click()
    for name in ("需求", "计划", "村网", "能源", "看板"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="退出")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="村网")).to_be_hidden()
    for name in ("队列", "电话登记", "粘贴群消息"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_in_viewport(ratio=1)
    page.locator("summary", has_text="地图").click()
    expect(page.locator("#map[data-ready]")).to_be_visible()
