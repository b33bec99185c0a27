"""What a steward and a captain see of their day, and a need that is posted for somebody."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from dianliang.domain.intake.models import Need
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Attendance
from dianliang.faces.ui.requests import now
from tests.core.test_files import photo
from tests.faces.field.screens import chip, press, ready_for_offline

pytestmark = pytest.mark.browser

TOUCH = """(button, names) => {
    for (const name of names) button.dispatchEvent(new PointerEvent(name, { bubbles: true }));
}"""


def test_a_steward_posts_a_need_for_an_old_neighbour_without_a_network(
    open_app, phone, today_world
):
    visit = today_world.visit()
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    page.get_by_role("link", name="替这家再报一件事").click()
    page.get_by_label("什么事").fill("隔壁王阿婆家电线冒火花，一个人住")
    expect(page.get_by_text("起火打 119", exact=False)).to_be_visible()
    page.get_by_label("替谁报").fill("王阿婆")
    page.get_by_label("联系电话").fill("138-0013-8000")
    page.locator("#camera").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo((800, 600))}
    )
    expect(page.get_by_role("img", name="照片 1")).to_be_visible()
    page.reload()
    expect(page.get_by_label("替谁报")).to_have_value("王阿婆")
    press(page, "报上去")
    expect(chip(page)).to_have_text("1 项存手机")
    assert not Need.objects.exists()

    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")
    need = Need.objects.get()
    asker = need.participants.get()
    assert (need.channel, need.is_danger, need.photos.count()) == ("steward", True, 1)
    assert (asker.kind, asker.on_behalf_of, asker.name) == ("on_behalf", "王阿婆", "周电工")
    assert need.address == visit.job.address
    expect(page.get_by_text(f"已登记为 {need.number}", exact=False)).to_be_visible()
    with page.expect_popup() as follow:
        page.get_by_role("link", name="跟踪页").click()
    expect(follow.value.get_by_text(need.number).first).to_be_visible()


def test_a_need_that_was_refused_is_mended_and_sent_again(open_app, today_world):
    page = open_app()
    page.get_by_role("link", name="代客报需求").click()
    page.get_by_label("什么事").fill("路灯不亮")
    page.get_by_label("联系电话").fill("问村长")
    press(page, "报上去")
    expect(page.get_by_text("电话只能包含数字和短横线。")).to_be_visible()
    press(page, "修改后再交")
    expect(page.get_by_label("什么事")).to_have_value("路灯不亮")
    page.get_by_label("联系电话").fill("")
    press(page, "报上去")
    expect(page.get_by_text("已登记为", exact=False)).to_be_visible()

    assert Need.objects.get().text == "路灯不亮"


def test_a_visit_says_why_it_is_here_what_to_bring_and_what_was_found(open_app, today_world):
    customer = today_world.special_customer()
    earlier = today_world.visit(customer=customer, status="DONE", address="")
    Job.objects.filter(pk=earlier.job_id).update(status="DONE", done_at=now())
    Visit.objects.filter(pk=earlier.pk).update(findings="灶台旁插座松动", ended_at=now())
    visit = today_world.visit(customer=customer, skill=today_world.skill, gear={"灯具": 2})
    page = open_app()
    page.get_by_text("今天带什么").click()
    expect(page.get_by_role("listitem").filter(has_text="灯具×2（车上缺 2）")).to_be_visible()
    page.get_by_role("link", name=visit.job.title).first.click()

    expect(page.get_by_text("最后一站", exact=False)).to_be_visible()
    expect(page.get_by_text("抢修：章队长、周电工")).to_be_visible()
    expect(page.get_by_text("灶台旁插座松动")).to_be_visible()


def test_a_captain_sees_where_the_team_is_and_checks_in_where_he_stands(
    open_app, phone, today_world
):
    today_world.visit(status="DONE")
    here = today_world.visit(status="ARRIVED")
    today_world.visit()
    phone.grant_permissions(["geolocation"])
    phone.set_geolocation({"latitude": 30.6205, "longitude": 119.6574, "accuracy": 12})
    page = open_app("P1")
    page.get_by_role("link", name="队伍").click()
    glance = page.get_by_role("region", name="全队进度")
    expect(glance).to_contain_text("已结束 1 / 3 单")
    expect(glance.get_by_role("link").filter(has_text="现在")).to_contain_text(here.job.title)
    own = page.get_by_role("listitem").filter(has_text="章队长")
    own.get_by_role("button", name="签到").click()

    expect(own.get_by_text("签到处离驻地 1.0 公里")).to_be_visible()
    row = Attendance.objects.get()
    assert (row.lat, row.lon, row.accuracy_m) == (30.6205, 119.6574, 12)


def test_the_look_for_the_sun_or_the_night_is_kept(open_app, today_world):
    page = open_app()
    page.goto("/field/#/outbox")
    for look, contrast in (("强光", "more"), ("夜间", "")):
        press(page, look)
        page.reload()
        button = page.get_by_role("button", name=look, exact=True)
        expect(button).to_have_attribute("aria-pressed", "true")
        assert page.evaluate("document.documentElement.dataset.contrast ?? ''") == contrast


SMALL = """() => [...document.querySelectorAll('a, button, summary, select, input, textarea, .add')]
    .filter((node) => node.offsetParent)
    .filter((node) => !node.matches('.hidden, .skip, .yes-no input, .choices input, p a'))
    .map((node) => [node.textContent || node.outerHTML, node.getBoundingClientRect()])
    .filter(([, box]) => box.height < 44 || box.width < 44)
    .map(([words, box]) => `${words} ${box.width}×${box.height}`)"""


def test_a_thumb_hits_everything(open_app, today_world):
    today_world.visit(need=today_world.need(), customer=today_world.special_customer())
    at_work = today_world.visit(status="ARRIVED")
    page = open_app("P1")
    first = Visit.objects.order_by("sequence").first()
    found = {}
    for screen in [
        "",
        f"visit/{first.number}",
        f"visit/{at_work.number}",
        "team",
        "outbox",
        "post",
    ]:
        page.goto(f"/field/#/{screen}")
        expect(page.get_by_role("heading").first).to_be_visible()
        if too_small := page.evaluate(SMALL):
            found[screen] = too_small
    assert found == {}


def test_a_press_is_not_lost_while_the_screen_is_built_anew(open_app, today_world):
    visit = today_world.visit()
    page = open_app()
    button = page.get_by_role("button", name="接单", exact=True)
    box = button.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    with page.expect_response("**/field/day/"):
        today_world.visit()
        page.evaluate("dispatchEvent(new Event('online'))")
    page.mouse.up()

    expect(page.locator("section.next span.status")).to_have_text("已接单")
    assert visit.number


def test_a_press_that_follows_another_at_once_is_not_lost_either(open_app, today_world):
    """The first finger's screen may not be built while the second is down."""
    today_world.visit()
    page = open_app()
    button = page.get_by_role("button", name="接单", exact=True).element_handle()
    button.evaluate(TOUCH, ["pointerdown", "pointerup", "pointerdown"])
    with page.expect_response("**/field/day/"):
        today_world.visit()
        page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("新派 1 单", exact=False)).to_be_visible()
    page.evaluate("new Promise((resolve) => setTimeout(resolve, 100))")  # past the first finger's
    assert button.evaluate("(button) => button.isConnected")
    button.evaluate(TOUCH, ["pointerup", "click"])

    expect(page.locator("section.next span.status")).to_have_text("已接单")


def test_a_steward_who_reads_english_sees_the_route_in_english(
    open_app, phone, server, today_world
):
    today_world.visit()
    phone.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": server}])
    page = open_app()

    expect(page.get_by_text("Next stop")).to_be_visible()
    expect(page.get_by_role("link", name="Post a customer's need")).to_be_visible()
