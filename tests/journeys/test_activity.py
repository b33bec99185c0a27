"""A volunteer signs up on the phone, is checked in by the code on site, and stands on the list."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from dianliang.domain.programs.models import Activity, Session, SessionAttendance
from dianliang.faces.ui.requests import now
from dianliang.flows.activities import planning
from dianliang.kernel.actor import Role
from tests.journeys.conftest import log_in
from tests.sessions import session_of

pytestmark = [pytest.mark.browser]
TITLE = "独居老人用电检查"
HERE = {"latitude": 30.51, "longitude": 119.61, "accuracy": 12}


def sign_up(page: Page, name: str, phone: str, *, press: str) -> Page:
    """Sign up from the list of activities, as anybody would."""
    page.goto("/activities/")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label("姓名", exact=True).fill(name)
    page.get_by_label("电话", exact=True).fill(phone)
    page.get_by_label("同意").check()
    page.get_by_role("button", name=press, exact=True).click()
    return page


@pytest.mark.row("000-07")
@pytest.mark.row("001-12")
@pytest.mark.row("002-13")
def test_a_volunteer_signs_up_comes_and_is_counted(browser_of, town):
    """Sign-up, waiting list, code with place and time, account: one person-time of its team."""
    team = town.team("XH", "S1")
    type(team).objects.filter(pk=team.pk).update(is_volunteer=True, name="薪火志愿队")
    team.refresh_from_db()
    start = now() + timedelta(minutes=30)
    session = session_of(town, team=team, places=1, starts_at=start, at=now())
    leader = town.user("leader", Role.PARTY_AFFAIRS, "S1")

    phone = browser_of(True)
    phone.grant_permissions(["geolocation"])
    phone.set_geolocation(HERE)
    page = sign_up(phone.new_page(), "章小禾", "13905720001", press="报名")
    expect(page.get_by_role("heading", name="章小禾")).to_be_visible()
    expect(page.get_by_role("article", name=TITLE)).to_contain_text("已报名")
    late = sign_up(browser_of(True).new_page(), "李二", "13905720002", press="排候补")
    expect(late.get_by_role("article", name=TITLE)).to_contain_text("候补 第 1 位")

    desk = browser_of(False).new_page()
    log_in(desk, leader)
    desk.goto(f"/console/activities/{session.number}/screen/")
    address = desk.locator(".code-qr").get_attribute("data-address")
    assert address

    page.goto(address)
    page.get_by_role("button", name="章小禾，我到了，签到").click()
    expect(page.get_by_text("已签到")).to_be_visible()
    attendance = SessionAttendance.objects.get()
    assert (attendance.way, attendance.doubts, attendance.away_m) == ("code", [], 0)
    page.get_by_role("button", name="我要走了，签退").click()
    expect(page.get_by_text("已签退").first).to_be_visible()

    desk.goto(f"/console/activities/{session.number}/")
    row = desk.get_by_role("row", name="章小禾")
    expect(row).to_contain_text("已参加")
    expect(row).to_contain_text("扫码 0 米")
    planning.follow_clock(at=session.ends_at)
    Session.objects.filter(pk=session.pk).update(
        starts_at=now() - timedelta(hours=3),
        ends_at=now() - timedelta(hours=1),
        signup_until=now() - timedelta(hours=3),
    )
    desk.reload()
    desk.get_by_label("服务人数").fill("9")
    desk.get_by_role("button", name="核销入账").click()
    expect(desk.get_by_text("已入账为志愿服务行动")).to_be_visible()
    assert Activity.objects.get().participations.get().person.name == "章小禾"

    page.goto("/v/")
    page.locator("label[for^=star5]").click()
    page.get_by_role("button", name="评价").click()
    expect(page.get_by_text("您评了 5 星，谢谢。")).to_be_visible()
