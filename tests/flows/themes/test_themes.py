"""Themes on records of every room: rules tried and applied, tables and reports counted."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from dianliang.core import jobs
from dianliang.core.models import AuditEvent
from dianliang.domain.branches.models import Alliance, Secondment, SecondmentKind
from dianliang.domain.brands.models import Brand
from dianliang.domain.catalog.theme_models import Theme, ThemeMark
from dianliang.domain.honours.models import MediaReport
from dianliang.domain.honours.operations.nominating import Subject
from dianliang.domain.honours.operations.register import Entry, enter, revoke
from dianliang.domain.policies.models import PolicyList
from dianliang.domain.programs.models import Activity, Participation
from dianliang.domain.rosters.models import Roster
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person
from dianliang.faces.console.addresses import record_address
from dianliang.flows.themes import applying, files, kinds, marking, tables
from dianliang.flows.themes.report import report
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.partyworld import Party
from tests.town import NOON, TODAY

DAY = timedelta(days=1)
YEAR = {"since": TODAY - 300 * DAY, "until": TODAY}


@pytest.fixture
def party(town):
    return Party(town, NOON)


def activity(town, title, *, unit="S1", days=5, people=2, venue=None):
    team = town.teams.get(unit) or town.team(unit, unit)
    number = f"XD-{Activity.objects.count() + 1:03d}"
    started = NOON - days * DAY
    row = Activity.objects.create(
        number=number,
        title=title,
        team=team,
        area=Area.objects.get(code="V1"),
        site=venue,
        started_at=started,
        ended_at=started + timedelta(hours=2),
        served_people=10,
        recorded_by="x",
    )
    members = Person.objects.filter(memberships__team=team)[:people]
    Participation.objects.bulk_create(Participation(activity=row, person=p) for p in members)
    return row


def mark(party, number, *codes, kind="activity", by=None):
    return marking.mark(kind=kind, number=number, codes=codes, by=by or party.clerk(), at=NOON)


def cross(party, rows="WW5", columns="ZJ5", figure=tables.RECORDS, by=None, **period):
    asked = tables.Asked(rows=rows, columns=columns, figure=figure, **{**YEAR, **period})
    return tables.cross(asked=asked, by=by or party.clerk())


@pytest.mark.row("003-06")
@pytest.mark.row("004-24")
def test_a_two_way_table_counts_records_and_each_cell_opens_them(party):
    town = party.town
    both = activity(town, "敬老院用电检查")
    activity(town, "没有主题")
    old = activity(town, "去年的", days=320)
    other = activity(town, "进校园", unit="S2")
    mark(party, both.number, "WW5-1", "WW5-3", "ZJ5-1")
    mark(party, old.number, "WW5-1", "ZJ5-1")
    mark(party, other.number, "WW5-2", "ZJ5-4")

    table = cross(party)
    cells = {
        (line.place.key, column.key): cell.value
        for line in table.lines
        for column, cell in zip(table.columns, line.cells, strict=True)
        if cell.records
    }
    assert cells == {("WW5-1", "ZJ5-1"): 1, ("WW5-3", "ZJ5-1"): 1, ("WW5-2", "ZJ5-4"): 1}
    assert [c.value for c in table.bottom] == [1, 0, 0, 1, 0]
    assert (table.whole.value, len(table.lines)) == (2, 5)
    assert cross(party, figure="activity.person_times").whole.value == 4
    assert cross(party, by=party.clerk("S2")).whole.value == 1
    listed = tables.behind(
        chosen=tables.Chosen(theme="WW5-1", also="ZJ5-1", **YEAR), by=party.clerk()
    )
    assert [row.number for row in listed] == [both.number]
    months = cross(party, columns="month", since=TODAY - 60 * DAY)
    assert [(c.key, cell.value) for c, cell in zip(months.columns, months.bottom, strict=True)] == [
        ("2026-09", 0),
        ("2026-10", 0),
        ("2026-11", 2),
    ]
    units = cross(party, rows="unit", columns="WW5")
    assert {line.place.key: line.whole.value for line in units.lines} == {"S1": 1, "S2": 1}


@given(
    st.lists(
        st.tuples(st.sets(st.integers(1, 3), max_size=3), st.sets(st.integers(1, 6), max_size=3)),
        max_size=6,
    )
)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_carries_what_every_sum_of_a_table_is_the_length_of_its_list(party, carried):
    """三巡 × 六进: cells, sums and the whole agree with the records that they open."""
    ThemeMark.objects.all().delete()
    Activity.objects.all().delete()
    for tours, places in carried:
        row = activity(party.town, "活动", people=0)
        codes = [f"XU3-{n}" for n in tours] + [f"JI6-{n}" for n in places]
        if codes:
            mark(party, row.number, *codes)
    table = cross(party, "XU3", "JI6", "activity")

    def behind(theme, also):
        chosen = tables.Chosen(theme=theme, also=also, figure="activity", **YEAR)
        return len(tables.behind(chosen=chosen, by=party.clerk()))

    assert table.whole.value == sum(bool(a) and bool(b) for a, b in carried)
    assert table.whole.value == behind("XU3*", "JI6*")
    for line in table.lines:
        assert line.whole.value == behind(line.place.key, "JI6*")
        for column, cell in zip(table.columns, line.cells, strict=True):
            assert cell.value == behind(line.place.key, column.key)


def test_a_table_that_makes_no_sense_is_refused_in_words(party):
    for asked, words in (
        ({"rows": "WW5", "columns": "WW5"}, "不同的内容"),
        ({"rows": "unit", "columns": "month"}, "至少有一边是主题"),
        ({"figure": "nothing"}, "请选择要统计的内容"),
        ({"since": TODAY - 500 * DAY}, "最长 400 天"),
    ):
        with pytest.raises(InvalidInputError, match=words):
            cross(party, **asked)
    with pytest.raises(NotVisibleError):
        cross(party, rows="no such")


def test_a_rule_is_tried_without_writing_then_marks_what_fits_and_spares_what_was_taken_off(party):
    town = party.town
    village = Site.objects.get(code="FW-001")
    first, second = activity(town, "政策宣讲"), activity(town, "茶厂用电宣讲", venue=village)
    mark(party, first.number, "GC5-1")
    marking.unmark(kind="activity", number=first.number, code="GC5-1", by=party.clerk(), at=NOON)
    rule = {"code": "GC5-1", "kind": "activity", "attribute": "words", "value": "宣讲"}
    how = {"by": party.clerk(), "at": NOON}

    trial = marking.try_rule(**rule, **how)
    assert (trial.fitting, trial.carrying, trial.taken_off, trial.fresh) == (2, 0, 1, 1)
    assert [row.number for row in trial.samples] == [second.number]
    assert not ThemeMark.objects.filter(is_active=True).exists()
    marking.add_rule(**rule, **how)
    marking.add_rule(code="ZJ5-2", kind="activity", attribute="venue", value="village", **how)
    assert marking.apply_rules(**how) == 2
    assert marking.apply_rules(**how) == 0

    part = marking.part(kind="activity", number=second.number, by=party.clerk(), on=TODAY)
    assert [(c.code, c.is_by_rule) for c in part.carried] == [("GC5-1", True), ("ZJ5-2", True)]
    rows = marking.rules(on=TODAY)
    assert {row.theme_name: row.marks for row in rows} == {"政策理论宣讲工程": 1, "走进乡村": 1}
    with pytest.raises(InvalidInputError, match="可以按：服务事项"):
        marking.try_rule(**{**rule, "attribute": "mode"}, **how)


def test_the_clock_applies_the_rules_once_an_hour(party):
    how = {"by": party.clerk(), "at": NOON}
    applying.order_if_due(at=NOON)
    assert not jobs.run_next(owner="test", clock=lambda: NOON)
    marking.add_rule(code="GC5-1", kind="activity", attribute="words", value="宣讲", **how)
    activity(party.town, "政策宣讲")
    applying.order_if_due(at=NOON)
    applying.order_if_due(at=NOON + timedelta(minutes=5))

    assert jobs.run_next(owner="test", clock=lambda: NOON)
    assert not jobs.run_next(owner="test", clock=lambda: NOON)
    assert ThemeMark.objects.get().marked_by == "系统"


def test_only_the_company_keeps_trees_and_rules_and_only_who_sees_a_record_marks_it(party):
    need = party.town.post("余村村没电了", area_code="V1", service_code="PWR-OUTAGE")
    station, beside = party.clerk("S1"), party.clerk("S2")
    with pytest.raises(InvalidInputError, match="由公司党建部门维护"):
        marking.end(code="GC5", on=TODAY, reason="不用了", by=station, at=NOON)
    with pytest.raises(NotVisibleError):
        mark(party, need.number, "GC5-5", kind="need", by=beside)
    commander = party.town.actor("S1", Role.COMMANDER)
    with pytest.raises(InvalidInputError, match="只能查看"):
        mark(party, need.number, "GC5-5", kind="need", by=commander)
    mark(party, need.number, "GC5-5", kind="need", by=party.town.actor("S1"))
    assert marking.part(kind="need", number=need.number, by=commander, on=TODAY).carried
    for kind, number in (("need", "XQ-0"), ("nothing", need.number), ("need", "a\0b")):
        with pytest.raises(NotVisibleError):
            marking.part(kind=kind, number=number, by=station, on=TODAY)


def test_every_kind_of_records_can_be_listed_counted_and_chosen_by_its_attributes(party):
    for kind in kinds.KINDS:
        rows = kinds.in_period(kind, kind.visible(party.clerk()), since=TODAY, until=TODAY)
        assert list(kinds.records(kind, rows)) == []
        for attribute in kind.attributes:
            assert kind.whole().filter(**{attribute.lookup: "x"}).count() == 0
        assert kind.visible(party.town.actor("S1", Role.STEWARD)).count() == 0


def test_an_honour_and_a_policy_carry_a_programme_and_are_counted_in_it(party):
    by = party.clerk()
    subject = Subject(held_by=party.town.units["S1"])
    entry = Entry(
        title="文明单位", level="city", issuer="市文明办", on=TODAY, holder="unit", subject=subject
    )
    honour = enter(entry=entry, by=by, at=NOON)
    PolicyList.objects.create(
        number="ZC-1",
        title="保供十二条",
        short_name="十二条",
        unit=party.town.units["AJ"],
        source="省公司",
        issued_on=TODAY,
        created_by="x",
        created_at=NOON,
    )
    mark(party, honour.number, "GC5-4", kind="honour")
    mark(party, "ZC-1", "GC5-4", kind="policy")

    found = report(code="GC5", **YEAR, by=by)
    assert [(f.code, c.value) for f, c in zip(found.columns, found.whole.cells, strict=True)] == [
        ("policy", 1),
        ("honour", 1),
    ]
    revoke(honour=honour, reason="弄虚作假", by=by, at=NOON)
    assert [f.code for f in report(code="GC5", **YEAR, by=by).columns] == ["policy"]


def test_what_shows_how_branches_stand_carries_a_programme_and_each_figure_opens_it(party):
    by, unit = party.clerk(), party.town.units["S1"]
    branch = party.branch("B1", "S1")
    written = {"created_by": "x", "created_at": NOON}
    theme = Theme.objects.create(code="PP-1", name="电亮夕阳", path="/PP-1/")
    Brand.objects.create(
        number="PP-1",
        name="电亮夕阳",
        kind="product",
        unit=unit,
        since=TODAY,
        theme=theme,
        **written,
    )
    alliance = {"title": "同心联盟", "branch": branch, "theme_words": "结亲"}
    Alliance.objects.create(number="LM-1", starts_on=TODAY, **alliance, **written)
    Secondment.objects.create(
        number="GZ-1",
        kind=SecondmentKind.objects.all()[0],
        person=party.person("李挂职", "S1"),
        from_unit=unit,
        branch=branch,
        post="委员",
        from_on=TODAY,
        until_on=TODAY + 90 * DAY,
        **written,
    )
    report_of = {"outlet": "日报", "level": "city", "title": "夜送光明", "on": TODAY}
    MediaReport.objects.create(number="BD-1", unit=unit, **report_of, **written)
    times = {"starts_at": NOON, "ends_at": NOON + DAY / 3}
    Roster.objects.create(
        number="ZB-1", title="值守", purpose="watch", unit=unit, **times, **written
    )
    shown = {
        "brand": "PP-1",
        "alliance": "LM-1",
        "secondment": "GZ-1",
        "media": "BD-1",
        "roster": "ZB-1",
    }
    for kind, number in shown.items():
        mark(party, number, "GC5-4", kind=kind)

    found = report(code="GC5", **YEAR, by=by)
    assert [(f.code, c.value) for f, c in zip(found.columns, found.whole.cells, strict=True)] == [
        (kind, 1) for kind in shown
    ]
    for kind, number in shown.items():
        part = marking.part(kind=kind, number=number, by=by, on=TODAY)
        assert [theme.code for theme in part.carried] == ["GC5-4"]
        assert record_address(kind, number, by=by)
        assert "李挂职" not in part.record.title
    Alliance.objects.update(status="STOPPED")
    assert "alliance" not in {f.code for f in report(code="GC5", **YEAR, by=by).columns}


@pytest.mark.row("001-11")
def test_the_five_programme_report_is_counted_and_printed_with_where_its_records_are(party):
    town = party.town
    row = activity(town, "政策宣讲", days=3)
    mark(party, row.number, "GC5-1", "GC5-5")
    held = party.meeting()
    mark(party, held.number, "GC5-4", kind="meeting")
    pairing = party.pairing(party.branch("B1", "S1"))
    mark(party, pairing.number, "GC5-4", kind="pairing")
    by, at = party.clerk(), datetime(2026, 11, 24, 5, 0, tzinfo=UTC)

    found = report(code="GC5", **YEAR, by=by)
    assert [
        (f.code, cell.value) for f, cell in zip(found.columns, found.whole.cells, strict=True)
    ] == [
        ("activity", 1),
        ("activity.person_times", 2),
        ("activity.served", 10),
        ("meeting", 1),
        ("pairing", 1),
    ]
    assert [line.records for line in found.lines] == [1, 0, 0, 2, 1]

    def address(theme, figure):
        return f"https://example.test/records/?theme={theme}&figure={figure}"

    made = {
        kind: files.printed(found, kind=kind, address=address, by=by, at=at)
        for kind in ("xlsx", "docx", "pdf")
    }
    book = load_workbook(BytesIO(made["xlsx"].content))
    assert book.sheetnames == ["报告", "来源", "记录", "口径"]
    sources = [[cell.value for cell in line] for line in book["来源"].iter_rows(min_row=2)]
    wanted = ["政策理论宣讲工程", "参与", 2, "人次", 1]
    assert [*wanted, address("GC5-1", "activity.person_times")] in sources
    assert book["记录"].max_row == 4
    paper = Document(BytesIO(made["docx"].content))
    words = "".join(cell.text for t in paper.tables for r in t.rows for cell in r.cells)
    assert address("GC5-4", "meeting") in words
    pages = PdfReader(BytesIO(made["pdf"].content)).pages
    opens = {
        address(line.code, figure.code)
        for line in (*found.lines, found.whole)
        for figure, cell in zip(found.columns, line.cells, strict=True)
        if cell.records
    }
    figures = [cell for line in book["报告"].iter_rows(min_row=2, min_col=2) for cell in line]
    linked = [cell for cell in figures if cell.hyperlink]
    assert all(isinstance(cell.value, int) for cell in linked)
    assert {cell.hyperlink.target for cell in linked} == opens
    assert {to.target_ref for to in paper.part.rels.values() if to.is_external} == opens
    marks = [mark.get_object() for page in pages for mark in page.get("/Annots", ())]
    assert {mark["/A"]["/URI"] for mark in marks} == opens
    printed = "".join(page.extract_text() for page in pages)
    assert "五大工程工作报告" in printed
    assert "theme=GC5-1" in printed.replace("\n", "")
    assert made["pdf"].name == f"五大工程-{YEAR['since']}-{TODAY}.pdf"
    assert AuditEvent.objects.filter(verb="catalog.theme.report").count() == 3
    with pytest.raises(NotVisibleError):
        files.printed(found, kind="exe", address=address, by=by, at=at)
