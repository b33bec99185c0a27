"""The books at the desk: from a figure to its entries to the record; points; donations."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from dianliang.domain.ledger import redeeming
from dianliang.domain.ledger.models import (
    Appeal,
    Award,
    Drive,
    Entry,
    Gift,
    Grant,
    Pairing,
    Redemption,
    Settlement,
)
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import today
from dianliang.kernel.actor import Role
from tests import hours, ledgers
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(town):
    return ledgers.Ledger(
        town.units["S1"],
        tuple(
            Person.objects.create(number=f"P{n}", name=f"队员{n}", unit=town.units["S1"])
            for n in range(3)
        ),
    )


def enter(town, name, role=Role.PARTY_AFFAIRS, unit="AJ", person=None):
    user = town.user(name, role, unit)
    if person is not None:
        Person.objects.filter(pk=person.pk).update(user=user)
    client = Client()
    client.login(username=name, password=PASSWORD)
    return client


def sheet(answer):
    return CalamineWorkbook.from_filelike(BytesIO(answer.content))


def test_a_figure_opens_its_entries_an_entry_its_record_and_its_rule(town, unit):
    made = ledgers.entered(unit)
    client = enter(town, "party")
    entry = Award.objects.filter(settlement=made, person=unit.people[0]).first().entry

    figures = client.get("/console/ledgers/?book=volunteer_points").content.decode()
    lines = client.get("/console/ledgers/volunteer_points/person/P0/").content.decode()
    one = client.get(f"/console/ledgers/entries/{entry.number}/").content.decode()
    record = client.get(f"/console/ledgers/records/visit/{entry.source_number}/").content.decode()

    assert "/console/ledgers/volunteer_points/person/P0/" in figures
    assert f"/console/ledgers/entries/{entry.number}/" in lines
    assert f"/console/ledgers/records/visit/{entry.source_number}/" in one
    assert "走访一户 第 1 版" in one
    assert entry.number in record


def test_a_period_is_cut_and_a_name_found(town, unit):
    ledgers.give(unit.people[0], 30, on=date(2026, 9, 3))
    ledgers.give(unit.people[1], 40, on=date(2026, 10, 3))
    client = enter(town, "party")

    page = client.get(
        "/console/ledgers/?book=volunteer_points&since=2026-09-01&until=2026-10-01&q=队员0"
    )

    (row,) = page.context["page"].rows
    assert (row.name, row.added, row.closing) == ("队员0", "30", "30")


def test_a_list_of_twenty_costs_as_many_queries_as_one_of_two(town, unit):
    client = enter(town, "party")

    def cost(people):
        for person in people:
            ledgers.give(person, 5)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get("/console/ledgers/?book=volunteer_points").status_code == 200
        return len(seen)

    few = cost(unit.people[:2])
    many = [Person.objects.create(number=f"M{n}", name=f"众{n}", unit=unit.unit) for n in range(20)]
    assert cost(many) == few


def test_nonsense_in_the_address_shows_the_page_or_nothing(town):
    client = enter(town, "party")

    for query in (
        "since=x",
        "page=-1",
        "page=99999",
        "by=all",
        "since=2026-10-01&until=2026-01-01",
    ):
        assert client.get(f"/console/ledgers/?{query}").status_code == 200, query
    assert client.get("/console/ledgers/?book=gold").status_code == 404
    assert client.get("/console/ledgers/volunteer_points/person/NOBODY/").status_code == 404


def test_balances_and_lines_are_downloaded_as_numbers(town, unit):
    ledgers.give(unit.people[0], 90, book="volunteer_hours")
    client = enter(town, "party")

    book = sheet(client.get("/console/ledgers/table.xlsx?book=volunteer_hours"))
    rows = book.get_sheet_by_name("余额").to_python()
    lines = sheet(
        client.get("/console/ledgers/volunteer_hours/person/P0/table.xlsx")
    ).get_sheet_by_name("分录")

    assert rows[1] == ["P0", "队员0", 0.0, 1.5, 0.0, 1.5]
    assert lines.to_python()[1][3:7] == [1.5, "小时", "走访", "V-1"]


def test_a_mistake_is_undone_with_a_reason_and_not_by_whom_it_concerns(town, unit):
    entry = ledgers.give(unit.people[0], 30)
    own = enter(town, "own", person=unit.people[0])
    client = enter(town, "party")
    address = f"/console/ledgers/entries/{entry.number}/reverse/"

    refused = own.post(address, {"because": "记错了"})
    assert refused.status_code == 422
    assert "不能冲正涉及本人账户的分录" in refused.content.decode()
    assert client.post(address, {"because": ""}).status_code == 422
    assert client.post(address, {"because": "记错了"}).status_code == 302

    assert Entry.objects.filter(reverses=entry).count() == 1
    assert "已冲正" in client.get(f"/console/ledgers/entries/{entry.number}/").content.decode()


def test_the_books_are_checked_on_a_page(town, unit):
    ledgers.give(unit.people[0], 30)

    page = enter(town, "auditor", Role.AUDITOR).post("/console/ledgers/check/")

    assert "全部一致" in page.content.decode()


def test_points_go_from_records_to_the_book_and_an_appeal_corrects_them(town, unit):
    """Two officers and a steward: rule, trial, settlement, notice, entry, appeal."""
    one, other, third = (enter(town, name) for name in ("one", "other", "third"))
    steward = enter(town, "steward", Role.STEWARD, "S1", person=unit.people[0])
    base = "/console/ledgers"
    one.post(f"{base}/rules/add/", {"book": "volunteer_points", "basis": "visit", "name": "走访"})
    first = today().replace(day=1) - timedelta(days=400)
    told = {"code": "R001", "points": "5", "per": "1", "from_on": f"{first}", "reason": "首版"}
    assert one.post(f"{base}/rules/draft/", told).status_code == 302
    code = {"code": "R001"}
    assert other.post(f"{base}/rules/decide/", {**code, "verb": "enact"}).status_code == 422
    days = {"since": f"{first}", "until": f"{today()}"}
    assert one.post(f"{base}/rules/trial/", {**code, **days}).status_code == 200
    assert one.post(f"{base}/rules/decide/", {**code, "verb": "enact"}).status_code == 422
    assert other.post(f"{base}/rules/decide/", {**code, "verb": "enact"}).status_code == 302

    made = ledgers.settlement(unit)
    at = f"{base}/points/{made.number}"
    assert other.post(f"{at}/do/approve/").status_code == 302
    assert one.post(f"{at}/do/show/").status_code == 302
    assert "公示期到" in one.post(f"{at}/do/enter/").content.decode()
    assert "队员0" in steward.get(f"{base}/notices/{made.number}/").content.decode()
    Settlement.objects.update(notice_until=made.made_at)
    assert one.post(f"{at}/do/enter/").status_code == 302

    award = Award.objects.filter(person=unit.people[0]).first()
    claim = {"award": award.pk, "wanted": "8", "words": "少计了一户"}
    stranger = enter(town, "stranger", Role.STEWARD, "S1", person=unit.people[1])
    assert stranger.post(f"{base}/mine/appeal/", claim).status_code == 422
    assert steward.post(f"{base}/mine/appeal/", claim).status_code == 302
    appeal = award.appeals.get()
    decision = {"verb": "uphold", "granted": "8", "because": "核对记录属实"}
    address = f"{base}/appeals/{appeal.number}/"
    assert other.post(address, decision).status_code == 422
    assert third.post(address, decision).status_code == 302

    assert "13 积分" in steward.get(f"{base}/mine/").content.decode()
    rows = sheet(one.get(f"{at}/table.xlsx")).get_sheet_by_name("明细").to_python()
    assert len(rows) == 7


def test_goods_are_stocked_handed_out_and_taken_back(town, unit):
    ledgers.give(unit.people[0], 60)
    client, base = enter(town, "party"), "/console/ledgers/exchange"
    client.post(f"{base}/price/", {"name": "保温杯", "measure": "个", "points": "25"})
    code = client.get(f"{base}/").context["page"].articles
    cup = next(one.code for one in code if one.name == "保温杯")
    stock = {"article": cup, "unit": "S1", "pieces": "2", "words": "采购", "on": "2026-11-20"}
    assert client.post(f"{base}/stock/", {**stock, "key": "k1" * 10}).status_code == 302
    wanted = {"person": "P0", "article": f"{cup}:25", "unit": "S1", "pieces": "2"}
    wanted |= {"key": "k2" * 10}
    stale = client.post(f"{base}/redeem/", {**wanted, "article": f"{cup}:20"})
    assert (stale.status_code, "刚改为 25" in stale.content.decode()) == (422, True)

    assert client.post(f"{base}/redeem/", wanted).status_code == 302
    assert client.post(f"{base}/redeem/", wanted).status_code == 302
    again = client.post(f"{base}/redeem/", {**wanted, "key": "k3" * 10})
    done = Redemption.objects.get()
    assert client.post(f"{base}/{done.number}/back/", {"because": "质量问题"}).status_code == 302

    assert "保温杯不足" in again.content.decode() or "志愿积分不足" in again.content.decode()
    shop = client.get(f"{base}/").context["page"]
    assert shop.redemptions[0].is_returned
    assert shop.people[0] == ("P0", "队员0", 60)


def test_a_drive_receives_and_another_approves_what_is_handed_out(town, unit):
    one, other, base = enter(town, "one"), enter(town, "other"), "/console/ledgers/donations"
    told = {"title": "清凉一夏", "purpose": "送清凉饮料", "unit": "S1", "opens_on": "2026-01-01"}
    one.post(f"{base}/", told)
    drive = Drive.objects.get()
    at = f"{base}/{drive.number}"
    gift = {"thing": "goods:cool_drink", "amount": "100", "kind": "unit", "name": "供销合作社"}
    gift |= {"shown_name": "合作社", "on": "2026-11-02", "key": "k" * 20, "people": "1"}
    assert one.post(f"{at}/receive/", gift).status_code == 422
    one.post(f"{at}/do/open/")
    assert one.post(f"{at}/receive/", gift).status_code == 302
    ask = {"thing": "goods:cool_drink", "amount": "60", "name": "环卫所", "people": "30"}
    ask |= {"shown_name": "环卫工人", "words": "高温慰问"}
    assert one.post(f"{at}/ask/", ask).status_code == 302
    grant = Grant.objects.get()

    refused = one.post(f"{at}/grants/{grant.number}/approve/")
    assert "申请人不能审批" in refused.content.decode()
    assert other.post(f"{at}/grants/{grant.number}/approve/").status_code == 302
    assert one.post(f"{at}/grants/{grant.number}/hand_out/").status_code == 302
    revealed = one.post(f"{at}/gifts/{Gift.objects.get().number}/reveal/", {"reason": "寄感谢信"})

    assert "供销合作社" in revealed.content.decode()
    page = Client().get(f"/donations/{drive.number}/").content.decode()
    assert "环卫工人" in page
    assert "40 瓶" in page
    assert "供销合作社" not in page
    book = sheet(one.get(f"{at}/table.xlsx"))
    assert book.get_sheet_by_name("合计").to_python()[1][:5] == [
        "清凉饮料",
        "100 瓶",
        "60 瓶",
        "0 瓶",
        "40 瓶",
    ]


def test_a_pairing_is_proposed_approved_linked_and_ended(town, unit):
    child = ledgers.child(unit, "赵星星")
    one, other = enter(town, "one"), enter(town, "other")
    base = "/console/ledgers/donations/pairings"
    told = {"child": child.number, "alias": "小树苗", "donor_kind": "person"}
    told |= {"donor_name": "陈爱心", "agreed": "每学期学习用品", "since": "2026-09-01"}
    assert one.post(f"{base}/", told).status_code == 422
    assert one.post(f"{base}/", {**told, "guardian_agreed_on": "2026-08-20"}).status_code == 302
    pairing = Pairing.objects.get()
    at = f"{base}/{pairing.number}"

    assert one.post(f"{at}/approve/").status_code == 422
    assert other.post(f"{at}/approve/").status_code == 302
    shown = one.post(f"{at}/link/").content.decode()
    link = re.search(r"testserver/pairings/([^/]+)/", shown)[1]
    seen = Client().get(f"/pairings/{link}/").content.decode()
    listed = one.get(f"{base}/").content.decode()
    assert one.post(f"{at}/end/", {"because": "随父母进城"}).status_code == 302

    assert "小树苗" in seen
    assert "赵星星" not in seen + listed + shown
    assert Client().get(f"/pairings/{link}/").status_code == 404


def test_the_points_of_a_large_county_can_be_appealed_too(town, unit):
    made = ledgers.settlement(unit)
    first = Award.objects.filter(settlement=made).order_by("pk").first()
    Award.objects.filter(pk=first.pk).update(id=123_456)
    Settlement.objects.filter(pk=made.pk).update(
        status="POSTED", shown_at=ledgers.NOON, notice_until=ledgers.NOON
    )
    form = {"award": "123456", "wanted": "9", "words": "少计了一户"}

    assert enter(town, "party").post("/console/ledgers/mine/appeal/", form).status_code == 302


def test_an_open_appeal_never_disappears_behind_decided_ones(town, unit):
    made = ledgers.entered(unit)
    first, second = Award.objects.filter(settlement=made).order_by("pk")[:2]
    kept = {"made_at": ledgers.NOON, "made_by": "x", "made_name": "x", "wanted": 9, "words": "少计"}
    done = {"status": "REJECTED", "decided_by": "y", "because": "属实", "decided_at": ledgers.NOON}
    Appeal.objects.create(number="SS-0000", award=first, **kept)
    Appeal.objects.bulk_create(
        Appeal(number=f"SS-1{n:03d}", award=second, **kept, **done) for n in range(210)
    )
    client = enter(town, "party")

    assert "SS-0000" in client.get("/console/ledgers/appeals/").content.decode()
    assert "SS-1000" in client.get("/console/ledgers/appeals/?page=4").content.decode()
    assert "1 件申诉待裁定" in client.get("/console/ledgers/points/").content.decode()


def test_what_another_room_entered_is_undone_there(town, unit):
    made = ledgers.entered(unit)
    points = Award.objects.filter(settlement=made).first().entry
    hours.published(town, hours.taken(town, "P0"))
    time = Entry.objects.get(source_kind="hours")
    client = enter(town, "party")

    for entry, words in ((points, "申诉"), (time, "服务时长")):
        address = f"/console/ledgers/entries/{entry.number}/"
        assert "reverse/" not in client.get(address).content.decode()
        answer = client.post(f"{address}reverse/", {"because": "记错了"})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not Entry.objects.filter(reverses__isnull=False).exists()


def test_hours_lead_to_their_record_and_nothing_is_called_by_its_code(town, unit):
    hours.published(town, hours.taken(town, "P0"))
    entry = Entry.objects.get(source_kind="hours")
    client = enter(town, "party")

    one = client.get(f"/console/ledgers/entries/{entry.number}/").content.decode()
    record = client.get(f"/console/ledgers/records/hours/{entry.source_number}/").content.decode()

    assert "签到核实" in one
    assert f"/console/hours/{entry.source_number}/" in record


def test_the_record_of_many_costs_as_many_queries_as_that_of_one(town, unit):
    client = enter(town, "party")
    ledgers.give(unit.people[0], 5)
    client.get("/console/ledgers/records/visit/V-1/")

    def cost():
        with CaptureQueriesContext(connection) as seen:
            client.get("/console/ledgers/records/visit/V-1/")
        return len(seen)

    one = cost()
    for person in unit.people:
        ledgers.give(person, 7)

    assert cost() == one


def test_a_workbook_of_donations_leaves_nothing_out(town, unit, monkeypatch):
    monkeypatch.setattr("dianliang.flows.ledgers.donation_rows.MOST_LINES", 1)
    call = ledgers.drive(unit)
    for n in range(3):
        ledgers.gift(call, 1_000, key=f"gift-{n}")

    book = sheet(enter(town, "party").get(f"/console/ledgers/donations/{call.number}/table.xlsx"))

    assert len(book.get_sheet_by_name("接收").to_python()) == 1 + 3


def test_a_workbook_of_goods_says_which(town, unit):
    goods = ledgers.article()
    redeeming.stock_up(
        article=goods,
        unit=unit.unit,
        pieces=3,
        words="采购",
        on=ledgers.TODAY,
        by=ledgers.officer(),
        at=ledgers.NOON,
        key="stock-1",
    )
    address = f"/console/ledgers/table.xlsx?book=goods&by=unit&article={goods.code}"

    told = sheet(enter(town, "party").get(address)).get_sheet_by_name("口径").to_python()

    assert "雨伞umbrella" in told[1][0]
    assert "把" in told[1][0]


def test_a_station_rules_no_points_and_no_prices_of_all_units(town, unit):
    """Rules and prices bind every unit; a station still registers goods that it was given."""
    goods, station = ledgers.article(), enter(town, "station", unit="S1")
    base, first = "/console/ledgers", f"{today()}"
    rule = {"code": "R001", "points": "5", "from_on": first, "reason": "首版"}
    enter(town, "party").post(
        f"{base}/rules/add/", {"book": "volunteer_points", "basis": "visit", "name": "走访"}
    )

    for path, told in (
        ("rules/add/", {"book": "volunteer_points", "basis": "visit", "name": "本站走访"}),
        ("rules/draft/", rule),
        ("rules/trial/", {"code": "R001", "since": "2026-01-01", "until": "2026-02-01"}),
        ("rules/decide/", {"code": "R001", "verb": "enact"}),
        ("exchange/price/", {"code": goods.code, "points": "1"}),
        ("exchange/price/", {"name": "茶杯", "points": "1"}),
    ):
        answer = station.post(f"{base}/{path}", told)
        assert (answer.status_code, "由总部修改" in answer.content.decode()) == (422, True), path
    assert "拟新版本" not in station.get(f"{base}/rules/").content.decode()
    assert station.post(f"{base}/exchange/price/", {"name": "茶杯"}).status_code == 302


def test_what_is_pressed_twice_is_there_once(town, unit):
    child, call = ledgers.child(unit, "赵星星"), ledgers.drive(unit)
    client, base = enter(town, "party"), "/console/ledgers"
    pair = {
        "child": child.number,
        "alias": "小树苗",
        "donor_kind": "person",
        "donor_name": "陈爱心",
    }
    pair |= {"agreed": "学习用品", "since": "2026-09-01", "guardian_agreed_on": "2026-08-20"}
    grant = {"thing": "money", "amount": "60", "name": "环卫所", "shown_name": "环卫工人"}
    drive = {"title": "清凉一夏", "purpose": "送清凉饮料", "unit": "S1", "opens_on": "2026-01-01"}
    rule = {"book": "volunteer_points", "basis": "visit", "name": "走访"}

    for path, told in (
        ("donations/", drive),
        (f"donations/{call.number}/ask/", {**grant, "words": "高温慰问"}),
        ("donations/pairings/", pair),
        ("rules/add/", rule),
    ):
        for _ in range(2):
            assert client.post(f"{base}/{path}", {**told, "key": "k" * 20}).status_code == 302, path

    assert (Drive.objects.count(), Grant.objects.count(), Pairing.objects.count()) == (2, 1, 1)
