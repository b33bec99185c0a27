"""The trail on a desk and a phone: by keyboard, in the dark, no wider than the screen."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dianliang.core import audit, jobs, seal
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.axe import looked_at
from tests.journeys.conftest import browser_of, log_in

__all__ = ["browser_of"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def events(transactional_db):
    """A need with a history, a refusal, a sealed beginning; the auditor of the house."""
    town = town_builder.build()
    began = now() - timedelta(hours=2)
    town.post("余村村停电了", area_code="V1", at=began)
    last = audit.record_about(
        "intake.need.accept",
        target_type="intake.need",
        target_id="XQ261124-0001",
        by=town.actor("S1"),
        at=began,
        before="RECEIVED",
        after="ACCEPTED",
        reason="已电话联系13812345678，当天下午上门。" * 4,
    )
    seal.seal_settled(at=began + timedelta(minutes=20))
    audit.record_about(
        "access.denied",
        target_type="console:need",
        target_id="GET XQ261124-0009",
        by=town.actor("S2"),
        at=now(),
        outcome="denied",
    )
    return town.user("shen", Role.AUDITOR), last.pk


@pytest.mark.slow
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(events, browser_of):
    auditor, number = events
    page = browser_of(True).new_page()
    log_in(page, auditor)
    found = []
    for path in ("/board/audit/", "/board/audit/?who=没有这人", f"/board/audit/{number}/"):
        found += looked_at(page, path)

    assert found == []


def test_an_auditor_finds_a_refusal_and_has_the_chain_proved_by_keyboard(events, browser_of):
    auditor, _ = events
    page = browser_of(False).new_page()
    log_in(page, auditor)
    page.goto("/board/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="审计").press("Enter")

    page.get_by_label("结果").select_option("被拒")
    page.get_by_label("操作者").press("Enter")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("访问被拒")
    rows.get_by_role("link").first.press("Enter")
    expect(page.get_by_text("尚未封印", exact=True)).to_be_visible()

    page.get_by_role("button", name="核验整条链").press("Enter")
    expect(page.get_by_text("正在核验整条链")).to_be_visible()
    while jobs.run_next(owner="test", clock=now):
        pass
    expect(page.get_by_text("没有改动、增添或删除")).to_be_visible()
