"""Zones are drawn in the browser: by mouse, by keyboard, and kept as shares of the picture."""

import pytest
from playwright.sync_api import expect

from dianliang.core.files import keep_image
from dianliang.core.models import User
from dianliang.faces.ui.requests import now
from dianliang.flows.linewatch import recording
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.core.test_files import photo
from tests.journeys.conftest import browser_of, log_in
from tests.watchworld import registered

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_dispatcher_draws_a_zone_moves_a_corner_and_saves(browser_of, transactional_db):
    town = town_builder.build()
    town.user("desk", Role.DISPATCHER, "S1")
    camera = registered(town)
    shown = keep_image(photo((640, 360)), at=now())
    recording.take_beat(number=camera.number, pictures=5, watched_s=1.0, at=now(), picture=shown)
    page = browser_of(False).new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: said.type == "error" and problems.append(said.text))
    log_in(page, User.objects.get(username="desk"))
    page.goto(f"/console/watch/{camera.number}/zones/")
    stage = page.locator("[data-stage]")
    stage.scroll_into_view_if_needed()

    page.get_by_role("button", name="新区域").click()
    box = stage.bounding_box()
    for x, y in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.4)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.get_by_role("button", name="画完").click()
    page.locator("[data-field=id]").fill("东岸")
    page.locator("[data-field=kind]").select_option("water_edge")
    first = page.get_by_role("button", name="区域“东岸”第 1 个角")
    first.press("ArrowRight")
    page.get_by_role("button", name="区域“东岸”第 1 个角").press("Shift+ArrowDown")
    last = page.get_by_role("button", name="区域“东岸”第 3 个角").bounding_box()
    page.mouse.move(last["x"] + last["width"] / 2, last["y"] + last["height"] / 2)
    page.mouse.down()
    box = stage.bounding_box()  # the page may have scrolled since
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.up()
    page.get_by_role("button", name="保存区域").click()

    expect(page.get_by_text("第 2 版区域")).to_be_visible()
    assert problems == []
    old, made = camera.zone_versions.get(number=2).zones
    assert (old["id"], made["id"], made["kind"]) == ("导线下方", "东岸", "water_edge")
    wanted = [[0.21, 0.25], [0.6, 0.2], [0.8, 0.5]]
    for (x, y), (u, v) in zip(made["corners"], wanted, strict=True):
        assert (x, y) == (pytest.approx(u, abs=0.006), pytest.approx(v, abs=0.006))
