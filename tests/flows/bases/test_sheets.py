"""A matrix from Excel: all or nothing, each error by its row, circles wherever they close."""

from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from dianliang.core.checks import InvalidRowsError
from dianliang.core.models import AuditEvent
from dianliang.core.sheets import UnreadableSheetError
from dianliang.domain.venues import keepers, opening
from dianliang.domain.venues.models import Matrix, Node, Site
from dianliang.domain.workforce.models import Person
from dianliang.flows.bases import sheets
from dianliang.flows.bases.sheet_rows import NAMES
from dianliang.kernel.errors import NotVisibleError, StaleStateError
from tests.english import left_in_chinese
from tests.flows.bases.things import PARTY, hang, matrix, nodes, site
from tests.town import NOON, TODAY


def book(*rows, headings=NAMES):
    out = BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet()
    for line, row in enumerate((headings, *rows)):
        sheet.write_row(line, 0, row)
    made.close()
    return out.getvalue()


def row(code, parent="", *, kind="文明实践点", **more):
    """One line of the table: a base, or a heading where the kind is empty."""
    base = {"区域编码": "V1", "单位编码": "S1", "地址": "村口"} if kind else {}
    cells = {"编码": code, "名称": f"{code}点", "上级编码": parent, "类别": kind, **base, **more}
    return [cells.get(name, "") for name in NAMES]


@pytest.fixture
def grown(town):
    for number in ("R1", "R2"):
        Person.objects.create(number=number, name=f"{number}员", unit=town.units["S1"])
    return matrix(town, unit="AJ")


def take_in(town, grown, *rows, unit="AJ", **more):
    return sheets.take_in(
        code=grown.code,
        content=book(*rows),
        seen=Matrix.objects.get(pk=grown.pk).revision,
        by=town.actor(unit, PARTY),
        at=NOON,
        **more,
    )


def complaints(town, grown, *rows, **more):
    before = (nodes(grown), Site.objects.count(), Matrix.objects.get(pk=grown.pk).revision)
    with pytest.raises(InvalidRowsError) as refusal:
        take_in(town, grown, *rows, **more)
    assert (nodes(grown), Site.objects.count(), Matrix.objects.get(pk=grown.pk).revision) == before
    return refusal.value.rows


@pytest.mark.row("002-16")
def test_a_tree_of_any_order_is_taken_in_with_keepers_and_hours(town, grown):
    written = take_in(
        town,
        grown,
        row("L1", "D1", 称呼="领事馆", 责任人编号="R1"),
        row("D1", "EAST", 称呼="大使馆", 周一至周五="8:30-12:00、13:30-17:30", 法定节假日="照常"),
        row("EAST", kind=""),
    )

    assert (written.nodes, written.new_nodes, written.new_sites) == (3, 3, 2)
    assert (written.keepers, written.hours, written.moved) == (1, 1, 0)
    assert nodes(grown) == {"EAST": "/EAST/", "D1": "/EAST/D1/", "L1": "/EAST/D1/L1/"}
    assert Node.objects.get(code="L1").parent.code == "D1"
    base = Site.objects.get(code="L1")
    assert (base.lat, base.unit.code) == (30.51, "S1")  # where its village lies
    assert keepers.in_office([base.pk], on=TODAY) == {base.pk: "R1"}
    told = opening.opening(Site.objects.get(code="D1"), on=date(2026, 10, 1))
    assert not told.is_known  # the hours begin today
    assert opening.opening(Site.objects.get(code="D1"), on=TODAY).spans == ((510, 720), (810, 1050))
    assert AuditEvent.objects.get(verb="venues.matrix.take_in").target_id == "M"


def test_the_same_table_again_changes_nothing_and_another_moves(town, grown):
    table = (row("A", kind=""), row("B", kind=""), row("P", "A", 责任人编号="R1"))
    take_in(town, grown, *table)
    again = take_in(town, grown, *table)
    assert (again.new_nodes, again.new_sites, again.moved, again.keepers) == (0, 0, 0, 0)

    moved = take_in(town, grown, row("P", "B", 地址="新址"), row("A", "B", kind=""))

    assert nodes(grown) == {"B": "/B/", "A": "/B/A/", "P": "/B/P/"}
    assert (moved.moved, Site.objects.get(code="P").address) == (2, "新址")
    assert moved.new_sites == 0


def test_a_check_only_writes_nothing(town, grown):
    written = take_in(town, grown, row("P"), only_check=True)

    assert written.new_nodes == 1
    assert nodes(grown) == {}
    assert not Site.objects.filter(code="P").exists()


