"""Take the screenshots of the README from a running demo: ``tools/screenshots.py URL FOLDER``."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "dianliang-demo-2026"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def log_in(page: Page, url: str, username: str) -> None:
    """Log in with a demo account."""
    page.goto(f"{url}/login/")
    page.get_by_label("登录名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def shoot(browser: Browser, url: str, folder: Path) -> None:
    """Visit the pages that the README and the guides show."""
    phone = browser.new_context(viewport=PHONE, locale="zh-CN", device_scale_factor=2)
    page = phone.new_page()
    pages = {"portal-home": "/", "portal-post": "/post/", "portal-public": "/needs/"}
    for name, path in pages.items():
        page.goto(url + path)
        page.wait_for_timeout(900)
        page.screenshot(path=folder / f"{name}.png")
    shoot_desk(browser, url, folder)
    shoot_villages(browser, url, folder)
    shoot_field(browser, url, folder)


def shoot_desk(browser: Browser, url: str, folder: Path) -> None:
    """Sit at the desk: the queue, one need, a plan from its making to the board."""
    desk = browser.new_context(viewport=DESK, locale="zh-CN")
    page = desk.new_page()
    log_in(page, url, "dispatcher")
    page.wait_for_timeout(2000)
    page.screenshot(path=folder / "console-board.png")
    page.locator("[data-main]").first.click()
    page.wait_for_timeout(900)
    page.screenshot(path=folder / "console-need.png")
    page.goto(f"{url}/console/plans/new/")
    page.wait_for_timeout(900)
    page.screenshot(path=folder / "plan-new.png")
    anyway = page.get_by_label("照样排")
    page.get_by_role("button", name="开始排").click()
    if anyway.count():
        anyway.check()
        page.get_by_role("button", name="开始排").click()
    page.get_by_role("button", name="发布给队伍").wait_for(timeout=180_000)
    page.wait_for_timeout(2000)
    page.screenshot(path=folder / "plan.png")
    page.get_by_role("button", name="发布给队伍").click()
    page.wait_for_timeout(1500)
    page.goto(f"{url}/board/")
    page.wait_for_timeout(900)
    page.screenshot(path=folder / "board.png")


def shoot_villages(browser: Browser, url: str, folder: Path) -> None:
    """Look after villages: their files, hazards, rebuilding."""
    desk = browser.new_context(viewport=DESK, locale="zh-CN")
    page = desk.new_page()
    log_in(page, url, "dispatcher")
    pages = {
        "villages": "/console/villages/",
        "hazards": "/console/hazards/",
        "renewal": "/console/renewal/",
    }
    for name, path in pages.items():
        page.goto(url + path)
        page.wait_for_timeout(900)
        page.screenshot(path=folder / f"{name}.png")


def shoot_field(browser: Browser, url: str, folder: Path) -> None:
    """Walk a steward's phone through the start of a day."""
    phone = browser.new_context(viewport=PHONE, locale="zh-CN", device_scale_factor=2)
    page = phone.new_page()
    log_in(page, url, "steward")
    page.wait_for_timeout(2500)
    page.screenshot(path=folder / "field-today.png")
    page.get_by_role("button", name="地图").click()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="地图").evaluate("button => button.scrollIntoView()")
    page.screenshot(path=folder / "field-map.png")
    page.locator("section.next h2 a").click()
    page.wait_for_timeout(500)
    page.screenshot(path=folder / "field-visit.png")
    phone.set_offline(True)
    for step in ("接单", "出发", "到达"):
        page.get_by_role("button", name=step, exact=True).click()
        page.wait_for_timeout(400)
    page.get_by_role("heading", name="上门记录").scroll_into_view_if_needed()
    page.screenshot(path=folder / "field-record.png")


def main() -> None:
    """Run the browser."""
    url, folder = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        shoot(browser, url, folder)
        browser.close()


if __name__ == "__main__":
    main()
