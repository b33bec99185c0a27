"""What a person does on the phone's screens, and the conditions that he would wait for."""

from playwright.sync_api import Locator, Page, expect

from dianliang.faces.field import build
from tests.core.test_files import photo
from tests.fieldworld import CHECKLIST

UNTIL_KEPT = """async (build) => {
    for (let tries = 0; tries < 600; tries++) {
        const worker = await navigator.serviceWorker.ready;
        const names = await caches.keys();
        const isAlone = names.join() === `field-${build}`;
        if (isAlone && worker.active?.state === 'activated' && await caches.match('/field/')) {
            return true;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
}"""

CUT = """(ends) => {
    const fetched = window.fetch;
    window.fetch = (url, options) => {
        const { pathname } = new URL(url, location);
        return pathname === ends ? Promise.reject(new TypeError('cut')) : fetched(url, options);
    };
}"""


def cut(page: Page, path: str) -> None:
    """Let what the page asks of a path fail until it is loaded anew.

    Where a service worker stands between them, `page.route` does not see every request.
    """
    page.evaluate(CUT, path)


def sent(page: Page, count: int) -> None:
    """Wait until the phone says that so many operations have arrived."""
    page.get_by_role("link", name="同步", exact=True).click()
    expect(page.get_by_text("已送达", exact=False).filter(has_text="·")).to_have_count(count)
    page.get_by_role("link", name="今天").click()


def chip(page: Page) -> Locator:
    return page.locator("#sync-chip")


def press(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def ready_for_offline(page: Page) -> None:
    """Wait until the service worker holds the page and the day has been read."""
    expect(chip(page)).to_have_text("已全部送达")
    assert page.evaluate(UNTIL_KEPT, build.build_id())


def fill_in(page: Page) -> None:
    """Tick the list, write, take a photo, have it signed."""
    for item in CHECKLIST:
        page.get_by_role("group", name=item).get_by_label("做了").check()
    page.get_by_label("情况记录").fill("空开烧毁，已更换")
    page.locator("#camera").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo((1200, 900))}
    )
    expect(page.get_by_role("img", name="照片 1")).to_be_visible()
    pad = page.get_by_role("img", name="签名区")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=6)
    page.mouse.up()
    expect(page.get_by_text("已签", exact=True)).to_be_visible()
