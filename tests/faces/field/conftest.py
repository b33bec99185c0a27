"""A phone: Chromium of 360 × 740 against a server on loopback."""

import os
import shutil
import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from dianliang.core.assets import ensure_assets
from dianliang.faces.ui.requests import now, today
from tests import fieldworld
from tests.fieldworld import World

FIRST_PORT, PORTS_EACH = 25000, 10
PHONE = {"width": 360, "height": 740}


def free_port() -> int:
    """Return a loopback port below the ephemeral range, of this worker's own, that is free."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST_PORT + worker * PORTS_EACH
    for port in range(first, first + PORTS_EACH):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise RuntimeError("no free port")


@pytest.fixture
def today_world(transactional_db) -> World:
    """The station on the day of the test: a browser reads the clock of the machine."""
    return fieldworld.build(today=today(), at=now())


@pytest.fixture
def server(transactional_db) -> Iterator[str]:
    """A server on loopback; its address."""
    ensure_assets()
    live = LiveServer(f"127.0.0.1:{free_port()}")
    yield live.url
    live.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of the system."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium, server, today_world) -> Iterator[BrowserContext]:
    """A phone that nobody is logged in on."""
    context = chromium.new_context(
        base_url=server,
        viewport=PHONE,
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def open_app(phone, client, today_world):
    """Log somebody in on the phone and open the app; fails on any error in the page."""
    errors: list[str] = []

    def open_as(number: str = "P2") -> Page:
        client.force_login(today_world.people[number].user)
        phone.add_cookies(
            [
                {
                    "name": "sessionid",
                    "value": client.cookies["sessionid"].value,
                    "domain": "127.0.0.1",
                    "path": "/",
                }
            ]
        )
        page = phone.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: (
                errors.append(message.text)
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )
        page.goto("/field/")
        return page

    yield open_as
    assert errors == []
