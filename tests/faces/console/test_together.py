"""Areas, agreements, powers and the rebuilding of villages, as a station's dispatcher uses them."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dianliang.core.checks import InvalidRowsError
from dianliang.domain.directory.models import Agreement, Delegation, EnforcementCase
from dianliang.domain.renewal.models import Project, Step
from dianliang.domain.workforce.models import Charge, Person
from dianliang.faces.console import charge
from dianliang.faces.ui.requests import now, today
from dianliang.flows.charging import page as charging_page
from dianliang.flows.renewing import reading
from dianliang.kernel.actor import Role
from tests.browsing import upload
from tests.flows.charging.test_charging import excel, line
from tests.town import PASSWORD

DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def desk(client, town):
    Person.objects.create(number="P1", name="张一", unit=town.units["S1"])
    Person.objects.create(number="P2", name="王二", unit=town.units["S1"])
    town.user("station", Role.DISPATCHER, "S1")
    client.login(username="station", password=PASSWORD)
    return client


def page(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_areas_are_handed_over_from_the_tree_and_taken_back(desk, town):
    address = "/console/charge/hand-over/"
    form = {"cells": ["V1", "V2"], "kind": "manager", "reason": "年度调整"}
    now_, ahead = {"from_on": today()}, {"from_on": today() + 30 * DAY}
    assert "二者选一" in page(desk.post(address, {**form, **now_}), 422)
    assert "二者选一" in page(
        desk.post(address, {**form, **now_, "person": "P1", "nobody": "1"}), 422
    )
    assert "交接日期应为" in page(desk.post(address, {**form, "person": "P1", "from_on": "x"}), 422)
    done = page(desk.post(address, {**form, **now_, "person": "P1"}, follow=True))
    assert "已登记 2 个区域的交接" in done
    refused = page(desk.post(address, {**form, **now_, "person": "P2"}), 422)
    assert "请换一个日期" in refused
    assert re.search(r'value="V1" form="handover"[^>]* checked', refused)
    desk.post(address, {**form, **ahead, "person": "P2"})
    desk.post(address, {**form, "from_on": today() + 60 * DAY, "nobody": "1"})

    listed = page(desk.get("/console/charge/?view=ahead"))
    assert listed.count("撤回原因") == 12
    cell = page(desk.get("/console/charge/V1/"))
    assert "张一" in cell
    assert "将要交接" in cell
    later = page(desk.get(f"/console/charge/?on={today() + 61 * DAY}"))
    assert "回到今天" in later
    assert "空缺" in later
    which = f"/console/charge/V1/manager/{today() + 30 * DAY}/"
    assert "撤回原因" in page(desk.post(which), 422)
    page(desk.post("/console/charge/V1/manager/someday/", {"reason": "写错"}), 404)
    desk.post(which, {"reason": "写错"})
    assert Charge.objects.count() == 5


def test_who_leaves_opens_gaps_from_that_day(desk, town):
    hand = {"cells": ["V1"], "kind": "manager", "person": "P1", "reason": "任命"}
    desk.post("/console/charge/hand-over/", {**hand, "from_on": today() - 9 * DAY})
    form = {"leaving": "P1", "left_on": today() - DAY, "why": "退休"}
    for wrong, words in (
        ({"left_on": today() + DAY}, "不能晚于今天"),
        ({"leaving": "P9"}, "没有编号 P9"),
        ({"leaving": ""}, "离岗人的编号"),
        ({"why": ""}, "请填写离岗原因"),
    ):
        assert words in page(desk.post("/console/charge/leave/", {**form, **wrong}), 422)

    gaps = page(desk.post("/console/charge/leave/", form, follow=True))

    assert "张一已登记离岗，请安排交接" in gaps
    assert "已离岗" in gaps
    before = page(desk.get(f"/console/charge/?on={today() - 2 * DAY}"))
    assert "已离岗" not in before
    assert "没有编号 P1" in page(desk.post("/console/charge/leave/", form), 422)


def test_the_table_of_charges_goes_out_and_comes_back(desk, town):
    blank = desk.get("/console/charge/table.xlsx?which=blank")
    assert blank.content.startswith(b"PK")
    sent = SimpleUploadedFile("a.xlsx", excel(line("V1", "P1", today()), line("T1", "P2", today())))
    done = page(desk.post("/console/charge/upload/", {"table": sent}, follow=True))
    assert "已按表登记 2 次交接" in done
    now_ = desk.get("/console/charge/table.xlsx")
    back = SimpleUploadedFile("b.xlsx", now_.content)
    again = page(desk.post("/console/charge/upload/", {"table": back}, follow=True))
    assert "没有变化" in again
    wrong = SimpleUploadedFile("c.xlsx", excel(line("V3", "P1", today())))
    assert "第 2 行 A 列" in page(desk.post("/console/charge/upload/", {"table": wrong}), 422)
    assert "请先选择文件" in page(desk.post("/console/charge/upload/"), 422)


AGREEMENT = {
    "title": "天荒坪镇村网共建协议",
    "kind": "building",
    "scope": "共建服务点",
    "units": ["S1"],
    "areas": ["T1"],
    "valid_from": "2026-01-01",
    "valid_until": "",
    "remind_days": "90",
}


def test_an_agreement_is_written_signed_annexed_and_terminated(desk, town):
    assert "1 个乡镇没有生效的协议" in page(desk.get("/console/agreements/"))
    wrong = page(desk.post("/console/agreements/new/", {**AGREEMENT, "areas": []}), 422)
    assert "请选择至少一个乡镇或村" in wrong
    assert "共建服务点" in wrong
    desk.post("/console/agreements/new/", AGREEMENT)
    base = f"/console/agreements/{Agreement.objects.get().number}/"
    assert "签订生效" in page(desk.get(base))
    page(desk.post(f"{base}amend/", {**AGREEMENT, "valid_from": "x"}), 422)
    desk.post(f"{base}amend/", {**AGREEMENT, "title": "新名字的协议"})
    desk.post(f"{base}do/sign/", {"signed_on": today()})
    annex = SimpleUploadedFile("a.pdf", PDF)
    desk.post(f"{base}attach/", {"title": "扫描件", "annex": annex})
    token = Agreement.objects.get().annexes.get().file.token
    got = desk.get(f"{base}annexes/{token}/")
    assert (got["Content-Type"], got.content) == ("application/pdf", PDF)
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    page(desk.get(f"{base}annexes/other/"), 404)
    assert "长期有效的协议不用续签" in page(
        desk.post(f"{base}do/renew/", {"signed_on": today(), "forever": "1"}), 422
    )
    page(desk.post(f"{base}do/fly/"), 404)
    desk.post(f"{base}do/terminate/", {"ended_on": today(), "reason": "区划调整"})

    agreement = Agreement.objects.get()
    assert (agreement.title, agreement.status) == ("新名字的协议", "TERMINATED")
    assert "新名字的协议" in page(desk.get("/console/agreements/?view=over"))


def test_powers_are_delegated_used_and_taken_back(desk, town):
    form = {
        "area": "T1",
        "kinds": ["P01", "P02"],
        "measures": ["dissuade"],
        "authority": "县经信局",
        "document": "安经信〔2026〕1 号",
        "valid_from": "2026-01-01",
    }
    assert "措施" in page(desk.post("/console/powers/delegate/", {**form, "measures": []}), 422)
    done = page(desk.post("/console/powers/delegate/", form, follow=True))
    assert "已登记 2 项权限" in done
    assert "12 类事项，2 类已下放" in done
    base = f"/console/powers/{Delegation.objects.first().number}/"
    case = {
        "on": today(),
        "area": "V1",
        "place": "村口",
        "found": "线下堆放秸秆",
        "measure": "dissuade",
        "outcome": "corrected",
        "photos": [upload("a.jpg"), upload("b.jpg", 9)],
    }
    refused = page(desk.post(f"{base}cases/", {**case, "area": "V3", "photos": []}), 422)
    assert "超出授权地域" in refused
    assert "线下堆放秸秆" in refused
    case["photos"] = [upload("a.jpg"), upload("b.jpg", 9)]
    shown = page(desk.post(f"{base}cases/", case, follow=True))
    token = EnforcementCase.objects.get().photos.first().token
    assert token in shown
    assert desk.get(f"{base}photos/{token}/")["Content-Type"] == "image/jpeg"
    page(desk.get(f"{base}photos/none/"), 404)
    gone = {"revoked_on": today() + DAY, "reason": "文件废止"}
    assert f"{today() + DAY} 收回" in page(desk.post(f"{base}revoke/", gone, follow=True))
    page(desk.get("/console/powers/?since=never"))


def test_a_village_is_taken_in_planned_moved_and_measured(desk, town):
    take_in = "/console/renewal/take-in/"
    assert "批次" in page(desk.post(take_in, {"villages": ["V1"]}), 422)
    desk.post(
        take_in, {"villages": ["V1", "V2"], "batch": "第一批", "starts_on": today() - 40 * DAY}
    )
    board = page(desk.get("/console/renewal/"))
    assert "2 个延期" in board
    assert page(desk.get("/console/renewal/?q=余村&view=late")).count("延 25 天") == 1
    base = "/console/renewal/V1/"
    late = {"planned_on": today() + DAY, "party": "village", "responsible": "村委会"}
    assert "请选择延期原因" in page(desk.post(f"{base}survey/plan/", late), 422)
    desk.post(f"{base}survey/plan/", {**late, "cause": "civil", "words": "青苗未谈妥"})
    desk.post(f"{base}survey/begin/", {"on": today()})
    desk.post(f"{base}survey/finish/", {"on": today()})
    assert "日期" in page(desk.post(f"{base}design/begin/", {"on": ""}), 422)
    shown = page(desk.get(base))
    assert "青苗未谈妥" in shown
    assert "退回重做" in shown
    assert "应填不小于 0 的数字" in page(
        desk.post(f"{base}measure/", {"moment": "before", "value-old": "-3", "on": today()}), 422
    )
    desk.post(f"{base}measure/", {"moment": "before", "value-old": "41.5", "on": today()})
    assert "41.5" in page(desk.get(base))
    assert Step.objects.get(project__area__code="V1", stage__code="survey").status == "DONE"
    page(desk.post(f"{base}survey/fly/"), 404)
    page(desk.get("/console/renewal/V3/"), 404)


def test_the_workbook_of_villages_goes_out_and_comes_back(desk, town):
    content = desk.get("/console/renewal/table.xlsx?which=blank").content
    assert content.startswith(b"PK")
    with pytest.raises(InvalidRowsError, match="村编码 330523108204"):
        reading.read(content=content, by=town.actor("S1"), at=now())
    desk.post("/console/renewal/take-in/", {"villages": ["V1"], "batch": "第一批"})
    table = desk.get("/console/renewal/table.xlsx").content
    Project.objects.all().delete()
    sent = SimpleUploadedFile("a.xlsx", table)
    done = page(desk.post("/console/renewal/upload/", {"table": sent}, follow=True))
    assert "已按表更新 1 处" in done
    assert "请先选择文件" in page(desk.post("/console/renewal/upload/"), 422)
    bad = SimpleUploadedFile("a.xlsx", b"nonsense")
    assert "不是 Excel 文件" in page(desk.post("/console/renewal/upload/", {"table": bad}), 422)


def test_of_many_areas_one_township_is_unfolded_and_gaps_come_in_pages(desk, town, monkeypatch):
    box = 'name="cells" value="V1"'
    assert box in page(desk.get("/console/charge/"))
    monkeypatch.setattr(charging_page, "MOST_OPEN", 2)
    monkeypatch.setattr(charge, "GAPS_A_PAGE", 2)

    folded = page(desk.get("/console/charge/"))
    assert box not in folded
    assert 'name="towns" value="T1"' in folded
    assert "town=T1#town-T1" in folded
    unfolded = page(desk.get("/console/charge/?town=T1"))
    assert box in unfolded
    assert 'hand-over/?view=tree&town=T1"' in unfolded
    gaps = [page(desk.get(f"/console/charge/?view=gaps&page={n}")) for n in (1, 2, "x")]
    assert [box in each for each in gaps] == [True, False, True]
    assert "page=2" in gaps[0]
    wrong = {"cells": "V1", "kind": "manager", "from_on": f"{today()}", "reason": "年度"}
    again = page(desk.post("/console/charge/hand-over/?view=tree&town=T1", wrong), 422)
    assert re.search(rf'{box} form="handover"[^>]* checked', again)
    answer = desk.post("/console/charge/hand-over/?view=tree&town=T1", {**wrong, "nobody": "1"})
    assert answer["Location"] == "/console/charge/?town=T1"
