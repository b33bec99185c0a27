"""Figures and their records as an Excel workbook that carries its own method."""

from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from dianliang.core import audit
from dianliang.domain.insight import queries
from dianliang.domain.insight.queries import DIMENSIONS, Figures
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

METHOD = (
    "收到：期内收到且未合并、未取消的需求。",
    "按时率：已办结中不晚于承诺办结时限的比例；挂起与等待补充期间不计时。",
    "首次响应：从收到到受理或询问的中位数（分钟）。",
    "满意率：评价中四星和五星的比例；区间为 90% 威尔逊区间；样本为评价条数。",
)
HEADINGS = (
    "收到",
    "已办结",
    "按时",
    "按时率",
    "首次响应中位数（分钟）",
    "评价数",
    "满意数",
    "满意率",
    "满意率下限",
    "满意率上限",
    "平均星级",
    "重办次数",
)
COLUMNS = ("编号", "事项", "村社区", "单位", "渠道", "状态", "收到", "首次响应", "承诺办结", "办结")


def workbook(*, by: Actor, dimension: str, start: datetime, end: datetime, at: datetime) -> bytes:
    """Return the overview and the records behind it; the export itself is on record."""
    overview = queries.overview(by=by, dimension=dimension, start=start, end=end)
    records = queries.records(by=by, dimension=dimension, key="", start=start, end=end)
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "bg_color": "#DCEBEA"})
    share = book.add_format({"num_format": "0.0%"})
    figures = book.add_worksheet("指标")
    figures.write_row(0, 0, (DIMENSIONS[overview.dimension], *HEADINGS), bold)
    for row, part in enumerate((overview.whole, *overview.parts), start=1):
        figures.write_row(row, 0, _cells(part))
    figures.set_column(0, 0, 26)
    for column in (4, 8, 9, 10):
        figures.set_column(column, column, 11, share)
    method = book.add_worksheet("口径")
    period = f"{_local(start)} 至 {_local(end)}（不含），导出 {_local(at)}，{by.name}"
    method.write_column(0, 0, (period, *METHOD))
    sheet = book.add_worksheet("明细")
    sheet.write_row(0, 0, (*COLUMNS, "按时", "星级"), bold)
    for row, record in enumerate(records, start=1):
        sheet.write_row(
            row,
            0,
            (
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
                record.stars if record.stars is not None else "",
            ),
        )
    sheet.set_column(0, 9, 18)
    sheet.freeze_panes(1, 0)
    book.close()
    audit.record_about(
        "insight.export", target_type="insight", target_id=dimension, by=by, at=at, reason=period
    )
    return out.getvalue()


def _cells(part: Figures) -> tuple[Any, ...]:
    values = (
        part.name,
        part.received,
        part.resolved,
        part.on_time,
        part.on_time_share,
        part.response_median_min,
        part.rated,
        part.satisfied,
        part.satisfied_share,
        part.satisfied_low,
        part.satisfied_high,
        part.stars_mean,
        part.reopened,
    )
    return tuple("" if value is None else value for value in values)


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
