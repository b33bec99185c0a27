"""A refused form of a page with many: it alone gets back what it said."""

import pytest

from dianliang.domain.ledger.models import Gift
from dianliang.kernel.actor import Role
from tests import ledgers
from tests import town as town_builder
from tests.core.test_files import photo
from tests.town import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_refused_gift_keeps_every_field_and_names_its_file(chromium, server):
    town = town_builder.build()
    town.user("party", Role.PARTY_AFFAIRS, "AJ")
    call = ledgers.drive(ledgers.Ledger(town.units["S1"], ()))
    page = chromium.new_page(
        base_url=server, locale="zh-CN", viewport={"width": 390, "height": 844}
    )
    page.goto(f"/console/ledgers/donations/{call.number}/")
    page.fill("#id_username", "party")
    page.fill("#id_password", PASSWORD)
    page.click("main form.card button")

    page.get_by_text("登记捐赠").click()
    typed = {"#in-amount": "两百", "#name": "陈爱心", "#phone": "13905720001", "#people": "3"}
    typed |= {"#shown": "一位好心人", "#on": "2026-10-01", "#note": "现金"}
    for field, text in typed.items():
        page.fill(field, text)
    page.select_option("#kind", "anonymous")
    file = {"name": "收据.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    page.set_input_files("#receipt", file)
    page.locator("form[action$='/receive/'] button").click()

    told = page.get_by_role("alert").inner_text().split()
    assert told == ["数量应填数字。", "请重新选择文件：收据.jpg"]
    assert {field: page.input_value(field) for field in typed} == typed
    assert page.input_value("#kind") == "anonymous"
    assert page.input_value("#out-amount") == ""
    page.fill("#in-amount", "200")
    page.locator("form[action$='/receive/'] button").click()
    assert page.get_by_text("已登记，编号").is_visible()
    page.close()
    assert Gift.objects.get().people == 3
