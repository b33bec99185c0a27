"""A list as Excel: what the page's filter shows, whole and in safe cells; it is on record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from operator import attrgetter
from typing import Any

from dianliang.core import audit, blanks
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI


@dataclass(frozen=True, slots=True)
class Table:
    """A list that can be taken out: of which records, what it is called, its columns.

    A column is a heading and the attribute of a row that stands in it.
    """

    kind: str
    title: str
    columns: tuple[tuple[str, str], ...]


def list_sheet(
    table: Table, rows: Iterable[Any], *, filter_words: str, by: Actor, at: datetime
) -> bytes:
    """Return rows as a workbook; that they were taken out, by which filter, is on record."""
    out = BytesIO()
    book = blanks.workbook(out)
    sheet = book.add_worksheet(table.title)
    bold = book.add_format(blanks.HEADING)
    sheet.write_row(0, 0, [heading for heading, _ in table.columns], bold)
    take = [attrgetter(name) for _, name in table.columns]
    count = 0
    for count, row in enumerate(rows, start=1):
        sheet.write_row(count, 0, [cell(get(row)) for get in take])
    sheet.set_column(0, len(table.columns) - 1, 18)
    sheet.freeze_panes(1, 1)
    book.close()
    audit.record_about(
        f"{table.kind}.export_list",
        target_type=table.kind,
        target_id=by.unit_code or "/",
        by=by,
        at=at,
        after=f"{table.title} {count} 行",
        reason=filter_words[:400],
    )
    return out.getvalue()


def cell(value: object) -> str | int | float:
    """Return a value as a cell holds it; times are those of Shanghai."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Sequence):
        return "、".join(str(cell(part)) for part in value)
    return "" if value is None else str(value)
