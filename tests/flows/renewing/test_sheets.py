"""The board, and the workbook that fills it: row by row, all or nothing."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from dianliang.core.checks import InvalidRowsError
from dianliang.core.sheets import UnreadableSheetError
from dianliang.domain.renewal import queries
from dianliang.domain.renewal.board import Filters, board
from dianliang.domain.renewal.models import IndicatorKind, Project, Reading, Step
from dianliang.domain.territory.models import Area
from dianliang.flows.renewing import moving, reading, sheets
from tests.english import left_in_chinese
from tests.town import NOON, TODAY

DAY = timedelta(days=1)


def workbook(stages=(), indicators=()):
    book = Workbook()
    book.active.title = "阶段"
    book.active.append(sheets.STAGE_COLUMNS)
    for row in stages:
        book.active.append(row)
    second = book.create_sheet("指标")
    second.append(sheets.INDICATOR_COLUMNS)
    for row in indicators:
        second.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def stage(code, name, planned="", begun="", done="", *, batch="第一批", cause="", words=""):
    cells = (code, "", batch, name, "", "", planned, begun, done, cause, words)
    return tuple(str(cell) for cell in cells)


def read(town, content, unit="S1"):
    return reading.read(content=content, by=town.actor(unit), at=NOON)


@pytest.mark.row("003-08")
def test_a_workbook_takes_villages_in_and_moves_their_stages(town):
    content = workbook(
        stages=[
            stage("V1", "设计", TODAY + DAY, TODAY - 5 * DAY),
            stage("V1", "勘察", TODAY - 9 * DAY, TODAY - 20 * DAY, TODAY - 9 * DAY),
            stage("V2", "勘察", TODAY - DAY),
        ],
        indicators=[
            ("V1", "", "老旧设备占比", "42.5", f"{TODAY - 20 * DAY}", "", ""),
            ("V1", "", "户均停电时长", "1234.5678", f"{TODAY - 20 * DAY}", "", ""),
        ],
    )

    assert read(town, content) == 7  # two villages, two indicators, three stages

    by = town.actor("S1")
    v1 = queries.file("V1", by=by, on=TODAY)
    assert [s.status for s in v1.row.steps[:3]] == ["DONE", "RUNNING", "PENDING"]
    assert v1.readings[0].before == 42.5
    page = board(filters=Filters(), by=by, on=TODAY)
    assert [(row.area_code, row.late_days) for row in page.rows] == [("V2", 1), ("V1", 0)]
    again = sheets.filled(by=by, on=TODAY, at=NOON)
    assert read(town, again) == 0
    names = [row[3] for row in load_workbook(BytesIO(again))["阶段"].values]
    assert names[:3] == ["阶段", "勘察", "设计"]


def test_every_wrong_row_of_both_sheets_is_told_and_nothing_is_written(town):
    content = workbook(
        stages=[
            stage("V1", "勘察", TODAY + DAY),
            stage("V3", "勘察", TODAY),
            stage("V2", "勘察", batch=""),
            stage("V1", "画图"),
            stage("V1", "设计", begun=TODAY),
            stage("V1", "勘察"),
            stage("V1", "施工", "明天"),
            stage("V2", "勘察", begun=TODAY + DAY, batch="第一批"),
            ("V1", "", "", "送电", "政府", "镇建设办", "", "", "", "", ""),
        ],
        indicators=[
            ("V1", "", "老旧设备占比", "142", f"{TODAY}", "", ""),
            ("V1", "", "幸福感", "1", f"{TODAY}", "", ""),
            ("V1", "", "私拉乱接", "3", "", "", ""),
        ],
    )
    with pytest.raises(InvalidRowsError) as refusal:
        read(town, content)

    told = "\n".join(refusal.value.rows)
    for words in (
        "“阶段”表 第 3 行 A 列：村编码 V3",
        "第 4 行 C 列：大溪村委会第一次列入改造",
        "第 5 行 D 列：“阶段”应为勘察、设计",
        "第 6 行 D 列：“勘察”未开始，还不能开始“设计”",
        "第 7 行 D 列：与第 2 行是同一村的同一阶段",
        "第 8 行 G 列：“计划完成”应形如",
        "第 9 行 H 列：日期不能晚于今天",
        "第 10 行 G 列：改“责任方”或“责任人或部门”时",
        "“指标”表 第 2 行 D 列：老旧设备占比应为0 到 100",
        "第 3 行 C 列：“指标”应为",
        "第 4 行 E 列：填了“改造前”就要填",
    ):
        assert words in told
    assert left_in_chinese(refusal.value.rows) == []
    assert not Project.objects.exists()
    assert not Reading.objects.exists()
    with pytest.raises(UnreadableSheetError, match="没有“阶段”或“指标”"):
        read(town, _other_book())


def _other_book():
    book = Workbook()
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_day_that_differs_from_what_is_stored_is_told(town):
    read(town, workbook([stage("V1", "勘察", TODAY, TODAY - 3 * DAY, TODAY - DAY)]))

    with pytest.raises(InvalidRowsError, match="“完成日期”已是"):
        read(town, workbook([stage("V1", "勘察", TODAY, TODAY - 3 * DAY, TODAY)]))
    read(town, workbook([stage("V1", "设计", TODAY)]))
    with pytest.raises(InvalidRowsError, match="晚 5 天，请选择延期原因"):
        read(town, workbook([stage("V1", "设计", TODAY + 5 * DAY)]))
    late = stage("V1", "设计", TODAY + 5 * DAY, cause="审批手续", words="选线未批")
    assert read(town, workbook([late])) == 1
    assert Step.objects.get(stage__code="design").delays.get().cause == "permit"


@pytest.mark.row("003-08")
def test_the_board_of_200_villages_is_cut_counted_and_costs_the_same_queries(town):
    parent, by = town.areas["T1"], town.actor("S1")

    def cost():
        with CaptureQueriesContext(connection) as made:
            board(filters=Filters(), by=by, on=TODAY)
        return len(made)

    moving.take_in(codes=["V1", "V2"], batch="第一批", starts_on=TODAY, by=by, at=NOON)
    few = cost()
    Area.objects.bulk_create(
        Area(
            code=f"N{n}",
            name=f"新{n}村",
            level="village",
            parent=parent,
            path=f"{parent.path}N{n}/",
        )
        for n in range(198)
    )
    codes = [f"N{n}" for n in range(198)]
    moving.take_in(codes=codes, batch="第二批", starts_on=TODAY - 90 * DAY, by=by, at=NOON)

    assert cost() == few
    page = board(filters=Filters(), by=by, on=TODAY)
    assert (page.counts["all"], page.counts["late"], page.without) == (200, 198, 0)
    assert page.rows[0].late_days == 75
    assert [f.late for f in page.stages][:2] == [198, 198]
    one = board(filters=Filters(q="新77村"), by=by, on=TODAY)
    assert [row.name for row in one.rows] == ["新77村"]
    assert board(filters=Filters(town="梅溪镇"), by=by, on=TODAY).rows == ()
    assert len(board(filters=Filters(stage="survey", q="第一批"), by=by, on=TODAY).rows) == 2
    assert board(filters=Filters(view="late"), by=town.actor("S2"), on=TODAY).rows == ()


def test_indicators_of_after_wait_for_the_work_in_the_same_workbook(town):
    work = [stage("V1", "勘察", "", TODAY - 9 * DAY, TODAY - 9 * DAY)]
    names = ("设计", "民事协调", "施工", "送电")
    work += [stage("V1", name, "", TODAY - 5 * DAY, TODAY - 2 * DAY) for name in names]
    kinds = IndicatorKind.objects.filter(is_active=True).values_list("name", flat=True)

    def indicators(after_on):
        return [("V1", "", k, "9", f"{TODAY - 9 * DAY}", "1", f"{after_on}") for k in kinds]

    review = [stage("V1", "复核", "", TODAY - DAY, TODAY)]
    with pytest.raises(InvalidRowsError, match="改造后的指标要等它完成"):
        read(town, workbook(work[:3], indicators(TODAY - DAY)))
    with pytest.raises(InvalidRowsError, match="不能早于施工各阶段全部完成的"):
        read(town, workbook(work, indicators(TODAY - 3 * DAY)))

    read(town, workbook(work + review, indicators(TODAY - DAY)))

    assert queries.file("V1", by=town.actor("S1"), on=TODAY).row.is_done
