"""The portal in a real browser: on a phone, on a desk, by keyboard, without scripts."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from dianliang.domain.intake.models import Need, Participant
from dianliang.domain.territory.models import Area
from dianliang.faces.portal import asking
from dianliang.faces.ui.requests import now
from dianliang.flows import handling
from tests import town as town_builder
from tests.browsing import DESK, PHONE
from tests.core.test_files import photo
from tests.journeys.conftest import browser_of

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_BYTES = 150_000
MOST_SHIFT = 0.05
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
AFTER_A_FRAME = (
    "new Promise((d) => requestAnimationFrame(() => setTimeout(() => d(window.shifted))))"
)
Open = Callable[[bool], BrowserContext]


@pytest.fixture
def town(transactional_db):
    """The town, with as many villages as a county has."""
    town = town_builder.build()
    parent = town.areas["T2"]
    Area.objects.bulk_create(
        Area(
            code=f"W{number}",
            name=f"杭垓{'东南西北'[number % 4]}{number}村委会",
            level="village",
            parent=parent,
            area_class="rural",
            path=f"{parent.path}W{number}/",
            lat=30.7 + number / 2000,
            lon=119.7,
            coordinate_source="generated",
        )
        for number in range(200)
    )
    return town


def village(page: Page):
    return page.get_by_role("combobox", name="村或社区")


def post(page: Page, text: str) -> None:
    page.get_by_label("哪里、什么事").fill(text)
    page.get_by_role("button", name="提交", exact=True).click()


def test_a_village_among_hundreds_is_found_by_three_keys_and_remembered(town, browser_of: Open):
    page = browser_of(True).new_page()
    page.goto("/post/")

    village(page).click()
    page.keyboard.type("ycc")
    found = page.get_by_role("listbox", name="村或社区").get_by_role("option")
    expect(found).to_have_count(1)
    found.get_by_text("余村村").click()
    post(page, "路灯坏了三天了")

    expect(page.get_by_text("已存在本机")).to_be_visible()
    assert Need.objects.get().area.code == "V1"
    page.goto("/post/")
    expect(village(page)).to_have_value("余村村")
    expect(page.get_by_text("上次选的村，不对可改")).to_be_visible()


def test_a_village_is_found_by_name_pinyin_letters_or_township_or_it_is_said_that_none_is(
    town, browser_of: Open
):
    page = browser_of(True).new_page()
    page.goto("/post/")
    found = page.get_by_role("option", name="大溪村")
    none = page.get_by_text("没有这个村，换个写法，或在地图上点")

    for typed in ("daxi", "dxc", "大溪", "天荒坪"):
        village(page).fill(typed)
        expect(found).to_be_visible()
        village(page).fill("xyzzy")
        expect(none).to_be_visible()
        expect(found).to_have_count(0)


def test_one_s_own_position_is_one_press(town, browser_of: Open):
    context = browser_of(True)
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 30.512, "longitude": 119.612})
    page = context.new_page()
    page.goto("/post/")

    page.get_by_role("button", name="用我的位置").click()
    expect(page.get_by_text("图钉在：余村村委会")).to_be_visible()
    post(page, "电线垂得很低")

    expect(page.get_by_text("已收到").first).to_be_visible()
    need = Need.objects.get()
    assert (need.place_source, need.area.code) == ("pin", "V1")


def test_a_refused_position_says_what_to_do(town, browser_of: Open):
    page = browser_of(True).new_page()
    page.goto("/post/")

    page.get_by_role("button", name="用我的位置").click()

    expect(page.get_by_text("浏览器没有给出位置")).to_be_visible()


@pytest.mark.slow
def test_photos_are_shown_shrunk_removable_and_survive_a_mistake(town, browser_of: Open):
    page = browser_of(True).new_page()
    page.goto("/post/")
    big = {"name": "大.png", "mimeType": "image/png", "buffer": noise()}
    small = {"name": "小.jpg", "mimeType": "image/jpeg", "buffer": photo((80, 60))}
    page.locator("#id_photos").set_input_files([big])
    expect(page.get_by_role("img", name="大.jpg")).to_be_visible()
    page.locator("#id_photos").set_input_files([small])
    expect(page.get_by_role("button", name="去掉")).to_have_count(2)
    page.locator("#id_photos").set_input_files(
        [{"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}]
    )
    expect(page.get_by_text("x.pdf：这不是照片，没有加进来")).to_be_visible()
    sizes = page.evaluate("[...document.getElementById('id_photos').files].map((f) => f.size)")
    assert sizes[0] < len(big["buffer"]) / 3

    page.get_by_role("button", name="去掉 小.jpg").click()
    page.get_by_label("联系电话").fill("没有")
    post(page, "路灯坏了三天了")
    expect(page.get_by_text("电话只能包含数字")).to_be_visible()
    expect(page.get_by_role("img", name="照片 1")).to_be_visible()
    page.get_by_label("联系电话").fill("")
    page.get_by_role("button", name="提交", exact=True).click()

    expect(page.get_by_text("已收到").first).to_be_visible()
    assert Need.objects.get().photos.count() == 1


def noise() -> bytes:
    """A picture that is hard to compress, as a phone's are."""
    out = BytesIO()
    Image.effect_noise((2600, 2200), 90).save(out, "PNG")
    return out.getvalue()


