"""A hazard, from the house where it is found without a network to the photos that end it."""

from datetime import time

import pytest
from playwright.sync_api import expect

from dianliang.core import jobs as background
from dianliang.core.models import User
from dianliang.domain.safety.models import Hazard, Notice
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import now, today
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.core.test_files import photo
from tests.faces.field.inspecting import fill_in, shoot
from tests.faces.field.screens import chip, press, ready_for_offline
from tests.journeys.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WRONG = ("H07", "H11")
UNTIL_PICTURES_ARE_KEPT = """async () => {
    const kept = () => new Promise((resolve) => {
        const open = indexedDB.open('field:user:steward');
        open.onsuccess = () => {
            const all = open.result.transaction('kept').objectStore('kept').getAllKeys();
            all.onsuccess = () => {
                open.result.close();
                resolve(all.result.filter((name) => name.startsWith('picture')).length);
            };
        };
    });
    for (let tries = 0; tries < 300; tries++) {
        if (await kept() === 2) return true;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
}"""
"""How the hazards looked has come along, for where there is no network."""


@pytest.fixture
def town(daytime, transactional_db):
    """The town on the day of the test, with one team that inspects."""
    town = town_builder.build()
    team = town.team("XH", "S1", "inspect")
    # The browsers' clock is the machine's: whatever the hour, the team can still go out today.
    team.shift_starts, team.shift_ends, team.overtime_max_min = time(0), time(23, 59), 240
    team.save()
    steward = town.user("steward", Role.STEWARD, "S1")
    Person.objects.filter(number="XH-1").update(user=steward)
    town.user("desk", Role.DISPATCHER)
    return town


def order(desk):
    """The desk asks for an inspection of a home."""
    desk.goto("/console/hazards/")
    desk.get_by_text("安排一次检查").click()
    desk.locator("#o-area").select_option("V1")
    desk.get_by_label("地址").fill("一组 8 号")
    desk.get_by_label("最晚完成").fill(today().replace(year=today().year + 1).isoformat())
    desk.get_by_role("button", name="开检查工单").click()
    expect(desk.get_by_text("已开检查工单")).to_be_visible()


def plan_and_publish(desk):
    """The day is computed with all that waits, and published."""
    desk.goto("/console/plans/new/")
    for box in ("first_on", "last_on"):
        desk.locator(f"input[name='{box}']").fill(today().isoformat())
    desk.locator("input[name='seconds']").fill("1")
    desk.get_by_role("button", name="开始排").click()
    expect(desk.get_by_text("正在排")).to_be_visible()
    assert background.run_next(owner="story", clock=now)
    desk.get_by_role("button", name="发布给队伍").click()
    expect(desk.get_by_text("个上门已通知队伍")).to_be_visible()


def inspect_offline(phone, page):
    """Two hazards are found where there is no network; they arrive when it is back."""
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name="居民家庭用电检查").first.click()
    press(page, "接单", "出发", "到达")
    fill_in(page, wrong=WRONG)
    page.reload()
    expect(page.get_by_label("签收人")).to_have_value("王春花")
    press(page, "保存检查", "完成这一单")
    expect(chip(page)).to_have_text("5 项存手机")
    assert not Hazard.objects.exists()
    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")


def open_notice(desk):
    """The desk opens the paper, signed on the glass, as PDF."""
    desk.goto("/console/hazards/")
    expect(desk.get_by_role("row").filter(has_text="已告知")).to_have_count(2)
    desk.get_by_role("link", name=Hazard.objects.first().number).click()
    expect(desk.get_by_text("现场签收：王春花")).to_be_visible()
    paper = desk.get_by_role("link", name=f"{Notice.objects.get().number}.pdf")
    answer = desk.request.get(paper.get_attribute("href"))
    assert answer.ok
    assert answer.body().startswith(b"%PDF")


def say_it_is_done(resident):
    """The customer scans the code and sends a photo for each."""
    for number in Hazard.objects.order_by("number").values_list("number", flat=True):
        resident.goto(f"/h/{Notice.objects.get().token}/")
        expect(resident.get_by_text("这份通知书是真的。")).to_be_visible()
        card = resident.get_by_role("region", name=number)
        card.get_by_text("已经整改，上传照片").click()
        shot = {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": photo((90, 60))}
        card.get_by_label("整改后的照片").set_input_files(shot)
        card.get_by_role("button", name="报整改").click()
        expect(resident.get_by_text("我们会上门复查")).to_be_visible()


def check_again(phone, page):
    """The same team looks again, without a network, and closes both with photos."""
    page.goto("/field/")
    ready_for_offline(page)
    assert page.evaluate(UNTIL_PICTURES_ARE_KEPT)
    phone.set_offline(True)
    page.get_by_role("link", name="隐患复查").first.click()
    press(page, "接单", "出发", "到达")
    for hazard in Hazard.objects.order_by("number"):
        card = page.get_by_role("region", name=f"隐患 {hazard.number}")
        expect(card.get_by_role("img", name="整改前")).to_be_visible()
        card.get_by_role("button", name="复查合格，销号").click()
        expect(card.get_by_text("没有照片不能销号")).to_be_visible()
        shoot(page, f"now-{hazard.number}")
        card.get_by_role("button", name="复查合格，销号").click()
        expect(card).to_have_count(0)
    press(page, "完成这一单")
    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")


@pytest.mark.row("001-14")
@pytest.mark.row("002-18")
def test_two_hazards_are_found_offline_told_put_right_and_closed_by_photos(town, browser_of):
    desk = browser_of(False).new_page()
    log_in(desk, User.objects.get(username="desk"))
    order(desk)
    plan_and_publish(desk)

    phone = browser_of(True)
    steward = phone.new_page()
    log_in(steward, User.objects.get(username="steward"))
    steward.goto("/field/")
    inspect_offline(phone, steward)
    open_notice(desk)
    say_it_is_done(browser_of(True).new_page())

    (recheck,) = Job.objects.filter(title__startswith="隐患复查")
    assert {hazard.recheck_job for hazard in Hazard.objects.all()} == {recheck}
    plan_and_publish(desk)
    check_again(phone, steward)

    for hazard in Hazard.objects.all():
        assert hazard.status == "CLOSED"
        assert hazard.after.sha256 != hazard.before.sha256
    assert set(Visit.objects.values_list("status", flat=True)) == {"DONE"}
    desk.goto(f"/console/hazards/{hazard.number}/")
    expect(desk.get_by_role("img", name="整改前")).to_be_visible()
    expect(desk.get_by_role("img", name="整改后")).to_be_visible()
