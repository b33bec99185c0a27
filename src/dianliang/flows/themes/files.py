"""The report of a programme as Excel, Word and PDF, and a two-way table as Excel.

In a file each figure says how many records stand behind it and where the list of them is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dianliang.core import audit
from dianliang.flows.themes.report import METHOD, Line, Report
from dianliang.flows.themes.tables import Asked, Cross
from dianliang.integrations.documents import model as paper
from dianliang.integrations.documents.pdf import pdf
from dianliang.integrations.documents.word import word
from dianliang.kernel.actor import ROLE_LABELS, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

Address = Callable[[str, str], str]
"""Where the records of a theme's figure are listed: of a theme's code and a figure's code."""
SUM_NOTE = "合计中一条记录只算一次。"
NUMBERS = frozenset({1, 3})


@dataclass(frozen=True, slots=True)
class Printed:
    """A file with the name under which it is kept."""

    name: str
    content: bytes


def printed(found: Report, *, kind: str, address: Address, by: Actor, at: datetime) -> Printed:
    """Return a report as a file of a kind (xlsx, docx, pdf); the export is on record.

    Raises:
        NotVisibleError: there is no such kind of file.
    """
    if kind == "xlsx":
        content = _workbook(found, address=address, by=by, at=at)
    elif kind in {"docx", "pdf"}:
        document, title = document_of(found, address=address, by=by, at=at), found.name
        make = word if kind == "docx" else pdf
        content = make([document], title=title, made_at=at)
    else:
        raise NotVisibleError("没有这种文件。")
    audit.record_about(
        "catalog.theme.report",
        target_type="catalog.theme",
        target_id=found.code,
        by=by,
        at=at,
        after=kind,
        reason=f"{found.name} {found.since} – {found.until}，{found.whole.records} 条记录",
    )
    return Printed(f"{found.name}-{found.since}-{found.until}.{kind}", content)


def document_of(found: Report, *, address: Address, by: Actor, at: datetime) -> paper.Document:
    """Describe a report for the printer."""
    blocks: list[paper.Block] = [
        paper.Facts(
            [
                ("期间", f"{found.since} 至 {found.until}（含）"),
                ("范围", found.unit_name or by.unit_code),
                ("记录", f"{found.whole.records} 条"),
                ("制表", f"{by.name} {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
            ]
        )
    ]
    for line in (*found.lines, found.whole):
        is_whole = line is found.whole
        heading = "合计" if is_whole else line.name
        blocks.append(paper.Heading(heading, level=1 if is_whole else min(3, line.depth + 1)))
        blocks.append(_table(found, line, address=address))
    blocks += [paper.Heading("口径"), *(paper.Paragraph(words, is_note=True) for words in METHOD)]
    return paper.Document(
        title=f"{found.name}工作报告",
        issuer=found.unit_name,
        subtitle=f"{found.since} 至 {found.until}",
        blocks=blocks,
    )


def _table(found: Report, line: Line, *, address: Address) -> paper.Table:
    rows: list[list[str | paper.Link]] = [
        [
            figure.label,
            paper.Link(f"{cell.value}", to),
            figure.unit,
            paper.Link(f"{cell.records}", to),
            paper.Link(to, to),
        ]
        for figure, cell in zip(found.columns, line.cells, strict=True)
        if cell.records and (to := address(line.code, figure.code))
    ]
    return paper.Table(
        columns=["指标", "数值", "单位", "记录（条）", "记录清单"],
        rows=rows,
        numbers=NUMBERS,
        widths=(1.6, 1, 0.8, 1, 5),
        empty="期内没有记录",
    )


def _workbook(found: Report, *, address: Address, by: Actor, at: datetime) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    _overview(book, found, address=address)
    _sources(book, found, address=address)
    _details(book, found)
    sheet = book.add_worksheet("口径")
    sheet.set_column(0, 0, 90)
    sheet.write_column(
        0,
        0,
        (
            f"期间：{found.since} 至 {found.until}（含）",
            f"范围：{found.unit_name or by.unit_code}",
            f"导出人：{by.name}（{ROLE_LABELS[by.role]}）",
            f"导出时间：{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}，数字以此刻为准",
            *METHOD,
        ),
    )
    book.close()
    return out.getvalue()


def _overview(book: Workbook, found: Report, *, address: Address) -> None:
    sheet = _sheet(book, "报告", ("主题", *(f"{f.label}（{f.unit}）" for f in found.columns)))
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, len(found.columns) + 1, 14)
    for number, line in enumerate((*found.lines, found.whole), start=1):
        name = "合计" if line is found.whole else "　" * line.depth + line.name
        sheet.write(number, 0, name)
        for column, (figure, cell) in enumerate(
            zip(found.columns, line.cells, strict=True), start=1
        ):
            to = address(line.code, figure.code) if cell.records else ""
            _figure(sheet, number, column, cell.value, to=to)
    sheet.write(len(found.lines) + 3, 0, SUM_NOTE)


