"""The dispatcher's screens: quick, keyboard-first, and clear when somebody was quicker."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog.models import CalendarDay
from dianliang.domain.catalog.operations import replace_year
from dianliang.domain.intake.models import Decision, Need, SavedFilter
from dianliang.domain.work.models import Job
from dianliang.faces.ui.requests import now, today
from dianliang.flows import handling
from dianliang.kernel.actor import Role
from tests.town import NOON, PASSWORD


@pytest.fixture
def desk(client, town):
    town.user("desk", Role.DISPATCHER)
    client.login(username="desk", password=PASSWORD)
    return client


@pytest.fixture
def log_in(client, town):
    """Log the browser in as somebody else."""

    def as_user(name, role, unit):
        town.user(name, role, unit)
        client.login(username=name, password=PASSWORD)
        return client

    return as_user


def text_of(answer) -> str:
    """Return the words of a page without its marks for what was searched."""
    return re.sub(r"</?mark>", "", answer.content.decode())


def queries(desk, path):
    desk.get(path)  # reference data are read once and kept
    with CaptureQueriesContext(connection) as seen:
        assert desk.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    "path", ["/console/", "/console/?tab=all&q=坏", "/console/fresh/?tab=todo"], ids=str
)
def test_twenty_rows_cost_as_many_queries_as_ten(desk, town, path):
    for i in range(10):
        town.post(f"路灯{i}坏了", area_code="V1")
    ten = queries(desk, path)
    for i in range(10):
        town.post(f"水管{i}坏了", area_code="V3")

    assert queries(desk, path) == ten
    assert ten <= 16


def test_a_need_with_many_jobs_and_askers_costs_as_many_queries_as_with_few(desk, town):
    need = town.post("余村村家里没电了", area_code="V1")
    handling.accept(number=need.number, by=town.actor(), at=NOON)

    def grow(count):
        parts = tuple(handling.Part(service_code="PWR-OUTAGE") for _ in range(count))
        handling.split(number=need.number, parts=parts, by=town.actor(), at=NOON)

    grow(2)
    few = queries(desk, f"/console/needs/{need.number}/")
    grow(6)

    assert queries(desk, f"/console/needs/{need.number}/") == few


def test_danger_is_on_top_whatever_came_later(desk, town):
    town.post("电线断了掉在地上", area_code="V1")
    town.post("家里没电了", area_code="V1")

    page = desk.get("/console/").content.decode()

    assert page.index("电线断了") < page.index("家里没电了")


@pytest.mark.parametrize(
    "query",
    [
        "tab=nope",
        "page=99999",
        "page=-1",
        "page=²",
        "q=%00",
        "q=%ED%A0%80",
        "q=\\[(*",
        "service=%00",
        "q=" + "停" * 500,
        "overdue=x",
        "unit=ZZ",
        "tab=parts",
    ],
)
@pytest.mark.parametrize("path", ["/console/", "/console/fresh/"])
def test_odd_addresses_still_open(desk, town, path, query):
    town.post("路灯坏了", area_code="V1")

    assert desk.get(f"{path}?{query}").status_code == 200


def test_search_finds_one_among_many_and_shows_why(desk, town):
    for text in ("余村礼堂没电", "大溪路灯坏了"):
        town.post(text, area_code="V1")

    page = desk.get("/console/?q=礼堂")

    assert "余村<mark>礼堂</mark>没电" in page.content.decode()
    assert "大溪路灯坏了" not in page.content.decode()


@pytest.mark.parametrize("typed", ["13812345678", "138-1234-5678"])
def test_a_telephone_number_finds_what_its_owner_asked_for(desk, town, typed):
    need = town.post("路灯坏了", area_code="V1", phone="138-12345678")
    town.post("水管漏了", area_code="V1", phone="13900000000")

    page = desk.get(f"/console/?q={typed}").content.decode()

    assert need.number in page
    assert "水管漏了" not in page


def test_who_was_slower_is_told_and_sees_how_it_is_now(desk, town):
    need = town.post("家里没电了", area_code="V1")
    desk.post(f"/console/needs/{need.number}/do/accept/")

    answer = desk.post(f"/console/needs/{need.number}/do/accept/")

    assert answer.status_code == 422
    assert "当前状态为“已受理”" in answer.content.decode()


def test_a_stale_screen_changes_nothing_and_says_who_was_quicker(desk, town):
    need = town.post("家里没电了", area_code="V1")
    page = desk.get(f"/console/needs/{need.number}/").content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    handling.classify(number=need.number, service_code="WTR-OUTAGE", by=town.actor("AJ"), at=NOON)

    answer = desk.post(
        f"/console/needs/{need.number}/do/classify/", {"service_code": "PWR-LIGHT", "seen": seen}
    )

    assert answer.status_code == 409
    assert "供电公司在 12:00 处理过这条需求" in answer.content.decode()
    need.refresh_from_db()
    assert need.service.code == "WTR-OUTAGE"


def test_coming_back_from_a_need_finds_the_same_view_of_the_queue(desk, town):
    need = town.post("家里没电了", area_code="V1")
    back = "tab=todo&urgency=urgent&page=2"

    done = desk.post(f"/console/needs/{need.number}/do/accept/", {"back": back}, follow=True)

    page = done.content.decode()
    assert f'href="/console/?tab=todo&amp;urgency=urgent&amp;page=2#{need.number}"' in page


def test_a_need_knows_which_one_is_next_in_the_view_it_was_opened_from(desk, town):
    first, second, third = [town.post(f"路灯{i}坏了", area_code="V1") for i in range(3)]

    page = desk.get(f"/console/needs/{second.number}/?back=tab%3Dtodo").content.decode()

    assert f'/console/needs/{first.number}/?back=tab%3Dtodo" data-key="k"' in page
    assert f'/console/needs/{third.number}/?back=tab%3Dtodo" data-key="j"' in page


def test_a_row_is_accepted_in_its_place(desk, town):
    need = town.post("家里没电了", area_code="V1")

    answer = desk.post(
        f"/console/needs/{need.number}/do/accept/", {"stay": "row", "back": "tab=todo"}
    )

    assert answer.content.decode().startswith(f'<tr id="{need.number}"')
    assert "已受理" in answer.content.decode()
    again = desk.post(f"/console/needs/{need.number}/do/accept/", {"stay": "row"})
    assert again.status_code == 422
    assert '"bad": true' in again["HX-Trigger"]


def test_several_are_accepted_at_once_and_each_says_what_became_of_it(desk, town):
    needs = [town.post(f"路灯{i}坏了", area_code="V1") for i in range(3)]
    desk.post(f"/console/needs/{needs[0].number}/do/accept/")

    sent = {"verb": "accept", "number": [n.number for n in needs], "tab": "all"}
    answer = desk.post("/console/bulk/", sent, follow=True)

    assert answer.redirect_chain == [("/console/?tab=all", 302)]
    assert Need.objects.filter(status="ACCEPTED").count() == 3
    page = answer.content.decode()
    assert page.count("✓ 受理") == 2
    assert re.search(rf"未处理</span> <a[^>]*>{needs[0].number}</a> 当前状态为“已受理”", page)
    assert "批量处理结果" not in desk.get("/console/").content.decode()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"verb": "accept"}, "请先勾选要处理的需求"),
        ({"verb": "explode", "number": ["XQ1"]}, "没有这种批量操作"),
        ({"number": ["XQ1"]}, "没有这种批量操作"),
        ({"verb": "hand_over", "number": ["XQ1"], "reason": "x"}, "请选择移交给哪个单位"),
        ({"verb": "hand_over", "number": ["XQ1"], "unit_code": "WTR"}, "请填写原因"),
        ({"verb": "pause", "number": ["XQ1"], "reason": "a\0b"}, "第 2 个字符无法保存"),
        ({"verb": "accept", "number": [f"XQ{i}" for i in range(101)]}, "现在勾选了 101 条"),
    ],
)
def test_a_bulk_request_that_makes_no_sense_is_refused_as_a_whole(desk, town, sent, words):
    answer = desk.post("/console/bulk/", sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not AuditEvent.objects.filter(verb__startswith="intake.need.").exists()


def test_forged_numbers_in_a_bulk_request_are_named_one_by_one(desk, town):
    need = town.post("路灯坏了", area_code="V1")
    odd = ["XQ-nope", "\0", "x" * 300, need.number, need.number]

    page = desk.post("/console/bulk/", {"verb": "accept", "number": odd}, follow=True)

    assert page.status_code == 200
    assert page.content.decode().count("没有找到这条需求") == 3
    assert page.content.decode().count("✓ 受理") == 1


ODD = ["a\0b", "x" * 5000, "\ufffe", "１２３"]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_whatever_is_sent_with_a_verb_is_answered_in_words_and_nothing_breaks(desk, town, odd):
    fields = ("reason", "unit_code", "question", "words", "into", "service_code", "urgency")
    sent = dict.fromkeys((*fields, "aspect", "other", "back"), odd)
    need = None
    for verb in sorted(handling.ACTS):
        need = need or town.post("余村村家里没电了", area_code="V1")
        path = f"/console/needs/{need.number}/do/{verb}/"

        status = desk.post(path, sent).status_code
        assert status in {302, 422}, verb
        assert desk.post(path, {**sent, "seen": odd}).status_code in {409, 422}, verb
        need = need if status == 422 else None  # what was refused has changed nothing


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_words_in_any_form_of_the_desk_are_answered_in_words(desk, town, odd):
    need = town.post("余村村家里没电了", area_code="V1")
    desk.post(f"/console/needs/{need.number}/do/accept/")
    base = f"/console/needs/{need.number}"
    forms = {
        "/console/filters/change/": {"name": odd, "new_name": odd},
        "/console/bulk/": {"verb": "hand_over", "number": odd, "unit_code": odd, "reason": odd},
        "/console/intake/": {"key": "k" * 32, "text": odd, "join": odd, "area_code": odd},
        "/console/intake/hints/": {"text": odd, "phone": odd, "area_code": odd, "address": odd},
        "/console/paste/": {"verb": "register", "chosen": odd, "text-1": odd},
        f"{base}/split/": {"part_service": odd, "part_unit": odd, "part_detail": odd},
        f"{base}/tell/": {"text": odd, "internal": "1"},
    }
    for path, sent in forms.items():
        assert desk.post(path, sent).status_code in {200, 302, 422}, path
    assert desk.post("/console/needs/XQ%00/do/accept/").status_code == 404
    assert desk.post(f"{base}/jobs/GD%00/take/").status_code == 404


def test_the_queue_answers_with_nothing_as_long_as_nothing_has_changed(desk, town):
    town.post("路灯坏了", area_code="V1")
    page = desk.get("/console/").content.decode()
    stamp = re.search(r"stamp=(\w+)", page)[1]

    same = desk.get(f"/console/fresh/?stamp={stamp}")
    new = town.post("水管漏了", area_code="V1")
    fresh = desk.get(f"/console/fresh/?stamp={stamp}")

    assert (same.status_code, same.content) == (204, b"")
    assert new.number in fresh.content.decode()
    assert 'id="tabs" hx-swap-oob="true"' in fresh.content.decode()


def test_a_danger_is_announced_on_every_page_until_somebody_accepts_it(desk, town):
    assert desk.get("/console/alarm/").status_code == 204
    need = town.post("电线断了掉在地上", area_code="V1")

    told = desk.get("/console/alarm/")
    known = desk.get(f"/console/alarm/?shown={need.number}")
    handling.accept(number=need.number, by=town.actor(), at=NOON)
    over = desk.get(f"/console/alarm/?shown={need.number}")

    assert "1 条危险需求还没有人受理" in told.content.decode()
    assert known.status_code == 204
    assert over.status_code == 200
    assert "危险需求" not in over.content.decode()
    assert 'role="alert"' in desk.get("/console/intake/").content.decode()


def test_a_neighbours_danger_is_not_announced_here(town, log_in):
    town.post("电线断了掉在地上", area_code="V1")

    assert log_in("s2", Role.DISPATCHER, "S2").get("/console/alarm/").status_code == 204


@pytest.mark.row("001-09")
def test_a_pasted_message_becomes_a_need_in_two_presses(desk, town):
    raw = "竹林风  11:02\n天荒坪镇余村村家里没电了，电话13812345678"

    read = desk.post("/console/paste/", {"raw": raw}).content.decode()
    assert re.search(r'value="V1"[^>]* selected', read)
    assert 'value="竹林风"' in read
    form = dict(re.findall(r'<(?:input|textarea)[^>]*name="([^"]+)"[^>]*?value="([^"]*)"', read))
    sent = {
        **{name: form[name] for name in ("key", "name-1", "phone-1")},
        "verb": "register",
        "chosen": "1",
        "text-1": "天荒坪镇余村村家里没电了",
        "area_code-1": "V1",
    }
    done = desk.post("/console/paste/", sent).content.decode()

    need = Need.objects.get()
    assert (need.channel, need.area.code) == ("chat", "V1")
    answer = re.search(r"@竹林风 【点亮】.*?(/n/\w+/)", done)
    assert need.number in answer[0]
    assert desk.get(answer[1]).status_code == 200
    assert answer[1] in desk.get(f"/console/needs/{need.number}/").content.decode()
    desk.post("/console/paste/", sent)
    assert Need.objects.count() == 1


@pytest.mark.row("001-09")
def test_of_a_whole_chat_only_what_was_ticked_is_registered(desk, town):
    raw = (
        "余村-张三 2026/11/24 11:02:33\n家里没电了\n"
        "余村-张三 2026/11/24 11:02:50\n在余村村文化礼堂后面\n"
        "李四 2026/11/24 11:03:00\n收到\n王五 2026/11/24 11:04:00\n石龙村水管爆了"
    )

    page = desk.post("/console/paste/", {"raw": raw}).content.decode()
    assert "读到 3 条" in page
    ticked = re.findall(r'name="chosen" value="(\d)" checked', page)
    assert ticked == ["1", "3"]
    sent = {"verb": "register", "key": "k" * 32, "chosen": ticked}
    for n, text in (("1", "家里没电了\n在余村村文化礼堂后面"), ("3", "\0坏字符")):
        sent[f"text-{n}"] = text
    done = desk.post("/console/paste/", sent).content.decode()

    assert Need.objects.get().text.startswith("家里没电了")
    assert "需求内容第 1 个字符无法保存" in done


@pytest.mark.parametrize("sent", [{"raw": " \n "}, {"raw": "[图片]"}, {"verb": "register"}])
def test_a_paste_with_nothing_in_it_is_refused_in_plain_words(desk, town, sent):
    answer = desk.post("/console/paste/", sent)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_the_phone_form_hints_while_it_is_filled_in(desk, town):
    town.post("余村文化礼堂旁边的电线杆被车撞歪了", area_code="V1", at=now())

    hints = desk.post(
        "/console/intake/hints/", {"text": "礼堂旁边电线杆撞歪了，冒火花", "area_code": "V1"}
    ).content.decode()

    assert "疑似危险" in hints
    assert "可能重复" in hints


def test_a_number_that_called_before_brings_up_what_it_asked_for(desk, town, log_in):
    need = town.post("路灯坏了", area_code="V1", phone="13812345678")
    sent = {"phone": "138-1234-5678"}

    own = desk.post("/console/intake/hints/", sent).content.decode()
    foreign = log_in("s2", Role.DISPATCHER, "S2").post("/console/intake/hints/", sent)

    assert need.number in own
    assert need.number not in foreign.content.decode()


def test_a_second_caller_is_added_to_what_is_known_already(desk, town):
    need = town.post("余村文化礼堂没电了", area_code="V1")
    sent = {"key": "k" * 32, "text": "礼堂没电", "phone": "13812345678", "join": need.number}

    done = desk.post("/console/intake/", sent, follow=True)

    assert need.participants.count() == 2
    assert Need.objects.count() == 1
    assert "加入" in done.content.decode()


def test_a_wrong_phone_form_keeps_what_was_typed(desk, town):
    answer = desk.post("/console/intake/", {"key": "k" * 32, "text": "x", "phone": "12a"})

    assert answer.status_code == 422
    assert "12a" in answer.content.decode()


def test_a_view_is_kept_renamed_shared_and_deleted(desk, town):
    desk.post(
        "/console/filters/", {"name": "我的超时", "tab": "doing", "overdue": "1", "page": "3"}
    )
    assert SavedFilter.objects.get().query == "tab=doing&overdue=1"

    change = {"name": "我的超时", "new_name": "今日超时", "shared": "1", "tab": "doing"}
    desk.post("/console/filters/change/", change)
    page = desk.get("/console/").content.decode()
    assert "今日超时" in page
    assert "我的超时" not in page

    desk.post("/console/filters/change/", {"name": "今日超时", "verb": "delete"})
    assert not SavedFilter.objects.exists()


def test_a_shared_view_is_for_the_unit_and_only_its_owner_changes_it(desk, town, log_in):
    desk.post("/console/filters/", {"name": "全所超时", "tab": "todo", "shared": "1"})

    colleague = log_in("desk2", Role.DISPATCHER, "LM")
    assert "全所超时" in colleague.get("/console/").content.decode()
    colleague.post("/console/filters/change/", {"name": "全所超时", "verb": "delete"})
    assert SavedFilter.objects.count() == 1
    neighbour = log_in("s2", Role.DISPATCHER, "S2")
    assert "全所超时" not in neighbour.get("/console/").content.decode()


@pytest.mark.parametrize("name", ["", " ", "长" * 41, "a\0"])
def test_a_view_without_a_proper_name_is_not_kept(desk, town, name):
    answer = desk.post("/console/filters/", {"name": name, "tab": "todo"}, follow=True)

    assert not SavedFilter.objects.exists()
    assert "notice danger" in answer.content.decode()


def test_each_part_of_a_suggestion_is_agreed_to_with_one_press(desk, town):
    need = town.post("余村村家里没电了", area_code="V1")
    page = desk.get(f"/console/needs/{need.number}/").content.decode()
    assert page.count(">采纳<") == 3

    desk.post(f"/console/needs/{need.number}/do/agree/", {"aspect": "unit"})

    decision = Decision.objects.get()
    assert (decision.aspect, decision.proposed, decision.chosen) == ("unit", "S1", "S1")
    page = desk.get(f"/console/needs/{need.number}/").content.decode()
    assert page.count(">采纳<") == 2
    assert "已采纳" in page


def test_an_alliance_unit_sees_its_own_queue_only(town, log_in):
    town.post("自来水停了", area_code="V1")
    town.post("余村礼堂没电", area_code="V1")

    page = log_in("water", Role.ALLIANCE_UNIT, "WTR").get("/console/").content.decode()

    assert "自来水停了" in page
    assert "余村礼堂没电" not in page


@pytest.mark.row("001-01")
def test_an_alliance_unit_works_its_job_of_anothers_need(town, log_in):
    need = town.post("余村村家里没电了，水也停了", area_code="V1")
    handling.accept(number=need.number, by=town.actor(), at=NOON)
    parts = (
        handling.Part(service_code="PWR-OUTAGE"),
        handling.Part(service_code="WTR-OUTAGE"),
    )
    power, water = handling.split(number=need.number, parts=parts, by=town.actor(), at=NOON)
    desk = log_in("water", Role.ALLIANCE_UNIT, "WTR")

    assert need.number in desk.get("/console/?tab=parts").content.decode()
    page = desk.get(f"/console/needs/{need.number}/").content.decode()
    assert f"/jobs/{water.number}/finish/" in page
    assert f"/jobs/{power.number}/finish/" not in page
    base = f"/console/needs/{need.number}/jobs"
    assert desk.post(f"{base}/{power.number}/finish/", {"words": "好"}).status_code == 404
    assert desk.post(f"{base}/{water.number}/explode/").status_code == 404
    assert desk.post(f"{base}/{water.number}/finish/", {"words": " "}).status_code == 422
    desk.post(f"{base}/{water.number}/finish/", {"words": "水压已恢复"})

    assert Job.objects.get(pk=water.pk).status == "DONE"
    need.refresh_from_db()
    assert need.status == "IN_PROGRESS"


def test_rows_of_a_split_that_do_not_match_are_refused(desk, town):
    need = town.post("余村村家里没电了", area_code="V1")
    desk.post(f"/console/needs/{need.number}/do/accept/")

    sent = {
        "part_service": ["PWR-OUTAGE", "WTR-OUTAGE"],
        "part_unit": [""],
        "part_detail": ["", ""],
    }
    answer = desk.post(f"/console/needs/{need.number}/split/", sent)

    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_a_dispatcher_is_told_that_promises_reach_into_a_year_without_its_holidays(desk):
    CalendarDay.objects.all().delete()
    assert "节假日与调休安排尚未载入" in desk.get("/console/").content.decode()

    for year in (today().year, today().year + 1):
        replace_year(year, days=[(date(year, 1, 1), "holiday", "元旦")], version="通知")

    assert "节假日与调休安排尚未载入" not in desk.get("/console/").content.decode()


def test_a_split_pressed_twice_opens_its_jobs_once(desk, town):
    need = town.post("余村村家里没电了", area_code="V1")
    desk.post(f"/console/needs/{need.number}/do/accept/")
    page = desk.get(f"/console/needs/{need.number}/").content.decode()
    sent = {
        "part_service": ["PWR-OUTAGE"],
        "part_unit": [""],
        "part_detail": [""],
        "seen": re.search(r'name="seen" value="([^"]*)"', page)[1],
    }

    assert desk.post(f"/console/needs/{need.number}/split/", sent).status_code == 302
    assert desk.post(f"/console/needs/{need.number}/split/", sent).status_code == 409

    assert Job.objects.count() == 1
    page = desk.get(f"/console/needs/{need.number}/").content.decode()
    again = {**sent, "seen": re.search(r'name="seen" value="([^"]*)"', page)[1]}
    assert desk.post(f"/console/needs/{need.number}/split/", again).status_code == 302
    assert desk.post(f"/console/needs/{need.number}/split/", again).status_code == 409
    assert Job.objects.count() == 2
