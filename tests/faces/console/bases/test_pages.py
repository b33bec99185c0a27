"""The pages of bases: what they show, what their forms refuse, and how many queries they cost."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from dianliang.core.models import AuditEvent
from dianliang.domain.venues.models import (
    BaseProof,
    BaseStandard,
    Keeper,
    Matrix,
    OpeningDay,
    OpeningHours,
    Site,
)
from dianliang.domain.workforce.models import Person
from dianliang.faces.console.bases import trees
from dianliang.faces.ui.requests import now, today
from dianliang.kernel.actor import Role
from tests.core.test_files import photo
from tests.flows.bases.test_sheets import book, row
from tests.flows.bases.things import hang, matrix, nodes, notice, proof, site
from tests.sessions import lecture_of
from tests.town import PASSWORD


@pytest.fixture
def desk(town, client):
    """Party-affairs staff of the company."""
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    Person.objects.create(number="R1", name="余阳", unit=town.units["S1"])
    town.user("party", Role.PARTY_AFFAIRS, "AJ")
    client.login(username="party", password=PASSWORD)
    return client


def send(client, page, /, **fields):
    """Send a form; return what the page says."""
    return client.post(page, fields, follow=True).content.decode()


def hidden(page, name):
    """Return a hidden field of a page."""
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


@pytest.mark.row("000-01")
def test_a_matrix_is_built_by_hand_moved_about_and_exported(town, desk):
    said = send(desk, "/console/bases/", act="matrix", code="DSG", name="大使馆体系", unit="AJ")
    assert "体系已建立" in said
    described = {"kind": "branch_base", "area": "V1", "unit": "S1", "address": "村口"}
    said = send(desk, "/console/bases/", act="register", code="D1", name="余村大使馆", **described)
    assert "阵地已登记" in said

    def act(verb, **fields):
        return send(
            desk,
            f"/console/bases/tree/DSG/do/{verb}/",
            seen=Matrix.objects.get(code="DSG").revision,
            **fields,
        )

    assert "已列入“东片”" in act("hang", code="EAST", name="东片", label="片区")
    assert "已列入“余村大使馆”" in act("hang", site="D1", parent="EAST", label="大使馆")
    assert "本体系中已是" in act("hang", site="D1")
    assert "没有编码为“NOPE”的节点" in act("move", node="D1", parent="NOPE")
    assert "不能把上级移到自己的下级里" in act("move", node="EAST", parent="D1")
    assert "已移动" in act("move", node="D1", parent="")
    assert "名称已修改" in act("rename", node="D1", name="余村", label="大使馆")
    assert nodes(Matrix.objects.get(code="DSG")) == {"EAST": "/EAST/", "D1": "/D1/"}
    page = desk.get("/console/bases/tree/DSG/?q=余村").content.decode()
    assert "大使馆" in page
    content = desk.get("/console/bases/tree/DSG/export.xlsx").content
    names = CalamineWorkbook.from_filelike(BytesIO(content)).sheet_names
    assert names == ["填写"]
    assert AuditEvent.objects.filter(verb="venues.matrix.export").count() == 1
    assert "已从体系中撤下 1 个节点" in act("take_down", node="D1")


def test_an_excel_table_is_checked_first_and_then_taken_in(town, desk):
    matrix(town, "DSG", unit="AJ")
    address = "/console/bases/tree/DSG/do/take_in/"

    def upload(*rows, **more):
        file = SimpleUploadedFile("t.xlsx", book(*rows))
        return send(desk, address, seen=Matrix.objects.get().revision, file=file, **more)

    assert "检查通过，没有写入：1 行" in upload(row("P"), only_check="on")
    assert "第 2 行" in upload(row("P", "NOPE"))
    assert nodes(Matrix.objects.get()) == {}
    assert "已导入 1 行" in upload(row("P"))
    assert "请先选择文件" in send(desk, address, seen=Matrix.objects.get().revision)
    take_down = "/console/bases/tree/DSG/do/take_down/"
    for seen in ("", "x", "-1", "²", "9" * 20):
        assert "页面已过期" in send(desk, take_down, node="P", seen=seen), seen
    assert "刚被他人修改" in send(
        desk, address, seen=1, file=SimpleUploadedFile("t.xlsx", book(row("Q")))
    )


def test_everything_about_a_base_is_kept_on_its_page(town, desk):
    page = desk.get("/console/bases/site/FW-001/").content.decode()
    assert "从未指定" in page

    def act(verb, **fields):
        return send(desk, f"/console/bases/site/FW-001/do/{verb}/", **fields)

    week = {f"day{n}": "8:30-12:00、13:30-17:30" for n in range(5)}
    hours = {
        **week,
        "from_on": f"{today()}",
        "on_holidays": "closed",
        "on_make_up": "workday",
        "seen": "",
    }
    assert "开放时间已登记" in act("hours", **hours)
    assert "刚被他人修改" in act("hours", **hours)
    assert OpeningHours.objects.count() == 1
    first = today() + timedelta(days=2)
    said = act("days", first_on=f"{first}", last_on=f"{first + timedelta(days=1)}", reason="检修")
    assert "已登记 2 天的特别安排" in said
    assert "已撤掉这一天" in act("drop_day", on=f"{first}")
    assert OpeningDay.objects.count() == 1
    said = act("hand_over", person="R1", from_on=f"{today()}", reason="年度聘任")
    assert "责任人已登记" in said
    assert "余阳" in said
    assert "没有编号 R9" in act("hand_over", person="R9", from_on=f"{today()}", reason="聘任")
    said = act("offer", services=["PWR-OUTAGE"], **{"words_PWR-OUTAGE": "每周三"})
    assert "已开通 1 项服务" in said
    for _ in range(2):  # one press too many brings one proof
        paper = SimpleUploadedFile("a.jpg", photo((40, 30)))
        assert "佐证已提交" in act("prove", key="p" * 32, item="place", paper=paper)
    given = BaseProof.objects.get()
    paper = desk.get(f"/console/bases/proofs/{given.number}/paper/")
    assert (paper["Content-Type"], paper["Cache-Control"]) == ("image/jpeg", "no-store")
    own = send(desk, f"/console/bases/proofs/{given.number}/do/accept/", share="100")
    assert "不能核验自己提交的佐证" in own
    town.user("other", Role.DISPATCHER, "S1")
    desk.login(username="other", password=PASSWORD)
    assert "已处理佐证" in send(
        desk, f"/console/bases/proofs/{given.number}/do/accept/", share="100"
    )
    assert BaseProof.objects.get().status == "ACCEPTED"
    public = desk.get("/bases/FW-001/").content.decode()
    assert "每周三" in public


TYPED = ("name", "from_on", "first_on", "last_on", "day3", "person", "reason", "lat")
FORMS = [
    ("hours", {"from_on": "2026-13-01"}, "“年-月-日”"),
    ("hours", {"from_on": "0001-01-01"}, "1950 年到 2100 年"),
    ("hours", {"from_on": "2026-12-01", "on_holidays": "maybe"}, "法定节假日"),
    ("hours", {"from_on": "2026-12-01", "on_holidays": "own", "on_make_up": "usual"}, "节假日"),
    (
        "hours",
        {"from_on": "2026-12-01", "on_holidays": "usual", "on_make_up": "usual", "day3": "25:00"},
        "周四",
    ),
    ("days", {"first_on": ""}, "请填写开始日期"),
    ("days", {"first_on": "2026-12-01", "last_on": "2026-11-30", "reason": "检修"}, "早于"),
    ("days", {"first_on": "2026-12-01", "reason": ""}, "请填写原因"),
    ("days", {"first_on": "2026-12-01", "reason": "a\0b", "spans": "x"}, "应形如"),
    ("drop_day", {"on": "2026-12-01"}, "没有特别安排"),
    ("hand_over", {"person": "R1", "from_on": "tomorrow", "reason": "聘任"}, "“年-月-日”"),
    ("hand_over", {"person": "R1", "from_on": "2026-12-01", "reason": ""}, "请填写原因"),
    ("take_back", {"from_on": "2026-12-01"}, "没有交接"),
    ("offer", {"services": ["NOPE"]}, "已停用"),
    ("prove", {"item": "place", "from_on": "99", "words": "x"}, "“年-月-日”"),
    ("prove", {"item": "activity", "words": "x"}, "不用提交佐证"),
    ("change", {"seen": "", "name": "x"}, "请选择所在村社区"),
    ("change", {"seen": "", "name": "点", "area": "V1", "lat": "nan", "lon": "1"}, "十进制"),
    ("change", {"seen": "", "name": "点位", "area": "V1", "lat": "1"}, "同时填写"),
    ("change", {"seen": "", "name": "点位", "area": "V1", "unit": "WTR"}, "本单位范围内"),
    (
        "change",
        {"seen": "", "name": "点位", "area": "V1", "unit": "S1", "kind": "bar"},
        "请选择阵地的类别",
    ),
    (
        "change",
        {"seen": "old", "name": "点位", "area": "V1", "unit": "S1", "kind": "spot"},
        "刚被他人修改",
    ),
]


def test_a_form_that_makes_no_sense_is_refused_in_plain_words_and_keeps_what_was_typed(desk):
    before = Site.objects.filter(code="FW-001").values().get()
    for verb, fields, words in FORMS:
        answer = desk.post(f"/console/bases/site/FW-001/do/{verb}/", fields)
        said = answer.content.decode()

        told = re.findall(r'role="alert"[^>]*>(.*?)</div>', said, re.DOTALL)
        assert (answer.status_code, any(words in one for one in told)) == (422, True), (verb, told)
        names = TYPED if verb != "take_back" else ()  # each hand-over has a form of its own
        typed = (text for name in names if (text := fields.get(name, "").replace("\0", "")))
        assert all(f'value="{text}"' in said for text in typed), (verb, fields)
    assert Site.objects.filter(code="FW-001").values().get() == before
    assert OpeningHours.objects.count() + OpeningDay.objects.count() == 0
    assert Keeper.objects.count() + BaseProof.objects.count() == 0


def test_a_base_is_changed_closed_and_then_left_alone(town, desk):
    page = desk.get("/console/bases/site/FW-001/").content.decode()
    seen = re.search(r'do/change/".*?name="seen" value="([^"]*)"', page, re.DOTALL)[1]
    fields = {"name": "余村服务站", "kind": "station", "area": "V1", "unit": "S1"}
    said = send(desk, "/console/bases/site/FW-001/do/change/", seen=seen, **fields)
    assert "资料已修改" in said
    ahead = lecture_of(town, at=now())
    shut = "/console/bases/site/FW-001/close/"
    page = desk.get(shut).content.decode()
    marks = dict(re.findall(r'name="(seen_site|seen)" value="([^"]*)"', page))
    assert ahead.number in page
    unseen = desk.post(shut, {**marks, "reason": "撤并"})
    assert (unseen.status_code, "勾选全部取消" in unseen.content.decode()) == (422, True)
    said = send(desk, shut, **marks, reason="撤并", calls_off="1")
    assert "阵地已停用" in said
    said = send(
        desk,
        "/console/bases/site/FW-001/do/hand_over/",
        person="R1",
        from_on=f"{today()}",
        reason="聘任",
    )
    assert "停用，不能再改" in said
    assert "已停用" in desk.get("/bases/FW-001/").content.decode()


@pytest.mark.row("000-02")
def test_the_list_of_gaps_leads_to_each_base_and_goes_out_as_excel(town, desk):
    grown = matrix(town, unit="AJ")
    head = hang(grown, town, "EAST")
    hang(grown, town, Site.objects.get(code="FW-001"), head)
    hang(grown, town, site(town, "P1"))
    proof(town)

    page = desk.get("/console/bases/gaps/?in=M").content.decode()
    below = desk.get("/console/bases/gaps/?in=M&at=EAST&item=place").content.decode()

    assert "2 个在用阵地，0 个没有缺项" in page
    assert ("从未指定" in page, "未登记" in page, "待核验" in page) == (True, True, True)
    assert ("P1点" in below, "待核验" in below) == (False, True)
    content = desk.get("/console/bases/gaps/export.xlsx?in=M&item=place").content
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("缺项").to_python()
    assert [(line[0], line[7]) for line in rows[1:]] == [("FW-001", "待核验"), ("P1", "缺")]
    assert AuditEvent.objects.get(verb="venues.baseproof.export").after == "2 行"
    for wrong in ("?in=NOPE", "?in=M&at=NOPE"):
        assert desk.get(f"/console/bases/gaps/{wrong}").status_code == 404
    assert desk.get("/console/bases/gaps/?in=M&page=-1&item=%00&state=x").status_code == 200


def test_the_standard_is_rewritten_in_the_operators_own_words(town, desk):
    desk.logout()
    town.user("chief", Role.ADMINISTRATOR, "LM")
    desk.login(username="chief", password=PASSWORD)
    page = desk.get("/console/bases/standard/").content.decode()
    lines = {
        "key": ["place", ""],
        "item_name": ["有场地", "有公约"],
        "words": ["场地", "公约上墙"],
        "weight": ["60", "40"],
        "way": ["proof", "standards"],
        "target": ["1", "1"],
        "days": ["90", "90"],
        "valid_days": ["365", "365"],
    }
    wrong = desk.post(
        "/console/bases/standard/",
        {**lines, "weight": ["60", "x"], "name": "两有", "reason": "精简", "seen": "0"},
    )
    assert wrong.status_code == 422
    assert "第 2 条的分值应填整数" in wrong.content.decode()
    assert "有公约" in wrong.content.decode()  # nothing typed is lost
    assert hidden(page, "seen") == "0"

    said = send(desk, "/console/bases/standard/", **lines, name="两有", reason="精简", seen="0")

    assert "新一版标准已生效" in said
    assert [item["key"] for item in BaseStandard.objects.get().items] == ["place", "item1"]
    ragged = {**lines, "weight": ["60"], "name": "两有", "reason": "再精简", "seen": "1"}
    assert desk.post("/console/bases/standard/", ragged).status_code == 422
    stale = desk.post(
        "/console/bases/standard/", {**lines, "name": "x", "reason": "yy", "seen": "0"}
    )
    assert "刚被他人发布" in stale.content.decode()


@pytest.mark.row("000-04")
def test_a_notice_is_drafted_published_revised_and_withdrawn(town, desk):
    fields = {"title": "服务标准", "words": "来有迎声", "from_on": f"{today()}"}
    said = send(desk, "/console/bases/notices/", kind="standard", unit="AJ", **fields)
    assert "草稿已保存" in said
    number = re.search(r"GS\d{6}-\d{4}", said)[0]
    assert "来有迎声" not in desk.get("/bases/FW-001/").content.decode()
    assert "已发布" in send(desk, f"/console/bases/notices/{number}/do/publish/")
    assert "来有迎声" in desk.get("/bases/FW-001/").content.decode()
    assert "来有迎声" in desk.get("/screen/FW-001/").content.decode()

    address = f"/console/bases/notices/{number}/"
    revised = {**fields, "words": "问有答声", "seen": "1", "reason": "补充"}
    assert "新一版已保存" in send(desk, address, **revised)
    stale = desk.post(address, revised)
    assert (stale.status_code, "刚被他人修改" in stale.content.decode()) == (422, True)
    bad = desk.post(address, {**revised, "seen": "2", "from_on": "31/12"})
    assert "“年-月-日”" in bad.content.decode()
    assert "问有答声" in desk.get("/screen/FW-001/").content.decode()
    assert "已撤回" in send(desk, f"{address}do/withdraw/", reason="过期")
    assert "问有答声" not in desk.get("/screen/FW-001/").content.decode()
    assert desk.post(f"{address}do/explode/").status_code == 404
    verbs = AuditEvent.objects.filter(target_type="venues.basenotice").values_list(
        "verb", flat=True
    )
    assert {verb.rpartition(".")[2] for verb in verbs} == {
        "draft",
        "publish",
        "revise",
        "withdraw",
    }


def test_readers_look_and_change_nothing(town, desk):
    grown = matrix(town, unit="AJ")
    hang(grown, town, Site.objects.get(code="FW-001"))
    number = notice(town).number
    town.user("chief", Role.COMMANDER, "AJ")
    desk.login(username="chief", password=PASSWORD)
    for address in (
        "/console/bases/",
        "/console/bases/tree/M/",
        "/console/bases/site/FW-001/",
        "/console/bases/standard/",
        "/console/bases/notices/",
        f"/console/bases/notices/{number}/",
    ):
        page = desk.get(address)
        assert page.status_code == 200, address
        assert 'method="post" action="/console/' not in page.content.decode(), address
    for address in (
        "/console/bases/",
        "/console/bases/standard/",
        "/console/bases/notices/",
        f"/console/bases/notices/{number}/",
        "/console/bases/tree/M/do/hang/",
        "/console/bases/site/FW-001/do/offer/",
    ):
        assert desk.post(address, {}).status_code == 404, address


def test_a_tree_costs_as_many_queries_with_twenty_bases_as_with_ten(
    town, desk, django_assert_max_num_queries, monkeypatch
):
    grown = matrix(town, unit="AJ")
    for number in range(10):
        hang(grown, town, site(town, f"P{number}"))
    desk.get("/console/bases/tree/M/")
    with django_assert_max_num_queries(24) as few:
        desk.get("/console/bases/tree/M/")
    for number in range(10, 20):
        hang(grown, town, site(town, f"P{number}"))
    with django_assert_max_num_queries(24) as many:
        desk.get("/console/bases/tree/M/")

    assert len(few) == len(many)
    monkeypatch.setattr(trees, "ROWS_A_LEVEL", 8)  # a level of thousands is read in pages
    last = desk.get("/console/bases/tree/M/?page=3").content.decode()
    assert [*re.findall(r'id="node-(P\d+)"', last)] == ["P6", "P7", "P8", "P9"]
    assert 'href="?page=2"' in last