def test_words_survive_a_closed_page(town, browser_of: Open):
    page = browser_of(True).new_page()
    page.goto("/post/")
    page.get_by_label("哪里、什么事").fill("写了一半的话")

    page.goto("/")
    page.goto("/post/")

    expect(page.get_by_label("哪里、什么事")).to_have_value("写了一半的话")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已存在本机")).to_be_visible()
    page.goto("/post/")
    expect(page.get_by_label("哪里、什么事")).to_have_value("")


def test_stepping_back_and_sending_again_is_one_need(town, browser_of: Open):
    page = browser_of(True).new_page()
    page.goto("/post/")
    post(page, "路灯坏了三天了")
    expect(page.get_by_text("已存在本机")).to_be_visible()
    page.go_back()
    post(page, "路灯坏了三天了")

    expect(page.get_by_role("heading", level=1)).to_have_text(Need.objects.get().number)


def test_while_typing_place_promise_danger_and_neighbours_appear(town, browser_of: Open):
    first = town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1", at=now())
    page = browser_of(True).new_page()
    page.goto("/post/")
    words = page.get_by_label("哪里、什么事")

    words.press_sequentially("余村村文化礼堂旁边电线杆被撞歪")
    expect(page.locator("#hints")).to_contain_text("余村村委会")
    expect(page.locator("#hints")).to_contain_text("承诺")
    page.get_by_text("附近有 1 条相似的").click()
    page.get_by_role("button", name="就是这件事，加入").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(first.number)
    assert Participant.objects.count() == 2
    page.goto("/post/")
    words.press_sequentially("电线断了掉在地上")
    expect(page.get_by_role("alert").get_by_role("link", name="119")).to_be_in_viewport()


def test_a_phone_keeps_its_needs_and_marks_what_is_new(town, browser_of: Open):
    page = browser_of(True).new_page()
    page.goto("/post/")
    post(page, "家里没电了，在余村村")
    expect(page.get_by_text("已存在本机")).to_be_visible()
    number = Need.objects.get().number

    page.get_by_role("navigation", name="底部导航").get_by_role("link", name="我的需求").click()
    line = page.get_by_role("link").filter(has_text=number)
    expect(line).to_be_visible()
    expect(line.get_by_text("有新进展")).to_be_hidden()
    handling.accept(number=number, by=town.actor(), at=now())
    page.reload()
    expect(line.get_by_text("有新进展")).to_be_visible()
    line.click()
    expect(page.get_by_role("listitem").filter(has_text="已受理，正在安排")).to_contain_text("新")


def test_an_open_page_shows_what_moved_without_being_reloaded(town, browser_of: Open):
    context = browser_of(True)
    page = context.new_page()
    page.clock.install()
    page.goto("/post/")
    post(page, "家里没电了，在余村村")
    expect(page.get_by_text("已存在本机")).to_be_visible()
    page.get_by_label("想补充的话").fill("正在写")
    handling.accept(number=Need.objects.get().number, by=town.actor(), at=now())

    page.clock.fast_forward(46_000)

    expect(page.get_by_text("已受理，正在安排")).to_be_visible()
    expect(page.locator("#news")).to_have_text("有新进展")
    expect(page.get_by_label("想补充的话")).to_have_value("正在写")


def test_a_firm_and_an_elder_are_asked_what_fits(town, browser_of: Open):
    page = browser_of(True).new_page()
    page.goto("/post/")
    expect(page.get_by_label("单位名称")).to_be_hidden()

    page.get_by_label("代老人、邻居或家人").check()
    page.get_by_label("代谁提").fill("王奶奶")
    page.get_by_label("为企业").check()
    page.get_by_label("单位名称").fill("白茶厂")
    page.get_by_label("户号").fill("3301234567")
    post(page, "车间缺相，余村村")

    expect(page.get_by_text("已收到").first).to_be_visible()
    assert Participant.objects.get().firm == "白茶厂"


