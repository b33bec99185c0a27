"""A phone: Chromium of 360 × 740 against a server on loopback."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from dianliang.faces.ui.requests import now, today
from tests import fieldworld
from tests.browsing import PHONE
from tests.fieldworld import World


@pytest.fixture
def today_world(transactional_db) -> World:
    """The station on the day of the test: a browser reads the clock of the machine."""
    return fieldworld.build(today=today(), at=now())


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