def _figure(sheet: Worksheet, row: int, column: int, value: float, *, to: str) -> None:
    """Write a figure that can be summed and opens its records."""
    if to:
        sheet.write_url(row, column, to)
    sheet.write(row, column, value)


def _sources(book: Workbook, found: Report, *, address: Address) -> None:
    headings = ("主题", "指标", "数值", "单位", "记录（条）", "记录清单")
    sheet = _sheet(book, "来源", headings)
    sheet.set_column(0, 1, 22)
    sheet.set_column(5, 5, 70)
    number = 0
    for line in (*found.lines, found.whole):
        for figure, cell in zip(found.columns, line.cells, strict=True):
            if not cell.records:
                continue
            number += 1
            name = "合计" if line is found.whole else line.name
            row = (name, figure.label, cell.value, figure.unit, cell.records)
            to = address(line.code, figure.code)
            sheet.write_row(number, 0, row)
            _figure(sheet, number, 2, cell.value, to=to)
            sheet.write_url(number, 5, to)


def _details(book: Workbook, found: Report) -> None:
    labels = tuple(f"{f.label}（{f.unit}）" for f in found.columns)
    sheet = _sheet(book, "记录", ("编号", "类别", "名称", "单位", "日期", "主题", *labels))
    sheet.set_column(0, 5, 18)
    for number, (record, names) in enumerate(found.records, start=1):
        values = (record.values.get(figure.code, "") for figure in found.columns)
        sheet.write_row(
            number,
            0,
            (
                record.number,
                record.kind_label,
                record.title,
                record.unit_name,
                record.on.isoformat(),
                "、".join(names),
                *values,
            ),
        )


def _sheet(book: Workbook, name: str, headings: tuple[str, ...]) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.write_row(0, 0, headings, book.add_format({"bold": True, "text_wrap": True}))
    sheet.freeze_panes(1, 1)
    return sheet


def cross_workbook(found: Cross, *, asked: Asked, by: Actor, at: datetime) -> bytes:
    """Return a two-way table as Excel; the export is on record."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    title = f"{found.rows_name} × {found.columns_name}"
    names = tuple(column.name for column in found.columns)
    sheet = _sheet(book, "双向表", (title, *names, "合计"))
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, len(names) + 1, 13)
    for number, line in enumerate(found.lines, start=1):
        cells = (cell.value for cell in (*line.cells, line.whole))
        sheet.write_row(number, 0, (line.place.name, *cells))
    sums = (cell.value for cell in (*found.bottom, found.whole))
    sheet.write_row(len(found.lines) + 1, 0, ("合计", *sums))
    told = (
        f"期间：{asked.since} 至 {asked.until}（含）",
        f"内容：{found.figure_label}（{found.figure_unit}）",
        SUM_NOTE,
        f"导出：{by.name} {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    )
    sheet.write_column(len(found.lines) + 3, 0, told)
    book.close()
    audit.record_about(
        "catalog.theme.report",
        target_type="catalog.theme",
        target_id=asked.rows[:64],
        by=by,
        at=at,
        after="xlsx",
        reason=f"{title} {asked.since} – {asked.until}",
    )
    return out.getvalue()
