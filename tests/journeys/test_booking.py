"""A room wanted by two at once: one gets it, the other is told and takes another time."""

import pytest
from playwright.sync_api import expect

from dianliang.core.models import User
from dianliang.domain.venues.models import Booking, SlotHold
from dianliang.kernel.actor import Role
from tests import rooms
from tests import town as town_builder
from tests.journeys.conftest import log_in
from tests.rooms import next_monday

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = 390


@pytest.fixture
def town(transactional_db):
    town = town_builder.build()
    town.user("keeper", Role.PARTY_AFFAIRS, "S1")
    return town


def fill(page, hall, name, phone):
    """Somebody opens the room on a phone and fills in everything but the last press."""
    page.goto("/book/")
    page.get_by_role("link", name=hall.name).click()
    page.goto(f"/book/{hall.code}/?on={next_monday()}&minutes=60")
    page.get_by_label("09:00–10:00").check()
    page.get_by_label("人数").fill("12")
    page.get_by_label("用途").fill("老年协会开会")
    page.get_by_label("姓名").fill(name)
    page.get_by_label("电话").fill(phone)


def press_together(pages):
    """Press both buttons before either answer is waited for."""
    for page in pages:
        page.evaluate("document.getElementById('book-form').requestSubmit()")
    for page in pages:
        expect(page.locator("[role=alert], .big-number").first).to_be_visible()


@pytest.mark.row("000-06")
def test_of_two_who_press_at_once_one_gets_the_room_and_the_other_another_time(town, browser_of):
    hall = rooms.room(town, audience="public", needs_approval=True)
    phones = [browser_of(True).new_page() for _ in range(2)]
    for page, name, number in zip(
        phones, ("王春花", "李秋生"), ("19900001111", "19900002222"), strict=True
    ):
        fill(page, hall, name, number)

    press_together(phones)

    late = next(page for page in phones if "/book/" in page.url)
    first = next(page for page in phones if "/b/" in page.url)
    expect(first.get_by_text("正在等管理单位审批")).to_be_visible()
    expect(late.get_by_role("alert")).to_contain_text("请另选时间")
    expect(late.get_by_label("用途")).to_have_value("老年协会开会")
    assert Booking.objects.count() == 1
    assert late.evaluate("document.documentElement.scrollWidth") <= NARROW

    late.get_by_role("button", name="改约").first.click()
    expect(late.get_by_text("正在等管理单位审批")).to_be_visible()
    assert (Booking.objects.count(), SlotHold.objects.count()) == (2, 8)

    desk = browser_of(False).new_page()
    log_in(desk, User.objects.get(username="keeper"))
    desk.goto("/console/booking/queue/")
    expect(desk.locator(".booking-row")).to_have_count(2)
    desk.get_by_role("button", name="同意").first.click()
    expect(desk.locator(".booking-row")).to_have_count(1)
    desk.goto(f"/console/booking/?on={next_monday()}")
    expect(desk.get_by_role("link", name="老年协会开会", exact=False)).to_have_count(2)

    kept = Booking.objects.get(status="APPROVED")
    page = first if kept.number in first.content() else late
    page.reload()
    expect(page.get_by_text("预约成功")).to_be_visible()
    page.get_by_text("不用了，取消预约").click()
    page.get_by_role("button", name="确认取消").click()
    expect(page.get_by_text("已取消").first).to_be_visible()
    assert SlotHold.objects.count() == 4
