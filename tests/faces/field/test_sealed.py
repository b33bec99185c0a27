"""What lies on the phone's disk says nothing to whoever finds the phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.catalog.models import Checklist
from dianliang.domain.safety.models import Hazard, Inspection
from dianliang.domain.work.models import PhoneKey, Visit
from dianliang.domain.work.operations import visits
from dianliang.faces.ui.requests import now
from tests.faces.field.inspecting import fill_in
from tests.faces.field.screens import chip, cut, press, ready_for_offline
from tests.faces.field.screens import fill_in as fill_in_record

pytestmark = pytest.mark.browser

LOCKED_H = 31
"""A day, and as much as the server's daytime may be behind the phone's clock late at night."""

DISK = """async (account) => {
    const db = await new Promise((resolve) => {
        const asked = indexedDB.open(`field:${account}`);
        asked.onsuccess = () => resolve(asked.result);
    });
    const all = (name) => new Promise((resolve) => {
        const asked = db.transaction(name).objectStore(name).getAll();
        asked.onsuccess = () => resolve(asked.result);
    });
    const decoder = new TextDecoder();
    const plain = async (value) => {
        if (value instanceof CryptoKey) {
            const isOut = await crypto.subtle.exportKey('raw', value).then(() => true, () => false);
            return isOut ? 'EXPORTABLE' : '';
        }
        if (value instanceof Blob) return decoder.decode(await value.arrayBuffer());
        if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return decoder.decode(value);
        if (value && typeof value === 'object') {
            return (await Promise.all(Object.values(value).map(plain))).join('\\n');
        }
        return String(value);
    };
    const found = {};
    for (const name of db.objectStoreNames) {
        const rows = await all(name);
        const texts = await Promise.all(rows.map(plain));
        found[name] = { count: rows.length, text: texts.join('\\n') };
    }
    db.close();
    return found;
}"""
ACCOUNT = "user:p2"
LEAVE_WHILE_THE_DAY_COMES_IN = """async () => {
    const sync = await import('/static/field/sync.js');
    const fetched = window.fetch;
    let letIn;
    const asked = new Promise((resolve) => {
        window.fetch = async (...what) => {
            const answer = await fetched(...what);
            if (String(what[0]).includes('/day/')) {
                await new Promise((go) => { letIn = go; resolve(); });
            }
            return answer;
        };
    });
    const run = sync.now();
    await asked;
    const left = sync.leave();
    setTimeout(letIn, 200);
    await Promise.all([left, run]);
    return [localStorage.getItem('field.account'), (await indexedDB.databases()).length];
}"""

SEAL_SLOWLY_ONCE = """() => {
    const sealed = crypto.subtle.encrypt.bind(crypto.subtle);
    crypto.subtle.encrypt = async (...what) => {
        crypto.subtle.encrypt = sealed;
        await new Promise((resolve) => setTimeout(resolve, 4000));
        return sealed(...what);
    };
}"""
FAIL_ONCE = """async () => {
    const sync = await import('/static/field/sync.js');
    const asked = navigator.locks.request.bind(navigator.locks);
    navigator.locks.request = async () => { throw new TypeError('not foreseen'); };
    const failed = await sync.now().catch((error) => error.name);
    navigator.locks.request = asked;
    await sync.now();
    return [failed, sync.state.phase];
}"""


def household(world):
    """A special customer's home that is to be inspected."""
    checklists.load_shipped()
    return world.visit(
        customer=world.special_customer(),
        inspects=Checklist.objects.get(code="household"),
        checklist=[],
        status="ARRIVED",
    )


def test_nothing_on_the_disk_can_be_read_without_the_key(open_app, phone, today_world):
    visit = household(today_world)
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    fill_in(page, wrong=("H07",))
    press(page, "保存检查")
    expect(chip(page)).to_have_text("1 项存手机")

    disk = page.evaluate(DISK, ACCOUNT)
    assert disk["photos"]["count"] >= 7
    assert disk["outbox"]["count"] == 1
    text = "\n".join(store["text"] for store in disk.values())
    secrets = [
        "春暖花开",
        "独居",
        visit.job.title,
        visit.job.address,
        "王春花",
        "H07 处烧焦",
        "周电工",
    ]
    assert [secret for secret in secrets if secret in text] == []
    assert "JFIF" not in text
    assert "EXPORTABLE" not in text


