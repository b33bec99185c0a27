"""A line that flaps, a clock that is wrong, a session that ended: nothing twice, nothing lost."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dianliang.core.models import AuditEvent, StoredFile
from dianliang.domain.work.models import Visit
from dianliang.faces.ui.requests import now
from tests.faces.field.screens import chip, cut, fill_in, press, ready_for_offline

pytestmark = pytest.mark.browser


LOSE_EVERY_SECOND = """() => {
    const fetched = window.fetch;
    let turn = 0;
    window.lost = 0;
    window.fetch = async (...asked) => {
        const answer = await fetched(...asked);
        if (turn++ % 2) return answer;
        window.lost += 1;
        throw new TypeError('lost on the way');
    };
}"""


def lose_every_second(page):
    """Lose every second answer after the server has done what was asked."""
    page.evaluate(LOSE_EVERY_SECOND)


def test_answers_that_are_lost_on_the_way_do_nothing_twice(open_app, phone, today_world):
    visit = today_world.visit(need=today_world.need())
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "接单", "出发", "到达")
    fill_in(page)
    press(page, "完成这一单")
    expect(chip(page)).to_have_text("4 项存手机")
    lose_every_second(page)

    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")
    assert page.evaluate("lost") >= 3
    done = Visit.objects.get()
    assert (done.status, done.photos.count()) == ("DONE", 1)
    assert StoredFile.objects.count() == 2  # the photo and the signature
    verbs = AuditEvent.objects.filter(target_id=visit.number, verb__startswith="work.visit.")
    assert sorted(verbs.values_list("verb", flat=True)) == [
        "work.visit.accept",
        "work.visit.arrive",
        "work.visit.complete",
        "work.visit.depart",
    ]


def test_a_picture_that_does_not_get_through_holds_back_no_other_visit(
    open_app, phone, today_world
):
    heavy, light = today_world.visit(status="ARRIVED"), today_world.visit()
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=heavy.job.title).first.click()
    fill_in(page)
    press(page, "完成这一单")
    page.get_by_role("link", name=light.job.title).first.click()
    press(page, "接单")
    expect(chip(page)).to_have_text("2 项存手机")
    cut(page, "/field/photos/")

    phone.set_offline(False)
    expect(chip(page)).to_have_text("1 项存手机")
    assert Visit.objects.get(pk=light.pk).status == "ACCEPTED"
    assert Visit.objects.get(pk=heavy.pk).status == "ARRIVED"


def test_a_whole_day_in_airplane_mode_arrives_in_order(open_app, phone, today_world):
    for _ in range(4):
        today_world.visit(checklist=[])
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    press(page, "4 单全部接下")
    expect(chip(page)).to_have_text("4 项存手机")
    for done, visit in enumerate(Visit.objects.order_by("sequence"), start=1):
        page.goto(f"/field/#/visit/{visit.number}")
        press(page, "出发", "到达", "完成这一单")
        expect(page.get_by_text(f"已结束 {done} / 4 单")).to_be_visible()
    page.reload()
    expect(chip(page)).to_have_text("16 项存手机")
    expect(page.get_by_text("已结束 4 / 4 单")).to_be_visible()

    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")
    for visit in Visit.objects.all():
        assert visit.status == "DONE"
        assert visit.accepted_at < visit.departed_at < visit.arrived_at < visit.ended_at


def test_a_clock_that_is_hours_wrong_is_noticed_and_put_right(open_app, phone, today_world):
    visits = [today_world.visit() for _ in range(2)]
    page = open_app()
    ready_for_offline(page)
    # Not five: late in the evening the server is set back so far, and the phone begins with that.
    wrongs = ((3, "手机时钟快了 3 小时"), (-49, "手机时钟慢了 49 小时"))
    for visit, (wrong, words) in zip(visits, wrongs, strict=True):
        page.goto("/field/#/outbox")
        page.clock.set_fixed_time(now() + timedelta(hours=wrong))
        page.reload()
        expect(page.get_by_text(words)).to_be_visible()
        phone.set_offline(True)
        page.goto(f"/field/#/visit/{visit.number}")
        page.reload()
        press(page, "接单")
        expect(chip(page)).to_have_text("1 项存手机")
        page.clock.set_fixed_time(now())  # the network brings the right time with it

        phone.set_offline(False)
        page.goto("/field/#/outbox")
        expect(chip(page)).to_have_text("已全部送达")
        event = AuditEvent.objects.get(verb="work.visit.accept", target_id=visit.number)
        assert abs(event.at - event.device_at) < timedelta(minutes=3)


def test_a_session_that_ended_while_offline_keeps_what_was_done(
    open_app, phone, today_world, log_in_as
):
    visit = today_world.visit()
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "接单")
    expect(chip(page)).to_have_text("1 项存手机")
    phone.clear_cookies()

    phone.set_offline(False)
    expect(chip(page)).to_have_text("请重新登录")
    log_in_as("P2")
    page.goto("/field/#/outbox")
    page.reload()
    expect(chip(page)).to_have_text("已全部送达")
    assert Visit.objects.get().status == "ACCEPTED"


def test_what_one_person_left_on_the_phone_is_sent_by_nobody_else(
    open_app, phone, today_world, log_in_as
):
    visit = today_world.visit()
    page = open_app("P2")
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "接单")
    expect(chip(page)).to_have_text("1 项存手机")

    log_in_as("P1")
    phone.set_offline(False)
    page.goto("/field/#/outbox")
    expect(page.get_by_text("周电工：1 项没有送达，请本人登录后发送")).to_be_visible()
    expect(chip(page)).to_have_text("已全部送达")
    assert Visit.objects.get().status == "SCHEDULED"

    log_in_as("P2")
    press(page, "立即同步")
    expect(page.get_by_text("已送达", exact=False).filter(has_text="·")).to_have_count(1)
    expect(page.get_by_text("周电工：1 项没有送达", exact=False)).to_have_count(0)
    expect(chip(page)).to_have_text("已全部送达")
    assert AuditEvent.objects.get(verb="work.visit.accept").actor_name == "周电工"
