"""What somebody has pressed is on the phone's disk before the screen says so."""

import pytest
from playwright.sync_api import expect

from dianliang.core.models import AuditEvent
from dianliang.domain.work.models import Visit
from tests.faces.field.screens import chip, fill_in, press, ready_for_offline

pytestmark = pytest.mark.browser

NOTE_WRITES = """() => {
    const { transaction } = IDBDatabase.prototype;
    window.writes = [];
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
        if (mode === 'readwrite') window.writes.push([String(stores), options?.durability]);
        return transaction.call(this, stores, mode, options);
    };
}"""
HOLD_THE_DISK = """(account) => new Promise((resolve) => {
    const open = indexedDB.open(`field:${account}`);
    open.onsuccess = () => {
        const store = open.result.transaction('outbox', 'readwrite').objectStore('outbox');
        let isHeld = true;
        window.letGo = () => { isHeld = false; };
        const hold = () => { if (isHeld) store.count().onsuccess = hold; };
        hold();
        resolve();
    };
})"""
RELOAD_WHEN_SHOWN = """() => new Promise((resolve) => {
    const look = () => {
        if (document.querySelector('span.status').textContent === '已接单') location.reload();
        else requestAnimationFrame(look);
    };
    look();
    setTimeout(resolve);
})"""


def test_what_the_screen_shows_outlives_a_reload_in_the_same_instant(open_app, phone, today_world):
    visit = today_world.visit()
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    expect(page.get_by_role("heading", name=visit.job.title, level=1)).to_be_visible()
    page.evaluate(RELOAD_WHEN_SHOWN)
    with page.expect_event("load"):
        press(page, "接单")

    expect(page.locator("span.status").first).to_have_text("已接单")
    expect(chip(page)).to_have_text("1 项存手机")


def test_until_the_disk_has_it_the_screen_claims_nothing(open_app, phone, today_world):
    visit = today_world.visit()
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    expect(page.get_by_role("heading", name=visit.job.title, level=1)).to_be_visible()
    page.evaluate(HOLD_THE_DISK, "user:p2")
    press(page, "接单")
    button = page.get_by_role("button", name="接单", exact=True)
    expect(button).to_have_attribute("aria-busy", "true")
    expect(page.locator("span.status").first).to_have_text("待接单")

    page.evaluate("letGo()")
    expect(page.locator("span.status").first).to_have_text("已接单")
    expect(chip(page)).to_have_text("1 项存手机")


def test_what_was_done_and_its_pictures_are_written_through_to_the_disk(
    open_app, phone, today_world
):
    visit = today_world.visit(status="ARRIVED")
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.evaluate(NOTE_WRITES)
    page.get_by_role("link", name=visit.job.title).first.click()
    fill_in(page)
    press(page, "完成这一单")
    expect(chip(page)).to_have_text("1 项存手机")

    writes = page.evaluate("writes")
    assert {how for store, how in writes if store in {"outbox", "photos"}} == {"strict"}


TIDY_UP_WHILE_A_PICTURE_IS_TAKEN = """async () => {
    const store = await import('/static/field/store.js');
    const blob = new Blob(['x'], { type: 'image/jpeg' });
    const take = (id, at) => store.keepPhoto({ id, number: 'SM', blob, token: null, at });
    await take('old', Date.now() - 25 * 3600 * 1000);
    await Promise.all([store.expire(), take('new', Date.now())]);
    await store.expire();
    await store.keepDraft({ number: 'SM', photos: ['new'] });
    await store.expire();
    return [Boolean(await store.photo('old')), Boolean(await store.photo('new'))];
}"""


def test_tidying_up_leaves_a_picture_that_is_just_being_taken(open_app):
    page = open_app()
    ready_for_offline(page)

    assert page.evaluate(TIDY_UP_WHILE_A_PICTURE_IS_TAKEN) == [False, True]


def test_the_system_is_asked_not_to_clear_what_the_phone_keeps(open_app, phone, today_world):
    phone.add_init_script(
        "navigator.storage.persisted = async () => false;"
        "navigator.storage.persist = async () => { window.asked = true; return true; };"
    )
    page = open_app()
    ready_for_offline(page)
    page.goto("/field/#/outbox")

    assert page.evaluate("asked")
    expect(page.get_by_text("系统不会自动清除没送达的记录。")).to_be_visible()


def test_two_tabs_show_the_same_and_two_presses_are_one(open_app, phone, today_world):
    visit = today_world.visit()
    page = open_app()
    ready_for_offline(page)
    other = phone.new_page()
    other.goto("/field/")
    expect(chip(other)).to_have_text("已全部送达")
    phone.set_offline(True)
    press(page, "接单")
    expect(chip(other)).to_have_text("1 项存手机")
    press(other, "出发")
    expect(chip(page)).to_have_text("2 项存手机")

    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")
    expect(chip(other)).to_have_text("已全部送达")
    assert Visit.objects.get().status == "EN_ROUTE"
    verbs = AuditEvent.objects.filter(target_id=visit.number).values_list("verb", flat=True)
    assert sorted(verbs) == ["work.visit.accept", "work.visit.depart"]


def test_a_record_that_is_sent_twice_by_a_hasty_finger_is_one(open_app, phone, today_world):
    visit = today_world.visit(status="ARRIVED", checklist=[])
    page = open_app()
    ready_for_offline(page)
    phone.set_offline(True)
    page.get_by_role("link", name=visit.job.title).first.click()
    page.get_by_role("button", name="完成这一单").evaluate(
        "(button) => { button.click(); button.click(); }"
    )
    expect(chip(page)).to_have_text("1 项存手机")

    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")
    assert Visit.objects.get().status == "DONE"
