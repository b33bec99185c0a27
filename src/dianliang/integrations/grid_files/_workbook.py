"""A grid as an Excel workbook of our own, out and in; the template holds a small example."""

from dataclasses import MISSING, fields
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from dianliang.core import sheets
from dianliang.engines.powerflow import Grid
from dianliang.integrations.grid_files._cells import Row
from dianliang.integrations.grid_files._columns import SHEETS, Column, Sheet
from dianliang.integrations.grid_files._document import HINTS
from dianliang.integrations.grid_files._errors import Problem, UnreadableGridError, refuse
from dianliang.integrations.grid_files._example import EXAMPLE
from dianliang.kernel.phrases import Phrase

HELP_SHEET = "说明"
WIDTH = 16
INTRODUCTION = (
    "每个工作表一类设备，表头不能改，深色表头必填。表里是一个能算的小例子，请换成自己的。",
    "填好后在“潮流计算”页上传：逐表逐行指出问题，没有问题就计算。",
    "命令行先用 dianliang energy grid check 检查，再用 dianliang energy powerflow 计算。",
)


def workbook(grid: Grid) -> bytes:
    """Return a grid as a workbook that `read_workbook` takes back."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        needed = book.add_format({"bold": True, "bg_color": "#CFE3DC"})
        plain = book.add_format({"bold": True})
        for sheet in SHEETS:
            page = book.add_worksheet(sheet.title)
            page.freeze_panes(1, 0)
            page.set_column(0, len(sheet.columns) - 1, WIDTH)
            for place, column in enumerate(sheet.columns):
                style = needed if _is_needed(sheet, column) else plain
                page.write_string(0, place, column.heading, style)
            for number, each in enumerate(getattr(grid, sheet.attribute), start=1):
                for place, column in enumerate(sheet.columns):
                    _write(page, number, place, _shown(column, getattr(each, column.field)))
        page = book.add_worksheet(HELP_SHEET)
        page.set_column(0, 1, WIDTH)
        page.set_column(2, 2, 4 * WIDTH)
        lines = [
            *((line,) for line in INTRODUCTION),
            ("工作表", "列", "怎么填"),
            *(
                (sheet.title, column.heading, column.help)
                for sheet in SHEETS
                for column in sheet.columns
                if column.help
            ),
        ]
        for number, line in enumerate(lines):
            for place, text in enumerate(line):
                page.write_string(number, place, text)
    return content.getvalue()


def template() -> bytes:
    """Return the template: the workbook of a small example."""
    return workbook(EXAMPLE)


def _write(page: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, int | float):
        page.write_number(row, column, value)
    elif value is not None:
        page.write_string(row, column, value)


def _shown(column: Column, value: Any) -> Any:
    if column.options is None:
        return value
    return next(word for word, meant in column.options.items() if meant == value)


def _is_needed(sheet: Sheet, column: Column) -> bool:
    return any(
        field.name == column.field and field.default is MISSING for field in fields(sheet.kind)
    )


def read_workbook(path: Path) -> Grid:
    """Return the grid of a workbook like the template; sheets of devices there are none may lack.

    Raises:
        UnreadableSheetError: no workbook, too large or damaged, or headings are missing.
        UnreadableGridError: a cell cannot be used; every place is listed.
    """
    book = sheets.read_book(
        path.read_bytes(),
        name=path.name,
        headings={s.title: [c.heading for c in s.columns if _is_needed(s, c)] for s in SHEETS},
        optional={s.title: [c.heading for c in s.columns if not _is_needed(s, c)] for s in SHEETS},
    )
    if "节点" not in book.rows:
        words = Phrase("%(name)s 里没有“节点”工作表，请下载模型模板，照样填写。", name=path.name)
        raise UnreadableGridError(words)
    problems: list[Problem] = []
    made: dict[str, Any] = {
        sheet.attribute: tuple(
            _made(sheet, Row(sheet.title, row.number, row.cells, problems))
            for row in book.rows.get(sheet.title, [])
        )
        for sheet in SHEETS
    }
    refuse(path.name, problems)
    return Grid(name=path.stem, **made)


def _made(sheet: Sheet, row: Row) -> Any:
    """Return the thing of a row; what cannot be read is noted and stands in for itself."""
    hints = HINTS[sheet.kind]
    defaults = {field.name: field.default for field in fields(sheet.kind)}
    values: dict[str, Any] = {}
    for column in sheet.columns:
        default, heading = defaults[column.field], column.heading
        if default is not MISSING and not row.told(heading):
            values[column.field] = default
        elif column.options is not None:
            values[column.field] = row.choice(heading, column.options, default)
        elif hints[column.field] is str:
            values[column.field] = row.text(heading)
        elif hints[column.field] is int:
            values[column.field] = row.whole(heading, 0)
        else:
            values[column.field] = row.number_of(heading)
    return sheet.kind(**values)
