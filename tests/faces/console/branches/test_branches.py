"""Branches, meetings, topics and themes as party-affairs staff use them in the console."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dianliang.domain.branches.models import (
    Alliance,
    Belonging,
    Branch,
    Meeting,
    Pairing,
    Posting,
    Resolution,
    Secondment,
    Task,
    Topic,
)
from dianliang.domain.catalog.theme_models import Theme, ThemeMark, ThemeRule
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests.core.test_files import photo
from tests.partyworld import MONTH, Party
from tests.town import PASSWORD

DAY = timedelta(days=1)
AT = "/console/branches/"
KEY = "k" * 32


@pytest.fixture
def party(town):
    town.user("clerk", Role.PARTY_AFFAIRS, "AJ")
    return Party(town, now())


@pytest.fixture
def desk(client, party):
    client.login(username="clerk", password=PASSWORD)
    return client


def page(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[-2000:]
    return answer.content.decode()


def twice(desk, address, form):
    """Press the same form twice, as a page on a slow line is."""
    for _ in range(2):
        assert desk.post(address, {**form, "key": KEY}).status_code == 302


def test_a_branch_is_founded_filled_and_dissolved_from_its_page(desk, party):
    form = {"code": "ZB01", "name": "余山党支部", "kind": "ordinary", "host": "S1"}
    form["from_on"] = party.on - MONTH
    assert "请填写成立日期" in page(desk.post(f"{AT}new/", {**form, "from_on": ""}), 422)
    kept = page(desk.post(f"{AT}new/", {**form, "kind": "temporary"}), 422)
    assert "请写明任务" in kept
    assert 'value="余山党支部"' in kept
    desk.post(f"{AT}new/", {**form, "needs_representative": "1"})
    one = party.person("李海波", "S1")
    act = f"{AT}of/ZB01/"
    took = {"person": "李海波", "from_on": party.on - 9 * DAY, "reason": "转入"}
    desk.post(f"{act}take_in/", took)
    named = {"post": "secretary", "person": one.number, "from_on": party.on, "reason": "选举"}
    desk.post(f"{act}appoint/", named)

    shown = page(desk.get(f"{AT}of/ZB01/"))
    assert "党员 1 人" in shown
    assert shown.count("李海波") >= 2
    assert "这个支部没有党建代表" in shown
    listed = page(desk.get(AT))
    assert "没有党建代表" in listed
    assert "组织委员空缺" in listed
    assert "已经是" in page(desk.post(f"{act}appoint/", named), 422)
    form = {"on": party.on, "reason": "</script>合并", "key": KEY}
    refused = page(desk.post(f"{act}dissolve/", form), 422)
    assert "1 名党员" in refused
    sent = refused.partition(f'action="{act}dissolve/"')[2].partition("</form>")[0]
    assert "1 名党员" in sent
    assert "&lt;/script&gt;合并" in sent
    assert (f'value="{party.on}"' in sent, KEY in sent) == (True, False)
    away = {"person": one.number, "to": "", "from_on": party.on, "reason": "调离"}
    assert "还担任" in page(desk.post(f"{act}transfer_out/", away), 422)
    desk.post(f"{act}appoint/", {**named, "person": "", "from_on": party.on + DAY})
    desk.post(f"{act}transfer_out/", {**away, "from_on": party.on + DAY})
    assert (Posting.objects.count(), Belonging.objects.count()) == (2, 2)
    page(desk.post(f"{act}fly/", {}), 404)
    assert Branch.objects.get().status == "ACTIVE"


def test_a_pairing_and_an_alliance_are_led_from_plan_to_summary(desk, party):
    branch = party.branch("B1", "S1", needs=True)
    assert "红立方" not in page(desk.get(f"{AT}alliances/"))
    formed = {"branch": "B1", "title": "红立方联盟", "theme_words": "互学", "starts_on": party.on}
    twice(desk, f"{AT}alliances/new/", formed)
    alliance = Alliance.objects.get()
    form = {
        "branch": "B1",
        "mode": "learning",
        "other": "大溪村党支部",
        "goal": "互学",
        "from_on": party.on - MONTH,
        "until_on": party.on + MONTH,
        "plan": "下周 互学",
        "alliance": alliance.number,
    }
    assert "计划第 1 行" in page(desk.post(f"{AT}pairings/new/", form), 422)
    twice(desk, f"{AT}pairings/new/", {**form, "plan": f"{party.on - DAY} 互学一次"})
    pairing = Pairing.objects.get()
    act = f"{AT}pairings/{pairing.number}/"
    desk.post(f"{act}sign/")
    assert "逾期" in page(desk.get(f"{AT}pairings/?view=late"))
    start = f"{AT}alliances/{alliance.number}/start/"
    assert "现在没有党建代表" in page(desk.post(start), 422)
    sent = {
        "way": "down",
        "person": party.person("张代表", "AJ").number,
        "branch": "B1",
        "post": "党建代表",
        "from_on": party.on,
        "until_on": party.on + MONTH,
    }
    page(desk.post(f"{AT}secondments/new/", {**sent, "person": "谁"}), 422)
    twice(desk, f"{AT}secondments/new/", sent)
    desk.post(start)
    result = {"step": "1", "on": party.on, "words": "互学一次", "record": ""}
    desk.post(f"{act}result/", result)
    summary = {"summary": "一年互学四次，共办实事两件。"}
    desk.post(f"{AT}alliances/{alliance.number}/close/", summary)

    alliance.refresh_from_db()
    assert alliance.status == "CLOSED"
    number = Secondment.objects.get().number
    over = {"on": party.on, "appraisal": "优秀"}
    desk.post(f"{AT}secondments/{number}/end/", over)
    assert "优秀" in page(desk.get(f"{AT}secondments/?view=over"))
    assert branch.unit.name in page(desk.get(f"{AT}alliances/"))


def test_a_meeting_is_followed_up_and_its_minutes_are_printed(desk, party):
    person = party.person("责任人", "S1", party.branch("B1", "S1"))
    form = {
        "title": "站村联席会议",
        "unit": "B1",
        "held_at": f"{party.on - DAY}T09:00",
        "place": "村委会",
        "chair": person.number,
        "parties": "余村\n县农业农村局",
        "people": person.number,
        "items": "夏季用电保障｜供电所",
    }
    kept = page(desk.post(f"{AT}meetings/new/", {**form, "parties": ""}), 422)
    assert "夏季用电保障｜供电所" in kept
    assert "请填写会议时间" in page(desk.post(f"{AT}meetings/new/", {**form, "held_at": "x"}), 422)
    for _ in range(2):
        desk.post(f"{AT}meetings/new/", {**form, "key": KEY})
    meeting = Meeting.objects.get()
    act = f"{AT}meetings/{meeting.number}/"
    desk.post(f"{act}hold/")
    desk.post(f"{act}discuss/", {"item": "1", "discussion": "台区重载"})
    desk.post(f"{act}resolve/", {"item": "1", "words": "月底前增容"})
    resolution = Resolution.objects.get()
    assert "不能销号" in page(desk.post(f"{act}close/"), 422)
    task = {
        "resolution": resolution.number,
        "title": "2 号台区增容",
        "person": person.number,
        "due_on": party.on + MONTH,
    }
    kept = page(desk.post(f"{act}assign/", {**task, "due_on": ""}), 422)
    assert 'value="2 号台区增容"' in kept
    desk.post(f"{act}assign/", task)
    number = Task.objects.get().number
    todo = f"{AT}tasks/{number}/"
    assert "还没有佐证" in page(desk.post(f"{todo}report/"), 422)
    shot = SimpleUploadedFile("a.jpg", photo(), "image/jpeg")
    desk.post(f"{todo}prove/", {"words": "已增容", "file": shot, "record": meeting.number})
    shown = page(desk.get(todo))
    file = shown.partition(f"{todo}files/")[2].partition('"')[0]
    assert desk.get(f"{todo}files/{file}")["Content-Disposition"].startswith("attachment")
    desk.post(f"{todo}report/")
    desk.post(f"{todo}confirm/")
    desk.post(f"{act}close/")

    meeting.refresh_from_db()
    assert meeting.status == "CLOSED"
    assert "站村联席会议" in page(desk.get(f"{AT}meetings/?view=closed"))
    assert desk.get(f"{act}minutes.pdf").content.startswith(b"%PDF")
    word = desk.get(f"{act}minutes.docx")
    assert word.content.startswith(b"PK")
    page(desk.get(f"{act}minutes.exe"), 404)


def test_a_topic_is_measured_from_its_page(desk, party):
    branch = party.branch("B1", "S1")
    person = party.person("行动人", "S1", branch)
    form = {
        "branch": "B1",
        "title": "线损治理",
        "kind": "topic",
        "goal": "降损",
        "measure": "台区线损率",
        "measure_unit": "%",
        "better": "down",
        "due_on": party.on + MONTH,
        **{f"lead_{tier}": "AJ" for tier in ("coordinate", "integrate", "guide")},
    }
    assert "“落实”的牵头单位" in page(desk.post(f"{AT}topics/new/", form), 422)
    for _ in range(2):
        desk.post(f"{AT}topics/new/", {**form, "lead_carry_out": "B1", "key": KEY})
    topic = Topic.objects.get()
    act = f"{AT}topics/{topic.number}/"
    before = {"value": "3.1", "on": party.on - MONTH, "source": "月报"}
    assert "数值应填数字" in page(desk.post(f"{act}baseline/", {**before, "value": "x"}), 422)
    desk.post(f"{act}baseline/", before)
    planned = {"words": "逐台排查", "person": person.number, "due_on": party.on}
    twice(desk, f"{act}plan/", planned)
    assert topic.actions.count() == 1
    desk.post(f"{act}act/")
    desk.post(f"{act}finish/", {"position": "1", "done_on": party.on, "words": "完成"})
    desk.post(f"{act}measure/", {**before, "value": "2.2", "on": party.on})
    lead = {"tier": "guide", "unit": "S2", "reason": "调整"}
    desk.post(f"{act}lead/", lead)
    shown = page(desk.get(act))

    assert "-0.9 %" in shown
    assert "变好" in shown
    assert "梅溪供电所" in shown
    desk.post(f"{act}accept/", {"reason": "达标"})
    assert "已验收" in page(desk.get(f"{AT}topics/?view=measured"))


def test_themes_are_planted_ruled_set_and_counted_in_the_pages(desk, party):
    need = party.town.post("余村村没电了", area_code="V1", service_code="PWR-OUTAGE", at=now())
    keep = f"{AT}themes/keep/"
    plant = {"verb": "plant", "code": "SC3", "name": "三创", "valid_from": party.on}
    desk.post(keep, plant)
    desk.post(keep, {**plant, "code": "SC3-1", "name": "创新", "parent": "SC3"})
    assert "已用于" in page(desk.post(keep, plant), 422)
    assert "另有用处" in page(desk.post(keep, {**plant, "code": "unit"}), 422)
    assert "请选择要做什么" in page(desk.post(keep, {}), 422)
    rename = {"verb": "rename", "code": "SC3-1", "name": "创效", "on": party.on, "reason": "改名"}
    desk.post(keep, rename)
    assert "创效" in page(desk.get(f"{AT}themes/"))
    rules = f"{AT}themes/rules/act/"
    rule = {"by_what": "need.service", "value": "PWR-OUTAGE", "theme": "SC3-1"}
    assert "将新标 1 条" in page(desk.post(rules, {**rule, "verb": "try"}))
    assert not ThemeRule.objects.exists()
    desk.post(rules, {**rule, "verb": "add"})
    desk.post(rules, {"verb": "apply"})
    assert ThemeMark.objects.get().record_number == need.number
    page(desk.post(rules, {**rule, "verb": "add", "theme": "no"}), 422)

    part = f"{AT}themes/of/need/{need.number}/"
    assert "按规则" in page(desk.get(part))
    fragment = page(desk.post(part, {"themes": "GC5-5"}, headers={"HX-Request": "true"}))
    assert "志愿服务帮扶工程" in fragment
    assert "<html" not in fragment
    assert "请选择主题" in page(desk.post(part, {"themes": ""}), 422)
    desk.post(part, {"take_off": "SC3-1"})
    assert ThemeMark.objects.filter(is_active=True).count() == 1

    report = page(desk.get(f"{AT}themes/report/"))
    link = f"{AT}themes/records/?theme=GC5-5&amp;figure=need&amp;"
    assert link in report
    records = page(desk.get(report.partition(link)[1].replace("&amp;", "&")))
    assert need.number in records
    table = page(desk.get(f"{AT}themes/table/?rows=GC5&columns=unit"))
    assert "天荒坪供电所" in table
    for kind, start in (("xlsx", b"PK"), ("docx", b"PK"), ("pdf", b"%PDF")):
        file = desk.get(f"{AT}themes/report/file/?kind={kind}")
        assert file.content.startswith(start)
    assert desk.get(f"{AT}themes/table.xlsx?rows=GC5&columns=month").content.startswith(b"PK")
    page(desk.get(f"{AT}themes/table/?rows=unit&columns=month"), 422)
    page(desk.get(f"{AT}themes/report/?tree=none"), 422)
    turned = desk.get(f"{AT}themes/report/?first={party.on}&last={party.on - DAY}")
    assert f'name="first" value="{party.on - DAY}"' in page(turned)
    page(desk.get(f"{AT}themes/records/?figure=none"), 404)
    desk.post(keep, {"verb": "end", "code": "SC3", "on": party.on, "reason": "结束"})
    assert Theme.objects.filter(valid_until=party.on).count() == 2


def test_who_reads_is_offered_no_button_and_a_station_keeps_no_tree(client, party):
    branch = party.branch("B1", "S1")
    pairing, held = party.pairing(branch), party.meeting()
    party.town.user("commander", Role.COMMANDER, "S1")
    party.town.user("station", Role.PARTY_AFFAIRS, "S1")
    client.login(username="commander", password=PASSWORD)
    shown = ("", "of/B1/", f"pairings/{pairing.number}/", f"meetings/{held.number}/", "themes/")
    for where in shown:
        assert 'method="post" action="/console/branches/' not in page(client.get(f"{AT}{where}"))
    client.login(username="station", password=PASSWORD)
    assert "由公司党建部门维护" in page(client.get(f"{AT}themes/"))
    plant = {"verb": "plant", "code": "X1", "name": "某树", "valid_from": party.on}
    assert "由公司党建部门维护" in page(client.post(f"{AT}themes/keep/", plant), 422)
    assert "余村村党支部" in page(client.get(f"{AT}pairings/"))


def test_a_day_that_makes_no_sense_shows_today(desk, party):
    for odd in ("yesterday", "2026-13-40", "0001-01-01", "9999-12-31", "\u0000"):
        page(desk.get(AT, {"on": odd}))
