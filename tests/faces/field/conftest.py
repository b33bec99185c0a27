"""A phone: Chromium of 360 × 740 against a server on loopback."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dianliang.faces.ui.requests import now, today
from tests import fieldworld
from tests.browsing import PHONE
from tests.fieldworld import World

PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)  # the machine of a test may be busy with others


@pytest.fixture
def today_world(daytime, transactional_db) -> World:
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
    context.set_default_timeout(PATIENCE_MS)
    yield context
    for page in context.pages:
        page.unroute_all(behavior="ignoreErrors")  # an answer that is under way when the test ends
    context.close()


def log_in(phone: BrowserContext, client, user) -> None:
    """Give the phone somebody's session, as the log-in page would."""
    client.force_login(user)
    value = client.cookies["sessionid"].value
    phone.add_cookies([{"name": "sessionid", "value": value, "domain": "127.0.0.1", "path": "/"}])


@pytest.fixture
def log_in_as(phone, client, today_world):
    """Let another person log in on the same phone."""
    return lambda number: log_in(phone, client, today_world.people[number].user)


@pytest.fixture
def open_app(phone, client, today_world):
    """Log somebody in on the phone and open the app; fails on any error in the page."""
    errors: list[str] = []

    def open_as(number: str = "P2") -> Page:
        log_in(phone, client, today_world.people[number].user)
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
