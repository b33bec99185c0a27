"""A campaign as an Excel workbook that carries its own denominator."""

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook

from dianliang.core import audit
from dianliang.domain.programs import access, progress
from dianliang.domain.programs.progress import target_row
from dianliang.flows.campaigns.pages import CampaignPage, campaign_page, with_origin
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

BY_AREA = ("区域", "目标", "已完成", "完成率", "待办", "已开工单", "待补证据", "未完成", "已剔除")
TARGETS = (
    "目标编号",
    "对象编码",
    "名称",
    "位置",
    "区域",
    "责任单位",
    "状态",
    "完成期限",
    "完成时间",
    "工单",
    "证据来源",
    "未完成原因",
    "说明",
    "冻结后补入",
)
CORRECTIONS = ("类别", "目标编号", "名称", "原因", "时间", "操作者")
ROUNDS = ("轮次", "种子", "总体", "样本", "已复核", "不合格", "合格率", "95% 下限", "95% 上限")


def workbook(*, number: str, by: Actor, at: datetime) -> bytes:
    """Return progress, every target, reasons, corrections and samples; the export is on record.

    Raises:
        NotVisibleError: the campaign is absent or not the actor's to see.
    """
    page = campaign_page(number=number, area_code="", by=by)
    campaign = access.campaign_to_see(number, by=by)
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    _summary(book, page, by=by, at=at)
    parts = (
        (p.area.name, p.tally.total, p.tally.done, _blank(p.tally.share), p.tally.waiting,
         p.tally.planned, p.tally.lacking, p.tally.not_done, p.tally.excluded)
        for p in page.parts
    )  # fmt: skip
    _table(book, "区域进度", BY_AREA, parts, shares=(3,))
    listed = with_origin(access.targets_of(campaign, by=by))
    _table(book, "目标", TARGETS, (_cells(t) for t in map(target_row, listed.iterator(2000))))
    _table(book, "未完成原因", ("原因", "个数"), ((r.label, r.count) for r in page.reasons))
    changes = (
        (c.kind_label, c.target, c.title, c.reason, _local(c.at), c.by_name)
        for c in progress.corrections(campaign, by=by)
    )
    _table(book, "名单更正", CORRECTIONS, changes)
    _table(book, "抽样复核", ROUNDS, map(_round_cells, page.rounds), shares=(6, 7, 8))
    book.close()
    audit.record("programs.campaign.export", target=campaign, by=by, at=at)
    return out.getvalue()


def _summary(book: Workbook, page: CampaignPage, *, by: Actor, at: datetime) -> None:
    head, base = page.head, page.denominator
    lines = (
        ("行动", f"{head.number} {head.title}"),
        ("要做的事", head.action),
        ("牵头单位", head.unit_name),
        ("期限", f"{head.starts_on} 至 {head.due_on}"),
        ("名单来源", head.source_label),
        ("名单冻结", _local(head.frozen_at)),
        ("冻结时目标数", base.frozen),
        ("补入", base.added),
        ("剔除", base.removed),
        ("恢复", base.restored),
        ("现目标数（全部单位）", base.now),
        ("本表目标数（本单位范围）", page.tally.total),
        ("已完成", page.tally.done),
        ("完成率", "" if page.tally.share is None else f"{page.tally.share:.1%}"),
        ("名单摘要（SHA-256）", head.digest),
        (
            "口径",
            "完成率＝已完成（含抽中复核）÷ 冻结名单加补入减剔除；已剔除的逐条列在名单更正里。",
        ),
        ("导出", f"{by.name} {_local(at)}"),
    )
    sheet = book.add_worksheet("概况")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    for row, line in enumerate(lines):
        sheet.write_row(row, 0, line)


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
        sheet.set_column(column, column, 12, book.add_format({"num_format": "0.0%"}))
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, headings, book.add_format({"bold": True, "bg_color": "#DCEBEA"}))
    for row, cells in enumerate(rows, start=1):
        sheet.write_row(row, 0, cells)


def _cells(row: progress.TargetRow) -> tuple[Any, ...]:
    return (
        row.number,
        row.key,
        row.title,
        row.place,
        row.area_name,
        row.unit_name,
        row.status_label,
        row.due_on.isoformat(),
        _local(row.done_at),
        row.job_number,
        row.source,
        row.reason_label,
        row.note,
        "是" if row.is_added else "",
    )


def _round_cells(row: progress.RoundRow) -> tuple[Any, ...]:
    found = row.share
    interval = (found.value, found.low, found.high) if found else ("", "", "")
    return (
        row.position,
        row.seed,
        row.population,
        row.size,
        row.checked,
        row.failed,
        *interval,
    )


def _blank(value: float | None) -> float | str:
    return "" if value is None else value


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
