"""The administration pages obey the strict content policy in a real browser."""

import pytest

from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.town import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "",
    "catalog/service/",
    "catalog/service/add/",
    "catalog/calendarday/",
    "directory/unit/add/",
    "directory/routingrule/",
    "core/user/add/",
    "core/auditevent/",
)


@pytest.mark.slow
def test_no_page_breaks_the_content_policy(chromium, server):
    town_builder.build().user("keeper", Role.ADMINISTRATOR, "S1")
    page = chromium.new_page(base_url=server)
    refused = []
    page.on(
        "console",
        lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None,
    )
    page.on("pageerror", lambda error: refused.append(str(error)))
    page.goto("/admin/")
    page.fill("#id_username", "keeper")
    page.fill("#id_password", PASSWORD)
    page.click("main form.card button")

    for path in PAGES:
        page.goto(f"/admin/{path}")
        assert page.locator("#content").is_visible(), path

    page.close()
    assert refused == []
