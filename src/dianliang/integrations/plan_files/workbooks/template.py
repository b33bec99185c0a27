"""The workbook to fill in: every column explained, examples that can be tried as they are."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from dianliang.core import blanks
from dianliang.engines.routing import GreatCircle, Weights
from dianliang.integrations.plan_files.loaded import Coordinates
from dianliang.integrations.plan_files.workbooks.columns import (
    EXAMPLE,
    GUIDE,
    PARAMETERS,
    SETTINGS,
    SHEETS,
    SYSTEM,
    Sheet,
)

ADVICE = (
    f"灰底斜体、以“{EXAMPLE}”开头的行是例子：可以先不改，直接试着排一次；填了自己的行，例子自动略过。",
    "“队伍”“班次”“工单”三张表必填；其他表用不着就空着。表头不要改名、合并或重复，列的次序可以换。",
    "时间都是北京时间。日期写 2026-11-24，时间写 8:30；一格里几项用、或；隔开。",
    "编号请先把整列设为文本：超过 15 位的数字会被 Excel 改掉末位。",
    "排计划：dianliang plan 本文件.xlsx -o 结果.xlsx。有错会逐格说明，改好再排；什么都不会写一半。",
)


def template(*, on: date) -> bytes:
    """Return the workbook to fill in; its examples are about the days after `on`."""
    out = BytesIO()
    book = blanks.workbook(out)
    _guide(book)
    example = book.add_format({"num_format": "@", "italic": True, "bg_color": "#EEEEEE"})
    for sheet in SHEETS:
        headings = [(c.heading, c.note, c.choices) for c in sheet.columns]
        rows = [*_settings()] if sheet is PARAMETERS else []
        page = blanks.add_table(book, sheet.title, headings, examples=rows)
        for number, row in enumerate(_examples(sheet, on), start=1):
            page.write_row(number, 0, row, example)
    book.close()
    return out.getvalue()


def _examples(sheet: Sheet, on: date) -> Iterator[tuple[str, ...]]:
    days = {"d1": (on + timedelta(days=1)).isoformat(), "d2": (on + timedelta(days=2)).isoformat()}
    for row in sheet.examples:
        yield tuple(cell.format(**days) for cell in row)


def _settings() -> Iterator[tuple[str, ...]]:
    listed = " 或 ".join(Coordinates)
    yield (
        SYSTEM,
        "",
        Coordinates.WGS84,
        f"{listed}；高德、腾讯地图上取的是 GCJ-02；百度的是 BD-09，请先换算",
    )
    defaults = {"Weights": Weights(), "GreatCircle": GreatCircle()}
    for setting in SETTINGS:
        owner, _, name = setting.fills.partition(".")
        value = getattr(defaults[owner], name) / setting.per_unit
        yield setting.name, "", f"{round(value, 2):g}", setting.note


def _guide(book: Any) -> None:
    """Add the sheet that says how to fill in the others."""
    bold = book.add_format({**blanks.HEADING, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page = book.add_worksheet(GUIDE)
    page.set_column(0, 0, 10)
    page.set_column(1, 1, 18)
    page.set_column(2, 2, 80, wrapped)
    page.write_string(0, 0, "排计划的表怎样填", book.add_format({"bold": True, "font_size": 14}))
    number = 1
    for number, words in enumerate(ADVICE, start=1):
        page.write_string(number, 2, words, wrapped)
    for sheet in SHEETS:
        number += 2
        page.write_string(number, 0, sheet.title, bold)
        page.write_string(number, 1, "必填" if sheet.is_needed else "可不填", bold)
        page.write_string(number, 2, sheet.purpose, bold)
        for column in sheet.columns:
            number += 1
            listed = f"可选：{'、'.join(column.choices)}" if column.choices else ""
            words = "；".join(part for part in (column.note, listed) if part)
            page.write_string(number, 1, column.heading, wrapped)
            page.write_string(number, 2, words, wrapped)
    page.set_landscape()
    page.fit_to_pages(1, 0)
