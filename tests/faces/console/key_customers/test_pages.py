"""The pages of key customers: lists, cards, forms, tables, curves."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dianliang.domain.key_customers.models import (
    BroughtTable,
    KeyCustomer,
    SupplyReport,
    Watch,
)
from dianliang.faces.console.key_customers import charts
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests import keyworld
from tests.town import PASSWORD

FORM = {
    "name": "县人民医院",
    "kind": "hospital",
    "unit": "S1",
    "area": "V1",
    "grade": "first",
    "lat": "30.6382123",
    "lon": "119.6815",
    "tie_in": "ready",
    "cable_m": "60",
    "main": "F117",
    "others": "B118-001",
    "contact": "王五",
    "phone": "19987650011",
    "supply_kind": ["diesel", ""],
    "kva": ["500", ""],
    "kw": ["", ""],
    "hours": ["8.1234567", ""],
    "tested": ["2026-06-01", ""],
    "key": "a" * 32,
}


@pytest.fixture
def desk(client, town):
    town.user("desk", Role.DISPATCHER, "S1")
    client.login(username="desk", password=PASSWORD)
    return client


def go(name, *parts):
    return reverse(f"console:{name}", args=parts)


def test_a_customer_is_taken_in_once_changed_graded_and_taken_out(desk, town):
    keyworld.network(town)
    for _press in range(2):
        made = desk.post(go("key_customer_new"), FORM, follow=True)
    one = KeyCustomer.objects.get()
    assert "县人民医院" in made.text
    assert "王*" in made.text
    assert "王五" not in made.text

    form = desk.get(go("key_customer_edit", one.number)).text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', form)
    assert 'value="F117"' in form
    for typed in (FORM["lat"], FORM["hours"][0]):
        assert f'value="{typed}"' in form  # saved again it stays what it was
    changed = {**FORM, "seen": seen[1], "name": "县第一医院", "contact": "", "phone": ""}
    assert "县第一医院" in desk.post(go("key_customer_edit", one.number), changed, follow=True).text
    stale = desk.post(go("key_customer_edit", one.number), changed)
    assert (stale.status_code, "刚被他人修改" in stale.text) == (422, True)

    shown = desk.post(go("key_customer_reveal", one.number), {"reason": "停电通知"})
    assert "19987650011" in shown.text
    graded = {"grade": "special", "document": "省函 3 号", "key": "b" * 32}
    for _press in range(2):
        shown = desk.post(go("key_customer_act", one.number, "grade"), graded, follow=True)
    assert ("省函 3 号" in shown.text, one.decisions.count()) == (True, 2)
    gone = desk.post(go("key_customer_act", one.number, "remove"), {"reason": "关停"}, follow=True)
    assert "已移出重要客户" in gone.text
    assert "没有符合条件" in desk.get(go("key_customers") + "?words=第一").text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": ""}, "请填写名称"),
        ({"area": "X"}, "请选择所在的村社区"),
        ({"main": ""}, "请先填主供电源"),
        ({"main": "F999"}, "没有编码为 F999"),
        ({"kva": ["x", ""]}, "容量应填"),
        ({"lon": ""}, "纬度和经度要么都填"),
        ({"grade": "temporary"}, "临时重要客户要填"),
    ],
)
def test_a_form_that_cannot_be_keeps_what_was_typed(desk, town, changed, words):
    keyworld.network(town)
    answer = desk.post(go("key_customer_new"), {**FORM, **changed})

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="五芯' in answer.text or 'value="60"' in answer.text
    assert KeyCustomer.objects.count() == 0


def test_a_list_costs_as_many_queries_with_twenty_rows_as_with_ten(
    desk, town, django_assert_max_num_queries
):
    for n in range(55):
        keyworld.customer(town, f"ZY{n:02d}")
    with django_assert_max_num_queries(26):
        page = desk.get(go("key_customers"))
    assert "第 1 页，共 2 页" in page.text
    second = desk.get(go("key_customers") + "?page=2&grade=first")
    check = re.search(r'href="([^"]+source=key_customers[^"]*)"', second.text)
    assert 'value="first" checked' in desk.get(check[1].replace("&amp;", "&")).text
    assert (second.text.count("/key/customer/ZY"), "page=1&amp;grade=first" in second.text) == (
        5,
        True,
    )


def test_a_table_is_brought_checked_and_told(desk, town):
    content = keyworld.book([keyworld.line("ZY1")])
    file = SimpleUploadedFile("表.xlsx", content)
    answer = desk.post(go("key_customer_import"), {"table": file, "act": "check"}, follow=True)
    row = BroughtTable.objects.get()

    assert row.only_check
    assert "处理中" in answer.text
    assert "every 1s" in answer.text
    assert "hx-get" in desk.get(go("key_customer_going")).text
    empty = desk.post(go("key_customer_import"), {"act": "import"})
    assert (empty.status_code, "请先选择文件" in empty.text) == (422, True)
    for which in ("", "?which=blank"):
        assert desk.get(go("key_customer_sheet") + which).content.startswith(b"PK")


def test_a_desk_follows_reports_corrects_and_reads_any_point(desk, town):
    keyworld.customer(town, "ZY1", name="县人民医院")
    at = charts.moment(now())[:16]
    asked = {"title": "暴雨", "occasion_kind": "incident", "areas": "V1", "starts_at": at}
    page = desk.post(go("key_watches"), {**asked, "key": "b" * 32}, follow=True)
    watch = Watch.objects.get()
    assert "县人民医院" in page.text
    told = {"customers": "ZY1", "state": "lost", "happened_at": at, "key": "c" * 32}
    for _press in range(2):
        told_page = desk.post(go("key_watch_report", watch.number), told, follow=True)
    report = SupplyReport.objects.get()
    assert f"/key/reports/{report.number}/" in told_page.text
    refused = desk.post(
        go("key_watch_report", watch.number), {**told, "state": "tied", "key": "d" * 32}
    )
    assert (refused.status_code, "要写明是哪一台" in refused.text) == (422, True)

    assert desk.get(go("key_watch_sheet", watch.number)).content.startswith(b"PK")
    drilled = desk.get(go("key_watch", watch.number) + "?state=lost")
    assert "县人民医院" in drilled.text
    assert "此刻没有处于这种状态" in desk.get(go("key_watch", watch.number) + "?state=own").text
    corrected = desk.post(
        go("key_report_correct", report.number), {"act": "withdraw", "reason": "记错"}, follow=True
    )
    assert "撤回了原来的报告" in corrected.text
    again = desk.post(
        go("key_report_correct", report.number), {"act": "withdraw", "reason": "再改"}
    )
    assert again.status_code == 409
    nobody = desk.post(go("key_watches"), {**asked, "areas": "V3", "key": "e" * 32})
    assert (nobody.status_code, "没有选到重要客户" in nobody.text) == (422, True)


@pytest.mark.parametrize("query", ["?at=x", "?page=999999999", "?state=x", "?view=x&grade=x"])
def test_an_odd_address_is_read_as_far_as_it_makes_sense(desk, town, query):
    one = keyworld.customer(town, "ZY1")
    watch = keyworld.watch(town, one)

    assert desk.get(go("key_watch", watch.number) + query).status_code == 200
    assert desk.get(go("key_customers") + query).status_code == 200
