"""The page of the trail: for auditors and administrators, whatever the address says."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from dianliang.core import audit
from dianliang.core.models import AuditEvent, BackgroundJob
from dianliang.domain.insight.trail import READERS
from dianliang.faces.board.period import LONGEST_DAYS
from dianliang.faces.ui.requests import now, today
from dianliang.flows import auditing
from dianliang.kernel.actor import Role
from tests.town import PASSWORD

QUERIES_FOR_A_PAGE = 18
"""Session, account, roles, person, teams; events, unit names; the chain; the record of reading."""


@pytest.fixture
def auditor(client, town):
    town.user("shen", Role.AUDITOR, "LM")
    client.login(username="shen", password=PASSWORD)
    return client


def write(town, times=1, **told):
    told = {"target_type": "work.job", "target_id": "GD261124-0001", "at": now(), **told}
    for _ in range(times):
        last = audit.record_about("work.job.open", by=town.actor("S1"), **told)
    return last


def test_the_list_says_in_chinese_who_did_what_to_what(auditor, town):
    event = write(town, after="OPEN", reason="客户预约")

    page = auditor.get("/board/audit/").content.decode()

    for words in ("天荒坪供电所", "调度员", "开单", "工单", "待安排", "客户预约", "成功"):
        assert words in page
    assert f"/board/audit/{event.pk}/" in page
    assert "?number=GD261124-0001&amp;kind=work.job" in page


def test_only_who_may_read_it_finds_it_in_the_navigation(client, town):
    for role, may in ((Role.AUDITOR, True), (Role.ADMINISTRATOR, True), (Role.COMMANDER, False)):
        town.user(role, role, "LM")
        client.login(username=role, password=PASSWORD)

        assert ("/board/audit/" in client.get("/board/").content.decode()) == may
        assert client.get("/board/audit/").status_code == (200 if may else 404)


def test_older_events_are_a_page_away_and_filters_stay(auditor, town):
    write(town, times=60)

    first = auditor.get("/board/audit/?action=work.job.open").content.decode()
    (link,) = [part.split('"')[0] for part in first.split('href="') if "&amp;older=" in part]
    second = auditor.get(f"/board/audit/{link.replace('&amp;', '&')}").content.decode()

    assert "action=work.job.open" in link
    assert (first.count('scope="row"'), second.count('scope="row"')) == (50, 10)
    assert "回到最新" in second


def test_an_event_shows_change_times_reason_and_that_it_waits_for_its_seal(auditor, town):
    event = write(town, before="OPEN", after="DONE", reason="补登", device_at=now())

    page = auditor.get(f"/board/audit/{event.pk}/").content.decode()

    for words in (
        "待安排",
        "已完成",
        "补登",
        "设备时间",
        "服务器时间",
        "尚未封印",
        "work.job.open",
    ):
        assert words in page


def test_nothing_found_says_what_to_try(auditor, town):
    assert "没有符合条件的事件" in auditor.get("/board/audit/?who=没有这人").content.decode()


def test_a_text_from_the_trail_is_never_markup(auditor, town):
    write(town, reason="<script>alert(1)</script>")

    assert "<script>alert" not in auditor.get("/board/audit/").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "older=x",
        "older=99999999999999999999999",
        "older=²",
        "older=-1",
        "role=nobody&outcome=odd&action=.*&who=%00&number=%00",
        "action=a*&number=" + "9" * 300,
        "who=%25_%27&first=2026-13-40&last=0000-00-00",
        "action=.*",
        "number=%F0%9F%92%A1",
    ],
)
def test_the_page_opens_for_any_address(auditor, query):
    assert auditor.get(f"/board/audit/?{query}").status_code == 200
    assert auditor.get(f"/board/audit/export.xlsx?{query}").status_code == 200


def test_five_times_the_events_take_no_more_queries(auditor, town, django_assert_max_num_queries):
    for _ in range(2):
        write(town, times=25)
        with django_assert_max_num_queries(QUERIES_FOR_A_PAGE):
            auditor.get("/board/audit/")


def test_too_much_to_export_is_said_on_the_page(auditor, town, monkeypatch):
    monkeypatch.setattr(auditing, "MOST_EXPORTED", 1)
    write(town, times=2)

    answer = auditor.get("/board/audit/export.xlsx?action=work.job.open")

    assert answer.status_code == 422
    assert "请缩短时间段或加筛选条件" in answer.content.decode()
    assert not AuditEvent.objects.filter(verb="core.auditevent.export").exists()


def test_the_chain_is_verified_by_a_button_and_the_page_shows_the_result(auditor, town):
    write(town, at=now() - timedelta(hours=1))

    answer = auditor.post("/board/audit/chain/", follow=True).content.decode()
    assert "正在核验整条链" in answer
    BackgroundJob.objects.update(
        status="done", result={"seals": 3, "breaks": []}, finished_at=now()
    )
    assert "核验了 3 个封印" in auditor.get("/board/audit/chain/").content.decode()
    BackgroundJob.objects.update(result={"breaks": ["封印 1–5：签名无效。"]})
    assert "封印 1–5：签名无效。" in auditor.get("/board/audit/").content.decode()


def rows_of(page):
    return re.findall(r"/board/audit/(\d+)/", page)


def test_reading_again_and_again_does_not_bury_what_others_did(auditor, town):
    event = write(town)
    for _ in range(3):
        auditor.get("/board/audit/")
        auditor.get(f"/board/audit/{event.pk}/")

    page = auditor.get("/board/audit/?role=").content.decode()
    listed = auditor.get("/board/audit/?own=1").content.decode()

    assert "留下的 6 条已收起" in page
    assert str(event.pk) in rows_of(page)
    assert "查看审计列表</td>" not in page
    assert listed.count("查看审计列表</td>") == 4
    assert listed.count("查看审计事件</td>") == 3


def test_the_switch_keeps_filters_and_page_and_is_no_filter_itself(auditor, town):
    write(town, times=60)
    auditor.get("/board/audit/")

    page = auditor.get("/board/audit/?own=1&outcome=ok").content.decode()
    (older,) = [part.split('"')[0] for part in page.split('href="') if "&amp;older=" in part][-1:]

    assert "own=1" in older
    assert "outcome=ok" in older
    assert 'name="own" value="1"' in page
    assert not auditor.get("/board/audit/?own=1").context["is_narrowed"]


def test_from_an_event_one_returns_to_the_same_place_of_the_list(auditor, town):
    write(town, times=60)
    period = f"first={today() - timedelta(days=9)}&last={today()}"
    first = auditor.get(f"/board/audit/?{period}&outcome=ok")
    number = first.context["found"].older_than
    place = f"{period}&outcome=ok&older={number}"
    page = auditor.get(f"/board/audit/?{place}").content.decode()
    event = re.search(r'href="(/board/audit/\d+/\?[^"]+)"', page)

    opened = auditor.get(event[1].replace("&amp;", "&")).content.decode()

    assert f'href="/board/audit/?{place.replace("&", "&amp;")}"' in opened


@pytest.mark.parametrize(
    "odd",
    ["//evil.example", "javascript:alert(1)", '"><script>alert(1)</script>', "%0d%0aX: y"],
)
def test_a_forged_place_leads_nowhere_else(auditor, town, odd):
    event = write(town)

    page = auditor.get(
        f"/board/audit/{event.pk}/", {"last": odd, "first": odd, "who": odd, "next": odd}
    ).content.decode()

    assert "<script>alert" not in page
    back = re.search(r'class="crumbs".*?href="([^"]*)"', page, re.DOTALL)[1]
    assert back.startswith("/board/audit/?first=20")


@pytest.mark.parametrize(
    "query",
    [
        "first=2000-01-01&last=2100-01-01",
        "first=2100-01-01&last=2000-01-01",
        "first=1999-12-31&last=2100-01-02",
        "first=２０２６-01-01",
        "own=2&own=1",
        "own=%00",
        "who=%ED%A0%80",
        "who=%E2%80%AE%F3%A0%80%81",
        "action=core.auditevent.read' OR 1=1 --",
        "kind=core.auditevent&number=1",
        "number=_%25&kind=%25",
        "older=0&own=1",
    ],
)
def test_forged_addresses_open_and_are_exported(auditor, query):
    assert auditor.get(f"/board/audit/?{query}").status_code == 200
    assert auditor.get(f"/board/audit/export.xlsx?{query}").status_code == 200


def test_a_century_is_cut_to_what_one_page_may_ask(auditor):
    period = auditor.get("/board/audit/?first=2000-01-01&last=2100-01-01").context["period"]

    assert (period.last - period.first).days == LONGEST_DAYS


@pytest.mark.parametrize("role", [role for role in Role if role not in READERS])
def test_no_other_role_reaches_the_trail_by_any_address(client, town, role):
    event = write(town)
    town.user("curious", role, "LM")
    client.login(username="curious", password=PASSWORD)

    for path in ("", f"{event.pk}/", "chain/", "export.xlsx", "?own=1"):
        assert client.get(f"/board/audit/{path}").status_code == 404
    assert client.post("/board/audit/chain/").status_code == 404
    assert not BackgroundJob.objects.exists()


def test_a_resident_is_sent_to_log_in(client, town):
    event = write(town)

    for path in ("", f"{event.pk}/", "chain/", "export.xlsx"):
        assert client.get(f"/board/audit/{path}").headers["Location"].startswith("/login/")


@pytest.mark.parametrize(
    "told",
    [
        "=cmd|'/C calc'!A0",
        "+1+1",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "_x0041_",
        "http://evil.example/",
        "007",
    ],
)
def test_what_people_typed_is_text_in_excel_whatever_it_looks_like(auditor, town, told):
    write(town, reason=told, target_id=told, after=told)

    content = auditor.get("/board/audit/export.xlsx?action=work.job.open").content

    book = load_workbook(BytesIO(content))
    (heads, row) = [*book["审计事件"].iter_rows()]
    cells = dict(zip([cell.value for cell in heads], row, strict=True))
    for heading in ("说明", "对象编号", "之后"):
        assert cells[heading].data_type == "s"
        assert unescape(cells[heading].value) == told
        assert cells[heading].hyperlink is None


def test_characters_that_excel_cannot_hold_do_not_spoil_the_workbook(auditor, town):
    write(town, reason="甲\x01\x0b\ufffe乙" + "长" * 40_000)

    content = auditor.get("/board/audit/export.xlsx?action=work.job.open").content

    (row,) = [*load_workbook(BytesIO(content))["审计事件"].iter_rows(min_row=2, values_only=True)]
    assert row[12].startswith("甲")
    assert "乙长长" in row[12]
