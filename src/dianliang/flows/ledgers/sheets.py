"""Balances, lines, notices and donations as Excel workbooks; each export is on record."""

from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from dianliang.core import audit
from dianliang.core.rows import all_for_sheet
from dianliang.domain.ledger import queries
from dianliang.domain.ledger.models import Book
from dianliang.domain.ledger.wording import PER, SOURCES, Quantity, unit_word
from dianliang.flows.ledgers import balances, donations, points
from dianliang.flows.ledgers.balances import Asked
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

Sheet = tuple[str, tuple[str, ...], Iterable[tuple[Any, ...]]]


def balances_sheet(*, asked: Asked, by: Actor, at: datetime) -> bytes:
    """Return all balances of a page as numbers, in the unit that people speak in.

    Raises:
        NotVisibleError: there is no such book.
    """
    found, article = balances.all_rows(asked=asked, by=by)
    quantity = Book.objects.get(code=asked.book).quantity
    headings = ("编号", "名称", "期初", "增加", "减少", "期末")
    per = PER.get(Quantity(quantity), 1)
    rows = [
        (
            row.code,
            name,
            *(_number(value, per) for value in (row.opening, row.added, row.taken, row.closing)),
        )
        for row, name in found
    ]
    unit = unit_word(quantity, article=article)
    told = f"{asked.since} 至 {asked.until} 前，单位：{unit}"
    told += f"，物品：{article.name}" if article else ""
    _record("balances", f"{asked.book} {asked.by} {told}", by=by, at=at)
    return _workbook([("余额", headings, rows), ("口径", ("期间与单位",), [(told,)])])


def _number(amount: int, per: int) -> int | float:
    return amount if per == 1 else round(amount / per, 4)


def lines_sheet(
    *,
    book: str,
    kind: str,
    code: str,
    since: date | None,
    until: date | None,
    by: Actor,
    at: datetime,
) -> bytes:
    """Return the lines of a holder, latest first, each with its source and rule.

    Raises:
        NotVisibleError: there is no such book or holder for this actor.
        InvalidInputError: there are more than a sheet takes.
    """
    chosen = Book.objects.filter(code=book).first()
    if chosen is None or not balances.sees(kind, code, by=by):
        raise NotVisibleError("没有这个账户。")
    headings = (
        "分录号",
        "记账日",
        "摘要",
        "数量",
        "单位",
        "来源类别",
        "来源编号",
        "规则",
        "记账人",
    )
    found = all_for_sheet(
        queries.lines_of(book=book, kind=kind, code=code, since=since, until=until)
    )
    per = PER.get(Quantity(chosen.quantity), 1)
    rows = (
        (
            line.entry.number,
            str(line.on),
            line.entry.words,
            _number(line.amount, per),
            unit_word(chosen.quantity, article=line.account.article),
            SOURCES.get(line.entry.source_kind, line.entry.source_kind),
            line.entry.source_number,
            str(line.entry.rule or ""),
            line.entry.by_name,
        )
        for line in found.iterator()
    )
    _record("lines", f"{book} {kind} {code}", by=by, at=at)
    told = f"共 {found.count()} 行，全部列出"
    return _workbook([("分录", headings, rows), ("口径", ("行数",), [(told,)])])


def settlement_sheet(*, number: str, by: Actor, at: datetime) -> bytes:
    """Return a settlement: people, and records with rule and source.

    Raises:
        NotVisibleError: there is none of the actor's units.
    """
    page = points.settlement_page(number=number, by=by)
    people = ((row.number, row.name, row.team, row.records, row.points) for row in page.people)
    awards = (
        (
            row.person,
            row.name,
            f"{row.rule} 第 {row.edition} 版",
            str(row.on),
            row.source_label,
            row.source_number,
            row.points,
            row.capped,
            row.decided_name,
            row.refused_because,
            row.entry,
        )
        for row in page.awards
    )
    headings = (
        "人员编号",
        "姓名",
        "规则",
        "日期",
        "来源类别",
        "来源编号",
        "得分",
        "超上限未计",
        "审核人",
        "不予计分原因",
        "分录号",
    )
    _record("settlement", number, by=by, at=at)
    return _workbook(
        [
            ("按人", ("人员编号", "姓名", "队伍", "记录数", "得分"), people),
            ("明细", headings, awards),
        ]
    )


def donation_sheet(*, number: str, by: Actor, at: datetime) -> bytes:
    """Return a drive as it is published: figures, gifts and grants, givers as they wished.

    Raises:
        NotVisibleError: there is none of the actor's units.
    """
    page = donations.drive_page(number=number, by=by, is_whole=True)
    figures = (
        (one.name, one.received, one.handed_out, one.set_aside, one.left, one.gifts, one.people)
        for one in page.row.figures
    )
    gifts = (
        (one.number, str(one.on), one.shown_name, one.what, one.people, one.entry)
        for one in page.gifts
        if not one.is_undone
    )
    grants = (
        (
            one.number,
            str(one.handed_on or ""),
            one.shown_name,
            one.what,
            one.people,
            one.words,
            one.status_label,
            one.asked_name,
            one.decided_name,
        )
        for one in page.grants
    )
    used = ("编号", "发放日期", "受益人", "内容", "人数", "用于", "状态", "申请人", "批准人")
    _record("donation", number, by=by, at=at)
    return _workbook(
        [
            ("合计", ("内容", "接收", "已发放", "已批待发", "结余", "笔数", "受益人数"), figures),
            ("接收", ("编号", "日期", "捐赠人", "内容", "人数", "分录号"), gifts),
            ("使用", used, grants),
        ]
    )


def _record(what: str, about: str, *, by: Actor, at: datetime) -> None:
    audit.record_about(
        "ledger.book.export", target_type="ledger.book", target_id=what, by=by, at=at, reason=about
    )


def _workbook(sheets: Iterable[Sheet]) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "bg_color": "#DCEBEA"})
    for name, headings, rows in sheets:
        sheet = book.add_worksheet(name)
        sheet.set_column(0, len(headings) - 1, 18)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, headings, bold)
        for place, cells in enumerate(rows, start=1):
            sheet.write_row(place, 0, cells)
    book.close()
    return out.getvalue()


def name_of(what: str, *, at: datetime) -> str:
    """Return what a downloaded workbook is called."""
    return f"ledger-{what}-{at.astimezone(SHANGHAI):%Y%m%d}.xlsx"
