"""Three browsers at one table: a resident's phone, a dispatcher's desk, a steward's phone."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from dianliang.core.models import User
from tests.browsing import DESK, PHONE
from tests.town import PASSWORD


@pytest.fixture
def browser_of(chromium: Browser, server: str) -> Iterator[Callable[[bool], BrowserContext]]:
    """Open browsers that share nothing; each closes at the end of the test."""
    opened: list[BrowserContext] = []

    def open_one(is_phone: bool) -> BrowserContext:
        context = chromium.new_context(
            base_url=server,
            viewport=PHONE if is_phone else DESK,
            is_mobile=is_phone,
            has_touch=is_phone,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(60_000)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


def log_in(page: Page, user: User) -> None:
    """Give the browser of a page somebody's session, as the log-in page would."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    cookie = {"name": name, "value": value, "domain": "127.0.0.1", "path": "/"}
    page.context.add_cookies([cookie])


def log_in_by_form(page: Page, user: User) -> None:
    """Log in as a person would; ends on the first page of whoever it is."""
    page.goto("/login/")
    page.get_by_label("登录名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