def test_everything_goes_by_keyboard(town, browser_of: Open):
    page = browser_of(False).new_page()
    page.goto("/post/")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "id_text":
            break
    page.keyboard.type("路灯坏了三天了")
    reach(page, village(page))
    page.keyboard.type("ycc")
    page.keyboard.press("Enter")
    expect(village(page)).to_have_value("余村村")
    map_ = page.locator("#pin-map .map")
    expect(map_).to_have_attribute("data-ready", "1")
    map_.locator(".leaflet-control-zoom-in").press("Enter")
    expect(page.get_by_role("button", name="去掉图钉")).to_be_hidden()
    map_.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="去掉图钉")).to_be_visible()
    page.get_by_role("button", name="去掉图钉").press("Enter")
    page.get_by_role("button", name="提交", exact=True).press("Enter")

    expect(page.get_by_text("已收到").first).to_be_visible()
    assert (Need.objects.get().area.code, Need.objects.get().lat) == ("V1", None)


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} cannot be reached")


def test_without_scripts_a_need_is_posted_followed_and_slowed_down_with_a_way_on(
    town, chromium, server, monkeypatch
):
    context = chromium.new_context(
        base_url=server, viewport=PHONE, locale="zh-CN", java_script_enabled=False
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("您需要什么？").fill("路灯坏了三天了")
    page.get_by_role("button", name="点亮一条需求").click()
    page.get_by_label("村或社区").select_option("V1")
    page.locator("#id_photos").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo((80, 60))}
    )
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_text("已收到").first).to_be_visible()
    expect(page.get_by_label("查看链接")).to_have_value(re.compile(r"/n/[\w-]{24}/"))

    monkeypatch.setattr(asking, "MOST_POSTS", 0)
    page.goto("/post/")
    page.get_by_label("村或社区").select_option("V1")
    post(page, "井盖松了")
    a, b = map(int, re.findall(r"\d+", page.locator("#by-hand label").inner_text()))
    page.get_by_label("请算一算").fill(str(a + b))
    page.get_by_role("button", name="继续提交").click()
    expect(page.get_by_text("已收到").first).to_be_visible()
    page.goto("/post/")
    post(page, "电线断了掉在地上")
    expect(page.get_by_role("link", name="119")).to_be_visible()
    assert Need.objects.filter(is_danger=True).count() == 1
    context.close()


def test_a_phone_that_posts_too_often_computes_and_goes_on(town, browser_of: Open, monkeypatch):
    monkeypatch.setattr(asking, "MOST_POSTS", 0)
    monkeypatch.setattr("dianliang.faces.portal.challenge.HARDNESS", 2000)
    page = browser_of(True).new_page()
    page.goto("/post/")
    post(page, "路灯坏了三天了")

    expect(page.locator("#altcha")).not_to_have_value("", timeout=30_000)
    page.get_by_role("button", name="继续提交").click()

    expect(page.get_by_text("已收到").first).to_be_visible()


def paths(town) -> list[str]:
    town.post("路灯坏了三天了", area_code="V1", at=now())
    return ["/", "/post/", "/q/FW-001/", f"/n/{town.token()}/", "/needs/", "/mine/"]


@pytest.mark.slow
@pytest.mark.parametrize("is_phone", [True, False], ids=["phone", "desk"])
def test_nothing_jumps_while_a_page_loads_or_hints_arrive(town, browser_of: Open, is_phone):
    context = browser_of(is_phone)
    context.add_init_script(WATCH_SHIFTS)
    page = context.new_page()
    shifts = {}
    for path in paths(town):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if path == "/post/":
            page.get_by_label("哪里、什么事").press_sequentially("余村村路灯坏了三天了")
            expect(page.locator("#hints .chip").first).to_be_visible()
            page.wait_for_load_state("networkidle")
        shifts[path] = page.evaluate(AFTER_A_FRAME)

    assert {path: round(s, 3) for path, s in shifts.items() if s >= MOST_SHIFT} == {}


@pytest.mark.slow
def test_the_first_pages_weigh_little_over_the_wire(town, browser_of: Open):
    weights: dict[str, float] = {}
    arrived: list[float] = []

    def arrive(part: dict[str, float]) -> None:
        arrived.append(part["encodedDataLength"])

    for path in paths(town):
        arrived.clear()
        context = browser_of(True)
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        sizes: list[float] = []
        wire.on(
            "Network.loadingFinished", lambda e, sizes=sizes: sizes.append(e["encodedDataLength"])
        )
        page.goto(path)
        page.wait_for_load_state("networkidle")
        weights[path] = sum(sizes)

    del weights["/needs/"]  # its map is what `serve` sends compressed and this server does not
    assert min(weights.values()) > 1000
    assert {path: w for path, w in weights.items() if w > MOST_BYTES} == {}


def test_the_desk_is_used(town, browser_of: Open):
    page = browser_of(False).new_page()
    page.goto("/")
    box = page.get_by_role("main").locator(".hero-in").bounding_box()

    assert box["width"] > DESK["width"] * 0.75
    expect(page.get_by_text("居民已点出")).to_be_visible()
    page.goto("/post/")
    text = page.get_by_label("哪里、什么事").bounding_box()
    where = village(page).bounding_box()
    assert where["x"] > text["x"] + text["width"]
