"""Tables for people to fill in: headings that explain themselves, lists to choose from, help."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from dianliang.core.sheets import FILL_IN, MOST_ROWS

Heading = tuple[str, str, tuple[str, ...]]
"""A column: its name, a note, and what can be chosen."""
HEADING = {"bold": True, "bg_color": "#DCEBEA", "text_wrap": True}


def template(
    headings: Sequence[Heading],
    *,
    example: Sequence[str],
    further: Sequence[Sequence[str]] = (),
    title: str,
    advice: Sequence[str],
) -> bytes:
    """Return an Excel table to fill in: headings, example rows, lists to choose from, help.

    `further` are rows below the example, where one row alone would not be whole.
    """
    out = BytesIO()
    book = workbook(out)
    add_table(book, FILL_IN, headings, examples=[example, *further])
    bold = book.add_format(HEADING)
    _explain(book, bold, headings, title=title, advice=advice)
    book.close()
    return out.getvalue()


def workbook(out: BytesIO) -> Any:
    """Begin a workbook in which no text turns into a formula or a link."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    return xlsxwriter.Workbook(out, options)


def add_table(
    book: Any, name: str, headings: Sequence[Heading], *, examples: Sequence[Sequence[str]]
) -> Any:
    """Add a sheet to fill in; every cell is text, so that Excel does not change codes."""
    sheet = book.add_worksheet(name)
    bold = book.add_format(HEADING)
    as_text = book.add_format({"num_format": "@"})
    sheet.set_column(0, len(headings) - 1, 18, as_text)
    for column, (heading, note, choices) in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
        if note:
            sheet.write_comment(0, column, note)
        if choices:
            rule = {"validate": "list", "source": list(choices), "ignore_blank": True}
            sheet.data_validation(1, column, MOST_ROWS, column, rule)
    for row, example in enumerate(examples, start=1):
        sheet.write_row(row, 0, example, as_text)
    sheet.freeze_panes(1, 0)
    return sheet


def _explain(
    book: Any, bold: Any, headings: Sequence[Heading], *, title: str, advice: Sequence[str]
) -> None:
    """Add the sheet that says what each column is for."""
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 80, wrapped)
    sheet.write_string(0, 0, title, bold)
    for row, words in enumerate(advice, start=1):
        sheet.write_string(row, 1, words, wrapped)
    first = len(advice) + 2
    for row, (heading, note, choices) in enumerate(headings, start=first):
        sheet.write_string(row, 0, heading, bold)
        listed = f"可选：{'、'.join(choices)}" if choices else ""
        sheet.write_string(row, 1, "；".join(part for part in (note, listed) if part), wrapped)