def test_after_a_day_the_phone_is_locked_and_unsent_work_arrives_after_logging_in(
    open_app, phone, today_world
):
    visit = household(today_world)
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    fill_in(page, wrong=("H07",))
    press(page, "保存检查")
    expect(chip(page)).to_have_text("1 项存手机")
    page.clock.set_fixed_time(now() + timedelta(hours=LOCKED_H))
    page.goto("/field/#/outbox")
    page.reload()
    expect(page.get_by_text("已加密，联网登录后可读")).to_be_visible()
    assert page.evaluate(DISK, ACCOUNT)["kept"]["count"] == 0
    assert not Inspection.objects.exists()

    page.clock.set_fixed_time(now())
    phone.set_offline(False)
    page.reload()
    expect(chip(page)).to_have_text("已全部送达")
    assert Inspection.objects.get().photos.count() == 5
    assert Hazard.objects.count() == 1


def test_logging_out_takes_the_key_and_the_same_account_gets_it_back(
    open_app, phone, today_world, log_in_as
):
    visit = today_world.visit(status="ARRIVED")
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    fill_in_record(page)
    press(page, "完成这一单")
    cut(page, "/field/photos/")
    phone.set_offline(False)
    page.goto("/field/#/outbox")
    press(page, "退出登录")
    press(page, "仍要退出")
    expect(page.get_by_label("密码")).to_be_visible()
    disk = page.evaluate(DISK, ACCOUNT)
    assert (disk["kept"]["count"], disk["outbox"]["count"]) == (0, 1)
    assert "空开烧毁" not in disk["outbox"]["text"]

    # A day later another key is in force; the earlier one is given back by its name.
    PhoneKey.objects.update(on=today_world.today - timedelta(days=1))
    log_in_as("P2")
    page.goto("/field/")
    expect(page.get_by_text("已结束 1 / 1 单")).to_be_visible()
    expect(chip(page)).to_have_text("已全部送达")
    assert Visit.objects.get().findings == "空开烧毁，已更换"
    assert PhoneKey.objects.count() == 2


def test_leaving_waits_for_what_is_still_being_kept(open_app, phone, today_world):
    visit = today_world.visit()
    page = open_app()
    ready_for_offline(page)
    page.get_by_role("link", name=visit.job.title).first.click()
    cut(page, "/field/sync/")
    page.evaluate(SEAL_SLOWLY_ONCE)
    press(page, "接单")
    page.goto("/field/#/outbox")
    press(page, "退出登录")

    expect(page.get_by_text("还有 1 项没有送达", exact=False)).to_be_visible()


def test_a_half_written_record_outlives_leaving(open_app, today_world, log_in_as):
    visit = today_world.visit(status="ARRIVED")
    page = open_app()
    ready_for_offline(page)
    page.get_by_role("link", name=visit.job.title).first.click()
    fill_in_record(page)
    page.goto("/field/#/outbox")
    press(page, "退出登录", "退出")
    expect(page.get_by_label("密码")).to_be_visible()
    disk = page.evaluate(DISK, ACCOUNT)
    assert (disk["kept"]["count"], disk["drafts"]["count"]) == (0, 1)
    assert "空开烧毁" not in disk["drafts"]["text"]

    log_in_as("P2")
    page.goto(f"/field/#/visit/{visit.number}")
    expect(page.get_by_label("情况记录")).to_have_value("空开烧毁，已更换")
    expect(page.get_by_role("img", name="照片 1")).to_be_visible()


def test_a_run_that_fails_unforeseen_bars_none_that_follow(open_app, today_world):
    today_world.visit()
    page = open_app()
    ready_for_offline(page)

    assert page.evaluate(FAIL_ONCE) == ["TypeError", "idle"]


def test_what_a_conflict_shows_is_kept_sealed_too(open_app, phone, today_world, dispatcher):
    visit = today_world.visit()
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "接单")
    visits.withdraw(visit=Visit.objects.get(), reason="王阿婆改约", by=dispatcher, at=now())
    phone.set_offline(False)
    expect(chip(page)).to_have_text("1 单需处理")
    chip(page).click()
    expect(page.get_by_text("王阿婆改约").first).to_be_visible()

    assert "王阿婆" not in page.evaluate(DISK, ACCOUNT)["outbox"]["text"]