def test_circles_are_found_also_through_nodes_that_the_table_does_not_name(town, grown):
    hang(grown, town, "B", hang(grown, town, "A"))

    (through,) = complaints(town, grown, row("A", "B", kind=""))
    assert "第 2 行 C 列：上级关系绕成了圈" in through
    within = complaints(town, grown, row("X", "Y", kind=""), row("Y", "X", kind=""))
    assert len(within) == 2
    (itself,) = complaints(town, grown, row("Z", "Z", kind=""))
    assert "绕成了圈" in itself


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"上级编码": "NOPE"}, "上级编码 NOPE 在本表和本体系中都没有"),
        ({"名称": ""}, "“名称”不能为空"),
        ({"编码": "a/b"}, "编码应为"),
        ({"编码": ""}, "“编码”不能为空"),
        ({"类别": "咖啡馆"}, "“类别”应为"),
        ({"类别": ""}, "却没有“类别”"),
        ({"区域编码": "V9"}, "区域编码 V9 不存在"),
        ({"单位编码": "WTR"}, "不在您的单位范围内"),
        ({"纬度": "30.5"}, "要么都填"),
        ({"纬度": "91", "经度": "119"}, "−90 到 90"),
        ({"责任人编号": "R9"}, "没有编号 R9"),
        ({"周一至周五": "全天"}, "应形如"),
        ({"法定节假日": "看情况", "周六周日": "9:00-16:00"}, "“法定节假日”应为"),
        ({"称呼": "长" * 21}, "最多 20 字"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row_and_nothing_is_written(town, grown, cells, words):
    fine = row("P1")
    wrong = dict(zip(NAMES, row("P2"), strict=True)) | cells
    told = complaints(town, grown, fine, [wrong[name] for name in NAMES])

    assert any("第 3 行" in line and words in line for line in told), told
    assert left_in_chinese(told) == []


def test_the_same_code_twice_and_a_level_too_deep_are_refused(town, grown):
    twice = complaints(town, grown, row("P"), row("P"))
    assert any("与第 2 行重复" in line for line in twice)
    deep = [row(f"L{n}", f"L{n - 1}" if n else "", kind="") for n in range(13)]
    assert any("最多 12 级" in line for line in complaints(town, grown, *deep))


def test_bases_of_others_closed_ones_and_headings_do_not_turn_into_each_other(town, grown):
    site(town, "X", unit="WTR")
    site(town, "GONE", closed_on=TODAY, closed_because="撤并")
    site(town, "P")
    hang(grown, town, "HEAD")

    told = complaints(town, grown, row("X"), row("GONE"), row("P", kind=""), row("HEAD"), unit="AJ")

    for words in ("已是其他单位的阵地", "停用", "请补上类别", "是分组标题"):
        assert sum(words in line for line in told) == 1, words


def test_a_stale_page_and_a_foreign_matrix_take_in_nothing(town, grown):
    seen = Matrix.objects.get(pk=grown.pk).revision
    take_in(town, grown, row("P"))
    with pytest.raises(StaleStateError):
        sheets.take_in(
            code="M", content=book(row("Q")), seen=seen, by=town.actor("AJ", PARTY), at=NOON
        )
    with pytest.raises(NotVisibleError):
        take_in(town, grown, row("Q"), unit="S1")
    assert "Q" not in nodes(grown)


@pytest.mark.parametrize("content", [b"", b"no table", b"PK\x03\x04broken", b"\0" * 99])
def test_what_is_no_table_is_refused_in_plain_words(town, grown, content):
    with pytest.raises(UnreadableSheetError, match="阵地表"):
        sheets.take_in(code="M", content=content, seen=1, by=town.actor("AJ", PARTY), at=NOON)


def test_what_was_exported_is_taken_in_again_unchanged(town, grown):
    take_in(town, grown, row("EAST", kind=""), row("P", "EAST", 称呼="领事馆", 责任人编号="R1"))
    by = town.actor("AJ", PARTY)

    content = sheets.export(code="M", by=by, at=NOON)

    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("填写").to_python()
    assert [line[:4] for line in rows[1:]] == [
        ["EAST", "EAST点", "", ""],
        ["P", "P点", "EAST", "领事馆"],
    ]
    seen = Matrix.objects.get(pk=grown.pk).revision
    again = sheets.take_in(code="M", content=content, seen=seen, by=by, at=NOON)
    assert (again.new_nodes, again.new_sites, again.moved, again.keepers) == (0, 0, 0, 0)
    assert sheets.template()[:2] == b"PK"
