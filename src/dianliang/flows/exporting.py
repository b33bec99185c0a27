"""Figures and their records as an Excel workbook that carries its own method."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook

from dianliang.core import audit
from dianliang.domain.insight import queries
from dianliang.domain.insight.dimensions import DIMENSIONS
from dianliang.domain.insight.measures import METHOD, Figures
from dianliang.domain.insight.records import Behind, Record, every_record
from dianliang.kernel.actor import ROLE_LABELS, Actor
from dianliang.kernel.calendar import SHANGHAI

HEADINGS = (
    "收到",
    "已办结",
    "应办结",
    "按时办结",
    "按时率",
    "超期未办",
    "已首次响应",
    "首次响应中位数（分钟）",
    "评价数",
    "满意数",
    "满意率",
    "满意率下限",
    "满意率上限",
    "平均星级",
    "重办",
)
SHARES = (5, 11, 12, 13)
"""Columns of the sheet of figures that hold shares."""
TREND = ("起", "止", "收到", "应办结", "按时办结", "按时率")
COLUMNS = (
    "编号",
    "事项",
    "村社区",
    "单位",
    "渠道",
    "状态",
    "收到",
    "首次响应",
    "承诺办结",
    "办结",
    "按时",
    "重办次数",
    "最低星级",
)
RATED = ("编号", "事项", "村社区", "单位", "渠道", "评价时间", "星级")


def workbook(*, by: Actor, dimension: str, start: datetime, end: datetime, at: datetime) -> bytes:
    """Return the overview and the records behind it; the export itself is on record."""
    overview = queries.overview(by=by, dimension=dimension, start=start, end=end, at=at)
    behind = Behind(dimension=overview.dimension, start=start, end=end, at=at)
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    _figures(book, overview)
    _trend(book, overview)
    conditions = _conditions(overview, by=by, at=at)
    book.add_worksheet("口径").write_column(0, 0, (*conditions, *METHOD))
    _table(book, "明细", COLUMNS, (_cells(row) for row in every_record(behind, by=by)))
    rated = every_record(replace(behind, figure="rated"), by=by)
    _table(book, "评价", RATED, (_rated_cells(row) for row in rated))
    book.close()
    audit.record_about(
        "insight.export",
        target_type="insight",
        target_id=overview.dimension,
        by=by,
        at=at,
        reason="；".join(conditions),
    )
    return out.getvalue()


def _conditions(overview: queries.Overview, *, by: Actor, at: datetime) -> tuple[str, ...]:
    """Say what was asked for, by whom and when."""
    last = (overview.end - timedelta(microseconds=1)).astimezone(SHANGHAI)
    return (
        f"期间：{overview.start.astimezone(SHANGHAI):%Y-%m-%d} 至 {last:%Y-%m-%d}（含）",
        f"维度：{DIMENSIONS[overview.dimension]}",
        f"范围：{by.unit_code or '无'} 及下级单位能看到的需求",
        f"导出人：{by.name}（{ROLE_LABELS[by.role]}）",
        f"导出时间：{_local(at)}，数字以此刻为准",
    )


def _figures(book: Workbook, overview: queries.Overview) -> None:
    sheet = book.add_worksheet("指标")
    share = book.add_format({"num_format": "0.0%"})
    sheet.set_column(0, 0, 26)
    for column in SHARES:
        sheet.set_column(column, column, 11, share)
    _heading(book, sheet, (DIMENSIONS[overview.dimension], *HEADINGS))
    for row, part in enumerate((overview.whole, overview.before, *overview.parts), start=1):
        sheet.write_row(row, 0, _figure_cells(part))


def _trend(book: Workbook, overview: queries.Overview) -> None:
    rows = (
        (
            bucket.first.isoformat(),
            bucket.last.isoformat(),
            bucket.received,
            bucket.due,
            bucket.on_time,
            _or_blank(bucket.on_time_share),
        )
        for bucket in overview.trend
    )
    _table(book, "走势", TREND, rows, shares=(5,))


def _table(
    book: Workbook,
    name: str,
    headings: tuple[str, ...],
    rows: Iterable[tuple[Any, ...]],
    *,
    shares: tuple[int, ...] = (),
) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(headings) - 1, 18)
    for column in shares:
        sheet.set_column(column, column, 18, book.add_format({"num_format": "0.0%"}))
    _heading(book, sheet, headings)
    for row, cells in enumerate(rows, start=1):
        sheet.write_row(row, 0, cells)


def _heading(book: Workbook, sheet: Any, headings: tuple[str, ...]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, headings, book.add_format({"bold": True, "bg_color": "#DCEBEA"}))


def _figure_cells(part: Figures) -> tuple[Any, ...]:
    values = (
        part.name,
        part.received,
        part.resolved,
        part.due,
        part.on_time,
        part.on_time_share,
        part.overdue,
        part.responded,
        part.response_median_min,
        part.rated,
        part.satisfied,
        part.satisfied_share,
        part.satisfied_low,
        part.satisfied_high,
        part.stars_mean,
        part.reopened,
    )
    return tuple(_or_blank(value) for value in values)


def _cells(record: Record) -> tuple[Any, ...]:
    return (
        record.number,
        record.service_name,
        record.area_name,
        record.unit_name,
        record.channel_label,
        record.status_label,
        _local(record.received_at),
        _local(record.first_response_at),
        _local(record.due_at),
        _local(record.resolved_at),
        {True: "是", False: "否", None: ""}[record.is_on_time],
        record.reopened_count,
        _or_blank(record.stars),
    )


def _rated_cells(record: Record) -> tuple[Any, ...]:
    return (
        record.number,
        record.service_name,
        record.area_name,
        record.unit_name,
        record.channel_label,
        _local(record.rated_at),
        _or_blank(record.stars),
    )


def _or_blank(value: Any) -> Any:
    return "" if value is None else value


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