def test_what_comes_in_while_somebody_leaves_does_not_stay(open_app):
    page = open_app()
    ready_for_offline(page)

    assert page.evaluate(LEAVE_WHILE_THE_DAY_COMES_IN) == [None, 0]


def test_what_cannot_be_read_is_not_sent_again_but_can_be_given_up(
    open_app, phone, today_world, dispatcher
):
    visit = household(today_world)
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    fill_in(page, wrong=("H07",))
    Visit.objects.update(status="SCHEDULED")
    press(page, "保存检查")
    phone.set_offline(False)
    expect(chip(page)).to_have_text("1 单需处理")
    page.goto("/field/#/outbox")
    with page.expect_response("**/field/day/") as answered:
        page.reload()
    answered.value.finished()  # no answer under way bridges the day that is skipped now
    expect(page.get_by_role("button", name="把我的记录报给调度员")).to_be_visible()
    phone.set_offline(True)
    page.clock.set_fixed_time(now() + timedelta(hours=LOCKED_H))
    page.reload()
    card = page.get_by_role("region", name="已加密，联网登录后可读 需要您决定")
    expect(card.get_by_role("button")).to_have_text(["以服务器为准，放弃我的"])
    card.get_by_role("button").click()
    press(page, "放弃")

    expect(card).to_have_count(0)


def test_a_draft_is_finished_by_the_checklist_that_it_was_begun_by(
    open_app, today_world, dispatcher
):
    visit = household(today_world)
    page = open_app()
    expect(chip(page)).to_have_text("已全部送达")
    page.get_by_role("link", name=visit.job.title).first.click()
    fill_in(page, wrong=("H07",))
    items = checklists.current("household").items[:3]
    checklists.publish(code="household", items=items, edition="本县 2027", by=dispatcher, at=now())
    for _ in range(2):  # the first brings the new version, the second begins with it
        with page.expect_response("**/field/day/"):
            page.reload()
        expect(chip(page)).to_have_text("已全部送达")
    expect(page.get_by_label("签收人")).to_have_value("王春花")
    press(page, "保存检查")
    expect(page.get_by_role("button", name="完成这一单")).to_be_visible()
    expect(chip(page)).to_have_text("已全部送达")

    assert Inspection.objects.get().checklist.number == 1


def test_hazards_of_a_visit_that_was_taken_back_arrive_all_the_same(
    open_app, phone, today_world, dispatcher
):
    visit = household(today_world)
    Visit.objects.update(status="EN_ROUTE")
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    press(page, "到达")
    fill_in(page, wrong=("H07", "H11"))
    press(page, "保存检查")
    expect(page.get_by_role("button", name="完成这一单")).to_be_visible()
    visits.withdraw(visit=Visit.objects.get(), reason="改派", by=dispatcher, at=now())

    phone.set_offline(False)
    expect(chip(page)).to_have_text("1 单需处理")
    chip(page).click()
    expect(page.get_by_role("listitem").filter(has_text="已送达")).to_contain_text("检查")
    assert Hazard.objects.count() == 2
    assert AuditEvent.objects.filter(verb="work.visit.arrive", outcome="failed").exists()


def test_the_notes_of_a_special_customer_are_shown_on_the_days_visit(open_app, today_world):
    customer = today_world.special_customer()
    customer.formats = ["large_print", "voice_call"]
    customer.outage_note = "有制氧机，停电先打电话"
    customer.key_holder = "对门老李"
    customer.visit_password = "一二三四"
    customer.save()
    visit = today_world.visit(customer=customer)
    page = open_app()

    page.get_by_role("link", name=visit.job.title).first.click()
    expect(page.get_by_text("停电须知：有制氧机，停电先打电话")).to_be_visible()
    expect(page.get_by_text("沟通方式：大字、语音电话")).to_be_visible()
    expect(page.get_by_text("钥匙保管人：对门老李")).to_be_visible()
    press(page, "出示上门口令")
    expect(page.get_by_role("dialog").get_by_text("一二", exact=True)).to_be_visible()
