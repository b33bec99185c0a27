"""The page of the trail: for auditors and administrators, whatever the address says."""

from datetime import timedelta

import pytest

from dianliang.core import audit
from dianliang.core.models import AuditEvent, BackgroundJob
from dianliang.faces.ui.requests import now
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
