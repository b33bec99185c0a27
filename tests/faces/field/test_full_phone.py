"""A phone that is full, and one that wants the app on its home screen, in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.faces.field.screens import chip, press, ready_for_offline

pytestmark = pytest.mark.browser

FULL = """() => {
    const add = IDBObjectStore.prototype.add;
    window.makeRoom = () => { IDBObjectStore.prototype.add = add; };
    IDBObjectStore.prototype.add = () => { throw new DOMException('', 'QuotaExceededError'); };
}"""


def test_a_full_phone_says_so_and_claims_nothing(open_app, phone, today_world):
    visit = today_world.visit()
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.evaluate(FULL)
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "接单")
    expect(page.locator("#toast")).to_contain_text("手机存储已满")
    expect(page.locator("span.status").first).to_have_text("待接单")

    page.evaluate("makeRoom()")
    press(page, "接单")
    expect(chip(page)).to_have_text("1 项存手机")


def test_chromium_finds_the_app_fit_for_the_home_screen(open_app, phone, today_world):
    page = open_app()
    ready_for_offline(page)
    session = phone.new_cdp_session(page)

    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    found = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A browser context of a test counts as a private window, which installs nothing.
    assert {each["errorId"] for each in found} <= {"in-incognito"}
