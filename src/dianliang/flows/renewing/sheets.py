"""The rebuilding of villages as an Excel file with two sheets: stages, and indicators."""

from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

from dianliang.core import audit, blanks
from dianliang.core.blanks import Heading
from dianliang.domain.renewal import queries
from dianliang.domain.renewal.board import Filters, board
from dianliang.domain.renewal.models import IndicatorKind, Stage
from dianliang.flows.renewing.moving import CAUSES, PARTIES
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase

STAGES, INDICATORS = "阶段", "指标"
CODE, NAME, BATCH = "村编码", "村（社区）", "批次"
STAGE, PARTY, WHO, PLANNED = "阶段", "责任方", "责任人或部门", "计划完成"
BEGUN, DONE, CAUSE, WORDS = "开始日期", "完成日期", "延期原因", "延期说明"
KIND, BEFORE, BEFORE_ON, AFTER, AFTER_ON = "指标", "改造前", "改造前日期", "改造后", "改造后日期"
STAGE_COLUMNS = (CODE, NAME, BATCH, STAGE, PARTY, WHO, PLANNED, BEGUN, DONE, CAUSE, WORDS)
INDICATOR_COLUMNS = (CODE, NAME, KIND, BEFORE, BEFORE_ON, AFTER, AFTER_ON)
STAGE_EXAMPLE = (
    "330523108204",
    "余村村",
    "2026 年第一批",
    "勘察",
    "供电",
    "运检部",
    "2026-12-31",
    "",
    "",
    "",
    "",
)
INDICATOR_EXAMPLE = ("330523108204", "余村村", "老旧设备占比", "42", "2026-11-01", "", "")
PARTY_OF = {label: value for value, label in PARTIES}
CAUSE_OF = {label: value for value, label in CAUSES}
BOOK = Phrase("千村改造表")


def stage_headings() -> tuple[Heading, ...]:
    """Return the columns of the sheet of stages."""
    names = tuple(Stage.objects.filter(is_active=True).values_list("name", flat=True))
    return (
        (CODE, "请先把整列设为文本", ()),
        (NAME, "供核对，导入时不看", ()),
        (BATCH, "村第一次列入时必填", ()),
        (STAGE, "", names),
        (PARTY, "留空不变", tuple(PARTY_OF)),
        (WHO, "留空不变", ()),
        (PLANNED, "例如 2027-03-31；比原计划晚时须写延期原因", ()),
        (BEGUN, "填了就表示已开始", ()),
        (DONE, "填了就表示已完成", ()),
        (CAUSE, "", tuple(CAUSE_OF)),
        (WORDS, "有延期原因时必填", ()),
    )


def indicator_headings() -> tuple[Heading, ...]:
    """Return the columns of the sheet of indicators."""
    names = tuple(IndicatorKind.objects.filter(is_active=True).values_list("name", flat=True))
    return (
        (CODE, "请先把整列设为文本", ()),
        (NAME, "供核对，导入时不看", ()),
        (KIND, "单位见系统中的指标说明", names),
        (BEFORE, "留空不变", ()),
        (BEFORE_ON, "填了改造前就必填", ()),
        (AFTER, "留空不变", ()),
        (AFTER_ON, "填了改造后就必填", ()),
    )


def blank() -> bytes:
    """Return the workbook to fill in."""
    return _book([STAGE_EXAMPLE], [INDICATOR_EXAMPLE])


def filled(*, by: Actor, on: date, at: datetime) -> bytes:
    """Return all villages of the actor as they stand, to be changed and read back."""
    page = board(filters=Filters(), by=by, on=on)
    stages = [
        (
            row.area_code,
            row.name,
            row.batch,
            step.name,
            step.party_label,
            step.responsible,
            _iso(step.planned_on),
            _iso(step.begun_on),
            _iso(step.done_on),
            "",
            "",
        )
        for row in sorted(page.rows, key=lambda row: row.area_path)
        for step in row.steps
    ]
    audit.record_about(
        "renewal.project.export",
        target_type="renewal.project",
        target_id=by.unit_code or "/",
        by=by,
        at=at,
        after=f"{len(page.rows)} 村",
    )
    return _book(stages, _indicator_cells(by))


def _indicator_cells(by: Actor) -> list[Sequence[str]]:
    projects = queries.visible(by).select_related("area").prefetch_related("readings__kind")
    return [
        (
            project.area.code,
            project.area.name,
            reading.kind.name,
            _number(reading.before),
            _iso(reading.before_on),
            _number(reading.after),
            _iso(reading.after_on),
        )
        for project in projects.order_by("area__path")
        for reading in project.readings.all()
    ]


def _book(stages: Sequence[Sequence[str]], indicators: Sequence[Sequence[str]]) -> bytes:
    out = BytesIO()
    book = blanks.workbook(out)
    blanks.add_table(book, STAGES, stage_headings(), examples=stages)
    blanks.add_table(book, INDICATORS, indicator_headings(), examples=indicators)
    book.close()
    return out.getvalue()


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"
