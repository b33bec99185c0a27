"""A steward's day with the network off, in a real Chromium of a phone's size."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dianliang.core.models import AuditEvent, StoredFile
from dianliang.domain.intake.models import Message, Need
from dianliang.domain.programs.models import SessionAttendance
from dianliang.domain.programs.operations import sessions, signing
from dianliang.domain.programs.operations.sessions import Planned
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import visits
from dianliang.domain.workforce.models import Attendance
from dianliang.faces.field import build
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import SYSTEM
from tests import axe
from tests.faces.field.screens import (
    UNTIL_KEPT,
    chip,
    fill_in,
    press,
    ready_for_offline,
    sent,
)
from tests.fieldworld import CHECKLIST

pytestmark = pytest.mark.browser


def test_a_visit_is_done_without_a_network_and_arrives_by_itself(open_app, phone, today_world):
    visit = today_world.visit(need=today_world.need())
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)

    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "接单", "出发", "到达")
    fill_in(page)
    page.reload()
    expect(page.get_by_role("img", name="照片 1")).to_be_visible()
    press(page, "完成这一单")
    expect(page.get_by_text("已结束 1 / 1 单")).to_be_visible()
    page.reload()
    expect(chip(page)).to_have_text("4 项存手机")
    expect(page.get_by_text("已结束 1 / 1 单")).to_be_visible()
    assert Visit.objects.get().status == "SCHEDULED"

    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")

    done = Visit.objects.get()
    assert (done.status, done.findings, done.photos.count()) == ("DONE", "空开烧毁，已更换", 1)
    assert done.signature is not None
    assert done.accepted_at < done.departed_at < done.arrived_at < done.ended_at
    assert (Job.objects.get().status, Need.objects.get().status) == ("DONE", "RESOLVED")
    assert max(StoredFile.objects.values_list("width_px", flat=True)) == 1200


def test_a_conflict_shows_both_versions_and_mine_reaches_the_dispatcher(
    open_app, phone, today_world, dispatcher
):
    visit = today_world.visit(need=today_world.need())
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "接单", "出发", "到达")
    fill_in(page)
    press(page, "完成这一单")
    visits.withdraw(visit=Visit.objects.get(), reason="改派雷电队", by=dispatcher, at=now())

    phone.set_offline(False)
    expect(chip(page)).to_have_text("1 单需处理")
    chip(page).click()
    expect(page.get_by_text("改派雷电队").first).to_be_visible()
    expect(page.get_by_text("空开烧毁，已更换")).to_be_visible()
    press(page, "把我的记录报给调度员")
    expect(chip(page)).to_have_text("已全部送达")

    stored = Visit.objects.get()
    assert (stored.status, stored.photos.count()) == ("WITHDRAWN", 2)
    assert "空开烧毁" in Message.objects.get(text__contains="补报").text


def test_the_whole_day_is_accepted_with_one_tap(open_app, today_world):
    for _ in range(3):
        today_world.visit()
    page = open_app()
    press(page, "3 单全部接下")
    sent(page, 3)

    assert set(Visit.objects.values_list("status", flat=True)) == {"ACCEPTED"}


def test_a_visit_that_is_added_while_the_app_is_open_is_announced(open_app, today_world):
    known = today_world.visit()
    page = open_app()
    expect(page.get_by_role("link", name=known.job.title).first).to_be_visible()
    added = today_world.visit()
    page.get_by_role("link", name="同步", exact=True).click()
    press(page, "立即同步")

    expect(page.locator("#toast")).to_contain_text(added.job.title)


def test_nobody_at_home_goes_back_to_the_dispatcher(open_app, today_world):
    visit = today_world.visit(need=today_world.need(), status="ARRIVED")
    page = open_app()
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "家中无人")
    page.get_by_label("补充").fill("留了条子")
    press(page, "记为未遇")
    sent(page, 1)

    assert (Visit.objects.get().status, Job.objects.get().status) == ("UNMET", "OPEN")
    assert "留了条子" in Visit.objects.get().reason


def test_the_word_for_the_door_is_shown_large_and_only_while_the_visit_is_open(
    open_app, today_world
):
    visit = today_world.visit(customer=today_world.special_customer(), status="ARRIVED")
    page = open_app()
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "出示上门口令")
    expect(page.get_by_role("dialog").get_by_text("春暖", exact=True)).to_be_visible()
    expect(page.get_by_role("dialog").get_by_text("花开", exact=True)).to_be_visible()
    press(page, "收起")

    Visit.objects.update(status="DONE")
    page.reload()
    expect(page.get_by_role("heading", name="结果")).to_be_visible()
    expect(page.get_by_text("上门口令")).to_have_count(0)


def test_logging_out_wipes_the_phone(open_app, today_world):
    today_world.visit()
    page = open_app()
    ready_for_offline(page)
    page.goto("/field/#/outbox")
    press(page, "退出登录")
    press(page, "退出")
    expect(page.get_by_label("密码")).to_be_visible()

    left = page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))")
    assert left == []


def test_logging_out_with_unsent_work_warns_and_keeps_it(open_app, phone, today_world):
    visit = today_world.visit()
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "接单")
    page.goto("/field/#/outbox")
    press(page, "退出登录")
    expect(page.get_by_role("dialog")).to_contain_text("还有 1 项没有送达")
    press(page, "留在这里")

    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")
    assert Visit.objects.get().status == "ACCEPTED"


def test_a_new_version_replaces_the_kept_one(open_app, today_world, monkeypatch):
    today_world.visit()
    page = open_app()
    ready_for_offline(page)
    monkeypatch.setattr(build, "build_id", lambda: "another-version")
    page.reload()
    assert page.evaluate(UNTIL_KEPT, "another-version")
    page.reload()

    setup = page.evaluate("JSON.parse(document.getElementById('setup').textContent)")
    assert setup["build"] == "another-version"


def test_the_expired_day_is_gone_but_unsent_work_is_not(open_app, phone, today_world):
    visit = today_world.visit()
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "接单")
    expect(chip(page)).to_have_text("1 项存手机")
    page.clock.set_fixed_time(now() + timedelta(days=3))
    page.goto("/field/#/")
    page.reload()

    expect(page.get_by_role("heading", name="手机上还没有今天的路线")).to_be_visible()
    expect(chip(page)).to_have_text("1 项存手机")


def test_a_captain_checks_in_and_swaps(open_app, today_world):
    page = open_app("P1")
    page.get_by_role("link", name="队伍").click()
    member = page.get_by_role("listitem").filter(has_text="周电工")
    member.get_by_role("button", name="签到").click()
    expect(member.get_by_text("签到", exact=False).first).to_be_visible()
    member.get_by_role("button", name="换人").click()
    page.get_by_label("余替补").check()
    page.get_by_role("dialog").get_by_role("button", name="换人").click()

    expect(page.get_by_role("listitem").filter(has_text="替 周电工")).to_be_visible()
    row = Attendance.objects.get(person__number="P4")
    assert row.replaces.number == "P2"


def test_a_swap_without_a_network_waits_and_a_refusal_is_shown(open_app, phone, today_world):
    page = open_app("P1")
    ready_for_offline(page)
    page.get_by_role("link", name="队伍").click()
    phone.set_offline(True)
    member = page.get_by_role("listitem").filter(has_text="周电工")
    member.get_by_role("button", name="换人").click()
    page.get_by_label("余替补").check()
    page.get_by_role("dialog").get_by_role("button", name="换人").click()
    expect(member.get_by_text("已存手机")).to_be_visible()
    expect(chip(page)).to_have_text("1 项存手机")
    today_world.people["P4"].certificates.all().delete()
    today_world.visit(skill=today_world.skill)
    today_world.people["P1"].certificates.all().delete()

    phone.set_offline(False)
    expect(chip(page)).to_have_text("1 单需处理")
    chip(page).click()
    expect(page.get_by_text("换人后无人持有当日需要的有效证书", exact=False)).to_be_visible()
    assert not Attendance.objects.exists()


def test_a_new_version_that_comes_with_the_network_sends_what_waited(
    open_app, phone, today_world, monkeypatch
):
    visit = today_world.visit()
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "接单")
    expect(chip(page)).to_have_text("1 项存手机")
    monkeypatch.setattr(build, "build_id", lambda: "another-version")
    page.reload()
    expect(chip(page)).to_have_text("1 项存手机")

    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")
    assert page.evaluate(UNTIL_KEPT, "another-version")
    assert Visit.objects.get().status == "ACCEPTED"


def test_without_a_network_a_call_says_whom_to_call_instead(open_app, phone, today_world):
    today_world.visit(need=today_world.need())
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name="电话").click()

    expect(page.locator("#toast")).to_contain_text("95598")


def test_a_refused_record_can_be_mended_and_sent_again(open_app, phone, today_world):
    visit = today_world.visit(status="ARRIVED")
    page = open_app()
    ready_for_offline(page)
    page.get_by_role("link", name=visit.job.title).first.click()
    fill_in(page)
    Job.objects.update(checklist=[*CHECKLIST, "拍照留存"])
    press(page, "完成这一单")
    expect(chip(page)).to_have_text("1 单需处理")
    chip(page).click()
    expect(page.get_by_text("作业清单“拍照留存”还没有填。")).to_be_visible()
    press(page, "修改后再交")
    expect(page.get_by_label("情况记录")).to_have_value("空开烧毁，已更换")
    page.get_by_role("group", name="拍照留存").get_by_label("做了").check()
    press(page, "完成这一单")
    sent(page, 1)

    assert Visit.objects.get().status == "DONE"


def test_the_map_is_there_without_a_network(open_app, phone, today_world):
    today_world.visit()
    today_world.visit()
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    press(page, "地图")

    expect(page.locator(".map .pin")).to_have_count(3)
    expect(page.locator(".map .place").filter(has_text="皈山场村")).to_have_count(1)


def test_every_tap_left_a_trace_of_who_and_when(open_app, today_world):
    visit = today_world.visit()
    page = open_app()
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "接单")
    sent(page, 1)

    event = AuditEvent.objects.get(verb="work.visit.accept")
    assert (event.actor_name, event.role, event.after) == ("周电工", "steward", "ACCEPTED")
    assert abs((event.at - event.device_at).total_seconds()) < 60


@pytest.mark.slow
def test_axe_finds_nothing_wrong_on_any_screen_in_any_look(open_app, today_world):
    today_world.visit(need=today_world.need(), customer=today_world.special_customer())
    at_work = today_world.visit(status="ARRIVED")
    today_world.visit(status="DONE")
    page = open_app("P1")
    first = Visit.objects.order_by("sequence").first()
    found = {}
    screens = [f"visit/{first.number}", f"visit/{at_work.number}", "team", "outbox", "post"]
    for look, scheme in (("light", "light"), ("dark", "dark"), ("sun", "dark")):
        page.emulate_media(color_scheme=scheme)
        page.evaluate("(look) => localStorage.setItem('field.look', look)", look)
        page.reload()
        expect(chip(page)).to_have_text("已全部送达")
        axe.load(page)
        for screen in ["", *screens]:
            page.goto(f"/field/#/{screen}")
            expect(page.get_by_role("heading").first).to_be_visible()
            for fold in page.locator("details:not([open]) > summary").all():
                fold.click()
            for rule, _, place in axe.violations(page, scheme):
                found[look, screen, rule] = place
    assert found == {}


def test_nothing_on_the_phone_is_wider_than_the_phone(open_app, today_world):
    long = "孝源街道洛四房村民委员会配电房东侧三百米处" * 3
    visit = today_world.visit(title=long, address=long, need=today_world.need(text=long * 3))
    page = open_app("P1")
    expect(chip(page)).to_have_text("已全部送达")
    for screen in ["", f"visit/{visit.number}", "team", "outbox", f"post/{visit.number}"]:
        page.goto(f"/field/#/{screen}")
        expect(page.get_by_role("heading").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_captain_ticks_off_who_came_without_a_network(open_app, phone, today_world):
    session = session_today(today_world)
    page = open_app("P1")
    ready_for_offline(page)
    phone.set_offline(True)

    page.get_by_role("link", name="队伍").click()
    person = page.get_by_role("listitem", name="周电工")
    person.get_by_role("button", name="签到").click()
    expect(person.get_by_text("已存手机")).to_be_visible()
    expect(page.get_by_text("已到 1 / 1")).to_be_visible()
    assert not SessionAttendance.objects.exists()

    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")
    attendance = SessionAttendance.objects.get()
    assert (attendance.signup.session_id, attendance.way) == (session.pk, "captain")
    assert "no_code" in attendance.doubts


def session_today(world):
    """A session of team XH that begins in half an hour, with P2 on its list."""
    start = now() + timedelta(minutes=30)
    planned = Planned(
        title="护线巡查",
        kind="action",
        role="volunteer",
        unit=world.unit,
        team=world.teams[0],
        area=world.area,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
    )
    session = sessions.plan(planned=planned, by=SYSTEM, at=now())
    sessions.announce(session=session, by=SYSTEM, at=now())
    signing.sign_up(
        session=session, person=world.people["P2"], channel="console", by=SYSTEM, at=now()
    )
    return session
