"""The page of who answers for what, hand-overs of many areas, and the Excel table."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from dianliang.core.checks import InvalidRowsError
from dianliang.core.models import AuditEvent
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Charge, Membership, Person
from dianliang.flows import importing
from dianliang.flows.charging import handing, sheets
from dianliang.flows.charging import page as flow
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.town import NOON, TODAY

DAY = timedelta(days=1)
HEADINGS = ("区域编码", "区域名称", "级别", "责任类别", "人员编号", "姓名", "起始日期", "原因")


@pytest.fixture
def staff(town):
    return {
        number: Person.objects.create(number=number, name=name, unit=town.units[unit])
        for number, name, unit in (
            ("P1", "张一", "S1"),
            ("P2", "王二", "S1"),
            ("P3", "李三", "S2"),
            ("P4", "赵四", "AJ"),
        )
    }


def hand(town, codes, number, on=TODAY, *, unit="S1", kind="manager"):
    meant = codes if isinstance(codes, handing.Meant) else handing.Meant(codes=codes)
    return handing.hand_over(
        meant=meant,
        kind_code=kind,
        person_number=number,
        from_on=on,
        reason="年度调整",
        by=town.actor(unit),
        at=NOON,
    )


@pytest.mark.row("000-20")
@pytest.mark.row("001-02")
def test_the_tree_lists_every_gap_until_each_cell_has_its_own_person(town, staff):
    station = town.actor("S1")
    page = flow.page(by=station, on=TODAY)
    assert (page.cells, page.due, page.missing) == (3, 5, 5)

    hand(town, ["T1", "V1", "V2"], "P1")
    hand(town, ["V1"], "P2", kind="liaison")
    page = flow.page(by=station, on=TODAY)

    assert page.missing == 1
    (gap,) = page.gaps
    assert (gap.code, [h.kind_code for h in gap.gaps]) == ("V2", ["liaison"])
    (town_of,) = page.towns
    assert (town_of.head.code, [row.code for row in town_of.rows]) == ("T1", ["V1", "V2"])
    assert flow.page(by=station, on=TODAY - DAY).missing == 5


@pytest.mark.row("003-09")
def test_the_company_keeps_four_levels_from_the_city_to_the_village(town, staff):
    city = Area.objects.create(code="CITY", name="湖州市", level="city", path="/CITY/")
    for area in Area.objects.exclude(pk=city.pk):
        area.path = f"/CITY{area.path}"
        area.parent = area.parent or city
        area.save()
    town.areas["C"].refresh_from_db()

    levels = [row.level for t in flow.page(by=town.actor("AJ"), on=TODAY).towns for row in [t.head]]
    hand(town, ["CITY", "C"], "P4", unit="AJ")

    assert levels == ["city", "county", "township", "township"]
    page = flow.page(by=town.actor("AJ"), on=TODAY)
    assert [h.person_name for h in page.towns[0].head.shown] == ["赵四"]
    assert "CITY" not in {t.head.code for t in flow.page(by=town.actor("S1"), on=TODAY).towns}


def test_one_person_with_too_many_cells_and_a_person_of_another_unit_are_told(town, staff):
    from dianliang.domain.workforce.models import ChargeKind

    ChargeKind.objects.filter(code="manager").update(most_cells=2)
    hand(town, ["T1", "V1", "V2"], "P1", unit="AJ")
    hand(town, ["V3"], "P1", unit="AJ")
    hand(town, ["T2"], "P3", unit="AJ")

    page = flow.page(by=town.actor("AJ"), on=TODAY)

    (load,) = page.loads
    assert (load.number, load.cells, load.most) == ("P1", 4, 2)
    (foreign,) = page.foreign
    assert (foreign.row.code, foreign.serving_name) == ("V3", "梅溪供电所")

    gone = {"person_number": "P1", "on": TODAY, "reason": "退休"}
    one, team = Person.objects.get(number="P1"), town.team("D1", "S1")
    Membership.objects.create(team=team, person=one, valid_from=TODAY - DAY)
    Membership.objects.create(team=town.team("D2", "S1"), person=one, valid_from=TODAY + DAY)
    handing.leave_office(**gone, by=town.actor("AJ"), at=NOON)
    left = Membership.objects.filter(person=one).values_list("team__code", "valid_until")
    assert [*left] == [("D1", TODAY)]
    page = flow.page(by=town.actor("AJ"), on=TODAY)
    assert (page.loads, page.foreign) == ((), ())


def test_many_areas_change_hands_together_or_not_at_all(town, staff):
    hand(town, ["V1"], "P1")

    with pytest.raises(InvalidInputError, match="不用交接"):
        hand(town, ["V1", "V2"], "P1", TODAY + DAY)
    with pytest.raises(InvalidInputError, match="V3：不在您的区域内"):
        hand(town, ["V2", "V3"], "P1")
    for codes, number, kind in (([], "P1", "manager"), (["V1"], "P3", "manager"), (["V1"], "", "")):
        with pytest.raises(InvalidInputError):
            hand(town, codes, number, kind=kind)

    assert Charge.objects.count() == 1


def test_a_hand_over_to_come_is_taken_back_by_its_own_station_only(town, staff):
    hand(town, ["V1"], "P1", TODAY + DAY)
    which = {"code": "V1", "kind_code": "manager", "from_on": TODAY + DAY, "reason": "写错"}

    with pytest.raises(NotVisibleError):
        handing.take_back(**which, by=town.actor("S2"), at=NOON)
    with pytest.raises(NotVisibleError):
        handing.take_back(**{**which, "from_on": TODAY}, by=town.actor("S1"), at=NOON)
    handing.take_back(**which, by=town.actor("S1"), at=NOON)

    assert not Charge.objects.exists()


def test_a_whole_township_or_everything_of_one_person_changes_hands_at_once(town, staff):
    assert hand(town, handing.Meant(towns=["T1"]), "P1") == 2
    assert hand(town, ["T1"], "P1") == 1
    hand(town, ["V2"], "P2", TODAY + 5 * DAY)

    with pytest.raises(InvalidInputError, match="没有区域由 P4"):
        hand(town, handing.Meant(of_person="P4"), "P2")
    assert hand(town, handing.Meant(of_person="P1"), "P2", TODAY + 10 * DAY) == 2

    page = flow.page(by=town.actor("S1"), on=TODAY + 10 * DAY)
    rows = [row for t in page.towns for row in (t.head, *t.rows)]
    names = {row.code: row.holders[0].person_name for row in rows}
    assert names == {"T1": "王二", "V1": "王二", "V2": "王二"}


def test_a_cell_tells_everybody_who_answered_for_it(town, staff):
    hand(town, ["V1"], "P1", TODAY - 90 * DAY)
    hand(town, ["V1"], "", TODAY - 9 * DAY)
    hand(town, ["V1"], "P2", TODAY + 9 * DAY)

    file = flow.cell_file(code="V1", by=town.actor("S1"), on=TODAY)

    told = [(p.person_name, p.until, p.is_ahead) for p in file.periods]
    assert told == [
        ("王二", None, True),
        ("", TODAY + 9 * DAY, False),
        ("张一", TODAY - 9 * DAY, False),
    ]
    with pytest.raises(NotVisibleError):
        flow.cell_file(code="V1", by=town.actor("S2"), on=TODAY)


def test_twenty_more_villages_cost_no_more_queries(town, staff):
    hand(town, ["T1", "V1", "V2"], "P1")

    def cost():
        flow.page(by=town.actor("S1"), on=TODAY)  # units and areas are kept in memory from here
        with CaptureQueriesContext(connection) as made:
            flow.page(by=town.actor("S1"), on=TODAY)
        return len(made)

    few = cost()
    parent = town.areas["T1"]
    for n in range(20):
        area = Area.objects.create(
            code=f"N{n}",
            name=f"新{n}村",
            level="village",
            parent=parent,
            path=f"{parent.path}N{n}/",
        )
        Charge.objects.create(
            area=area,
            kind_id=Charge.objects.first().kind_id,
            from_on=TODAY,
            person=staff["P2"],
            reason="x",
            decided_at=NOON,
            decided_by="x",
        )

    assert cost() == few


def excel(*rows, headings=HEADINGS):
    book = Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def line(code, number, on=TODAY, kind="客户经理", name=""):
    return (code, "", "", kind, number, name, f"{on}", "")


def test_a_table_is_read_back_as_it_was_written(town, staff):
    hand(town, ["V1", "V2"], "P1", TODAY - 30 * DAY)
    hand(town, ["V1"], "P2", TODAY + 30 * DAY)
    by = town.actor("S1")

    content = sheets.filled(by=by, on=TODAY, at=NOON)

    rows = list(load_workbook(BytesIO(content)).active.values)
    assert [row[0] for row in rows] == ["区域编码", "V1", "V1", "V2"]
    assert sheets.read(content=content, by=by, at=NOON) == 0
    assert sheets.read(content=excel(line("T1", "P2")), by=by, at=NOON) == 1
    assert AuditEvent.objects.filter(verb="workforce.charge.export").count() == 1


def test_a_table_is_read_back_though_somebody_has_left_or_is_of_another_unit(town, staff):
    hand(town, ["V1"], "P1", TODAY - 30 * DAY)
    hand(town, ["V2"], "P4", TODAY - 30 * DAY, unit="AJ")
    by, left_on = town.actor("S1"), TODAY - DAY
    handing.leave_office(person_number="P1", on=left_on, reason="退休", by=by, at=NOON)

    content = sheets.filled(by=by, on=TODAY, at=NOON)

    assert sheets.read(content=content, by=by, at=NOON) == 0
    for number in ("P1", "P4"):
        with pytest.raises(InvalidRowsError, match=f"没有编号 {number}"):
            sheets.read(content=excel(line("T1", number)), by=by, at=NOON)


def test_every_wrong_row_is_told_and_nothing_is_written(town, staff):
    hand(town, ["V2"], "P1")
    content = excel(
        line("V1", "P1"),
        line("V9", "P1"),
        line("V1", "P3"),
        line("V1", "P2", kind="所长"),
        line("V1", "P2", name="张一"),
        ("V1", "", "", "客户经理", "P1", "", "明天", ""),
        line("V1", "P2"),
    )
    with pytest.raises(InvalidRowsError) as refusal:
        sheets.read(content=content, by=town.actor("S1"), at=NOON)

    told = "\n".join(refusal.value.rows)
    for words in (
        "第 3 行 A 列：区域编码 V9",
        "第 4 行 E 列：本单位在岗人员中没有编号 P3",
        "第 5 行 D 列",
        "第 6 行 E 列：编号 P2 是王二",
        "第 7 行 G 列",
        "第 8 行 A 列：与第 2 行是同一区域",
    ):
        assert words in told
    with pytest.raises(InvalidRowsError, match="不用交接"):
        sheets.read(
            content=excel(line("V1", "P1"), line("V2", "P1", TODAY + DAY)),
            by=town.actor("S1"),
            at=NOON,
        )
    assert Charge.objects.count() == 1


def test_the_blank_table_offers_the_kinds_in_use(town):
    book = load_workbook(BytesIO(sheets.blank()))

    (rule,) = book["填写"].data_validations.dataValidation
    assert rule.formula1 == '"客户经理,联络员,网格员"'


def test_the_command_that_sets_up_a_county_takes_the_table_too(town, staff):
    content = excel(line("V1", "P1"), line("V3", "P3"))

    tried = importing.import_county(charges=content, by=SYSTEM, at=NOON, only_check=True)
    assert (tried.charges, Charge.objects.count()) == (2, 0)
    assert importing.import_county(charges=content, by=SYSTEM, at=NOON).charges == 2
    assert Charge.objects.count() == 2


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_page_of_any_day_answers(town, staff, day):
    hand(town, ["V1"], "P1")
    assert flow.page(by=town.actor("S1"), on=day).cells == 3


def test_the_first_table_reaches_back_as_far_as_paper_does_and_the_page_does_not(town, staff):
    by = town.actor("S1")
    old = line("V1", "P1", date(2012, 3, 1))
    with pytest.raises(InvalidInputError, match="不能补记"):
        hand(town, ["V1"], "P1", date(2012, 3, 1))
    with pytest.raises(InvalidRowsError, match="请核对"):
        sheets.read(content=excel(line("V1", "P1", date(1999, 12, 31))), by=by, at=NOON)

    assert sheets.read(content=excel(old), by=by, at=NOON) == 1


def test_of_many_areas_only_the_tops_and_one_township_are_drawn(town, staff, monkeypatch):
    page = flow.page(by=town.actor("AJ"), on=TODAY)
    assert {row.code for row in page.unfolded("")} == {"C", "T1", "T2", "V1", "V2", "V3"}
    monkeypatch.setattr(flow, "MOST_OPEN", 5)
    assert {row.code for row in page.unfolded("")} == {"C", "T1", "T2"}
    assert {row.code for row in page.unfolded("T2")} == {"C", "T1", "T2", "V3"}
