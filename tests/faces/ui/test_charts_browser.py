"""Charts in Chromium: painted, in both themes, under the strict policy, and readable by all."""

import pytest
from playwright.sync_api import Page, expect

from tests.axe import serious, too_wide
from tests.journeys.conftest import browser_of

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WATCH = """window.refused = [];
addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective));"""
COLOURS = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 250) seen.add(data.slice(i, i + 3).join());
    return [...seen];
}"""  # noqa: E501 (read by Chromium)
BOX = """(canvas) => canvas.getBoundingClientRect().width"""


@pytest.fixture
def page(browser_of, settings) -> Page:
    settings.ROOT_URLCONF = "tests.faces.ui.charted"
    page = browser_of(True).new_page()
    page.add_init_script(WATCH)
    page.emulate_media(reduced_motion="reduce")
    page.goto("/charted/")
    return page


def canvas_of(page, key):
    drawn = page.locator(f"#figure-{key} data-chart")
    drawn.scroll_into_view_if_needed()
    expect(drawn).to_have_attribute("data-ready", "1")
    return drawn.locator("canvas").first


def rgb(page, name):
    value = page.evaluate(
        "(name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()", name
    )
    return ",".join(str(int(value[i : i + 2], 16)) for i in (1, 3, 5))


def test_charts_are_painted_in_both_themes_within_the_policy(page):
    for key, colours in {
        "load": ("--series-1", "--series-2", "--series-3", "--red"),
        "budget": ("--series-1",),
        "heat": ("--heat-0", "--heat-4"),
    }.items():
        canvas = canvas_of(page, key)
        light = canvas.evaluate(COLOURS)
        assert {rgb(page, name) for name in colours} <= set(light), key

    page.get_by_role("button", name="切换深浅色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert {rgb(page, "--heat-0"), rgb(page, "--heat-4")} <= set(canvas.evaluate(COLOURS))
    assert page.evaluate("refused") == []


def test_a_chart_follows_the_width_of_the_page_and_its_table_opens(page):
    canvas = canvas_of(page, "load")
    narrow = canvas.evaluate(BOX)
    assert too_wide(page, "/charted/") == []
    page.get_by_text("数据表：负载与额定容量").click()
    expect(page.get_by_role("cell", name="80.0 ~ 130.0")).to_be_visible()
    assert serious(page) == []

    page.set_viewport_size({"width": 1280, "height": 800})
    wider = "(least) => document.querySelector('#figure-load canvas').clientWidth > least"
    page.wait_for_function(wider, arg=2 * narrow)
