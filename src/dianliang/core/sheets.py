"""Tables that people bring: Excel and CSV, read safely, with row numbers for every complaint."""

import csv
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import Any

import python_calamine

from dianliang.core.extents import TooFarError, UnknownBookError, measure
from dianliang.core.formulas import without_result
from dianliang.core.old_books import measure_old
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import decoded

MOST_BYTES = 40 * 1024 * 1024
MOST_UNPACKED_BYTES = 400 * 1024 * 1024
MOST_ROWS = 200_000
MOST_CELLS = 8_000_000
"""A sheet is laid out in memory from its first to its farthest cell; one stray cell is enough."""
LONGEST_EXACT = 10**15
"""Excel keeps fifteen digits and ends a longer number in noughts."""
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
MOST_TOLD = 50
CHUNK_BYTES = 1024 * 1024
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
BROKEN = (python_calamine.CalamineError, ValueError, IndexError)
"""What a damaged workbook raises."""
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)
"""What reading an archive raises: damaged, packed in an unknown way, or under a password."""
Choose = Callable[[Mapping[str, list[list[str]]]], str]
FILL_IN = "填写"
"""The template's sheet; the one beside it explains."""


class UnreadableSheetError(DomainError):
    """The file cannot be read as a table; the message says why and what to do."""

    code = "sheets.unreadable"


class MissingHeadingError(UnreadableSheetError):
    """A required heading is not there, or not in one row with the others."""

    code = "sheets.missing-heading"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number as Excel shows it, and its cells by heading."""

    number: int
    cells: dict[str, str]
    columns: dict[str, int] = field(default_factory=dict)

    def place(self, heading: str) -> Phrase:
        """Say where a cell stands: ``第 3 行 B 列``; without a heading, the row alone."""
        column = self.columns.get(heading)
        if not column:
            return Phrase("第 %(row)d 行", row=self.number)
        letters = column_letters(column)
        return Phrase("第 %(row)d 行 %(column)s 列", row=self.number, column=letters)

    def get(self, heading: str) -> str:
        """Return a cell, or an empty string."""
        return self.cells.get(heading, "")


def read(
    content: bytes, *, name: str, headings: Sequence[str], optional: Sequence[str] = ()
) -> list[SheetRow]:
    """Return the rows below the headings of the first sheet; empty rows are skipped.

    Numbers that are codes come without ``.0``; text is trimmed. `optional` headings may be
    missing, but not stand twice.

    Raises:
        UnreadableSheetError: too large, damaged, of an unknown kind or encoding, a required
            heading is missing or stands in a merged cell, or a formula has no stored result.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableSheetError(Phrase("%(name)s 超过 40 MB，请拆分后再导入。", name=name))
    if content.startswith((ZIP_MAGIC, OLE_MAGIC)):
        table, title = _excel(content, name=name)
        unknown = _unknown(content, title)
    else:
        table, unknown = _csv(content, name=name), frozenset()
    found = _rows(table, name=name, headings=headings, optional=optional, unknown=unknown)
    return list(found)


def grid(content: bytes, *, name: str, choose: Choose) -> list[list[str]]:
    """Return the cells of a workbook's chosen sheet as text, for who finds the headings himself.

    Raises:
        UnreadableSheetError: too large or damaged, or a formula has no stored result.
    """
    book = _opened(content, name=name)
    tables = {title: _laid_out(book, title, name=name) for title in _shown(book, name=name)}
    table = tables[title := choose(tables)]
    headings = {column: "" for row in table for column in range(1, len(row) + 1)}
    _refuse_unknown(sorted(_unknown(content, title)), headings, name=name)
    return table


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook that were asked for, and the names of the others that show."""

    rows: dict[str, list[SheetRow]]
    others: tuple[str, ...]


def read_book(
    content: bytes,
    *,
    name: str,
    headings: Mapping[str, Sequence[str]],
    optional: Mapping[str, Sequence[str]],
) -> Book:
    """Return the rows of several sheets of a workbook; one that is not there is left out.

    `optional` headings may be missing, but not stand twice.

    Raises:
        UnreadableSheetError: no Excel file, too large, damaged, or required headings are missing;
            every sheet with such trouble is named.
    """
    if not content.startswith((ZIP_MAGIC, OLE_MAGIC)):
        message = Phrase(
            "%(name)s 不是 Excel 文件（可能是别的文件改了扩展名），请另存为 .xlsx。", name=name
        )
        raise UnreadableSheetError(message)
    book = _opened(content, name=name)
    shown = {title.strip(): title for title in _shown(book, name=name)}
    rows: dict[str, list[SheetRow]] = {}
    wrong: list[str] = []
    for title in headings.keys() & shown.keys():
        of_sheet = Phrase("%(name)s 的“%(title)s”表", name=name, title=title)
        try:
            table = _laid_out(book, shown[title], name=of_sheet)
            rows[title] = list(
                _rows(
                    table,
                    name=of_sheet,
                    headings=headings[title],
                    optional=optional[title],
                    unknown=_unknown(content, shown[title]),
                )
            )
        except UnreadableSheetError as refusal:
            wrong.append(refusal.message)
    if wrong:
        raise UnreadableSheetError(joined("\n", sorted(wrong)))
    return Book(rows, tuple(title for title in shown if title not in headings))


def _excel(content: bytes, *, name: str) -> tuple[list[list[str]], str]:
    book = _opened(content, name=name)
    shown = _shown(book, name=name)
    title = FILL_IN if FILL_IN in shown else shown[0]
    return _laid_out(book, title, name=name), title


def _unknown(content: bytes, title: str) -> frozenset[tuple[int, int]]:
    """Return where formulas stand whose result nobody stored; the old format always does."""
    if not content.startswith(ZIP_MAGIC):
        return frozenset()
    return frozenset(without_result(content, title))


def _opened(content: bytes, *, name: str) -> python_calamine.CalamineWorkbook:
    """Open a workbook whose size was looked at first."""
    if len(content) > MOST_BYTES:
        raise UnreadableSheetError(Phrase("%(name)s 超过 40 MB，请拆分后再导入。", name=name))
    damaged = _damaged(name)
    if content.startswith(ZIP_MAGIC):
        try:
            is_bearable = _unpacks_within(content, MOST_UNPACKED_BYTES)
        except BROKEN_ZIP as error:
            raise UnreadableSheetError(damaged) from error
        if not is_bearable:
            raise UnreadableSheetError(
                Phrase("%(name)s 展开后过大，可能有问题，请检查或拆分。", name=name)
            )
    _measure(content, name=name)
    try:
        return python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    except BROKEN as error:
        raise UnreadableSheetError(damaged) from error


def _unpacks_within(content: bytes, most_bytes: int) -> bool:
    """Tell whether an archive is no larger when unpacked: neither as it announces, nor in truth."""
    left = most_bytes
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > most_bytes:
            return False
        for entry in archive.infolist():
            entry.file_size = sys.maxsize  # what it announces would end the reading
            with archive.open(entry) as file:
                while chunk := file.read(CHUNK_BYTES):
                    left -= len(chunk)
                    if left < 0:
                        return False
    return True


def _laid_out(book: python_calamine.CalamineWorkbook, title: str, *, name: str) -> list[list[str]]:
    try:
        sheet = book.get_sheet_by_name(title)
        if sheet.total_height > MOST_ROWS or sheet.total_height * sheet.total_width > MOST_CELLS:
            raise UnreadableSheetError(_too_many(name))
        rows = sheet.to_python(skip_empty_area=False)
    except BROKEN as error:
        raise UnreadableSheetError(_damaged(name)) from error
    return [[_text(cell) for cell in row] for row in rows]


def _too_many(name: str) -> Phrase:
    return Phrase(
        "%(name)s 超过 %(most_rows)s 行，请拆分后再导入。", name=name, most_rows=MOST_ROWS
    )


def _damaged(name: str) -> Phrase:
    return Phrase(
        "%(name)s 已损坏、加了密码或不是 Excel 文件，"
        "请用 Excel 或 WPS 打开后另存为不加密码的 .xlsx。",
        name=name,
    )


def _shown(book: python_calamine.CalamineWorkbook, *, name: str) -> list[str]:
    """Return the names of the sheets that a person can see."""
    shown = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == python_calamine.SheetVisibleEnum.Visible
        and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    if not shown:
        message = Phrase("%(name)s 没有可见的工作表，请取消隐藏后另存。", name=name)
        raise UnreadableSheetError(message)
    return shown


def _measure(content: bytes, *, name: str) -> None:
    """Look for the farthest cell before anything is laid out in memory.

    Raises:
        UnreadableSheetError: the sheet would not fit, or its archive is damaged.
    """
    try:
        if content.startswith(OLE_MAGIC):
            measure_old(content, most_cells=MOST_CELLS)
        else:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                measure(archive, most_cells=MOST_CELLS)
    except TooFarError as far:
        message = Phrase(
            "%(name)s 在很远的位置（第 %(height)s 行、第 %(width)s 列）还有内容。"
            "请删除表格以外的行和列，另存后再导入。",
            name=name,
            height=far.height,
            width=far.width,
        )
        raise UnreadableSheetError(message) from far
    except (*BROKEN_ZIP, UnknownBookError) as error:
        raise UnreadableSheetError(_damaged(name)) from error


def column_letters(number: int) -> str:
    """Return what Excel calls a column, counted from 1: ``A``, ``Z``, ``AA``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        # A number that lost its end keeps its exponent, so that it cannot pass as a code.
        is_exact = abs(cell) < LONGEST_EXACT or (abs(cell) < 2**53 and cell % 10 != 0)
        return str(int(cell)) if is_exact else f"{cell:.5e}"
    return _trimmed(str(cell))


def _trimmed(text: str) -> str:
    """Return a cell without surrounding space and without marks that nobody can see."""
    return INVISIBLE.sub("", text).strip()


def _csv(content: bytes, *, name: str) -> list[list[str]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableSheetError(
            Phrase("%(name)s 是 UTF-16 编码，请另存为 UTF-8 的 CSV 或 .xlsx。", name=name)
        )
    text = decoded(content)
    if text is not None and "\0" not in text:
        return _csv_rows(text, name=name)
    raise UnreadableSheetError(
        Phrase("%(name)s 不是可识别的文本，请另存为 UTF-8 的 CSV 或 .xlsx。", name=name)
    )


def _csv_rows(text: str, *, name: str) -> list[list[str]]:
    """Return the rows, strictly: a quote that nobody closes would swallow the lines below it."""
    reader = csv.reader(StringIO(text), strict=True)
    rows: list[list[str]] = []
    line, cells = 1, 0
    try:
        for row in reader:
            cells += len(row)
            if len(rows) >= MOST_ROWS or cells > MOST_CELLS:
                raise UnreadableSheetError(_too_many(name))
            rows.append([_trimmed(cell) for cell in row])
            line = reader.line_num + 1
    except csv.Error as error:
        message = Phrase(
            "%(name)s 从文件第 %(line)s 行开始的一行，有引号没有成对，或单元格过长。"
            "请补上或删去多余的双引号（文字里的双引号要写成两个），或另存为 .xlsx。",
            name=name,
            line=line,
        )
        raise UnreadableSheetError(message) from error
    return rows


def _rows(
    table: list[list[str]],
    *,
    name: str,
    headings: Sequence[str],
    optional: Sequence[str] = (),
    unknown: frozenset[tuple[int, int]] = frozenset(),
) -> Iterable[SheetRow]:
    head = next((i for i, row in enumerate(table[:10]) if set(headings) <= set(row)), None)
    if head is None:
        seen = {cell for row in table[:10] for cell in row}
        missing = [heading for heading in headings if heading not in seen]
        words = (
            Phrase("缺少表头：%(missing)s", missing="、".join(missing))
            if missing
            else Phrase("表头不在同一行（是否有合并单元格）")
        )
        raise MissingHeadingError(
            Phrase("%(name)s %(words)s。请用系统给出的空白模板填写。", name=name, words=words)
        )
    names = table[head]
    known = {*headings, *optional}
    twice = sorted({cell for cell in names if cell in known and names.count(cell) > 1})
    if twice:
        raise UnreadableSheetError(
            Phrase(
                "%(name)s 表头重复：%(names)s。每列只能出现一次。",
                name=name,
                names="、".join(twice),
            )
        )
    columns = {cell: column for column, cell in enumerate(names, start=1)}
    below = sorted(cell for cell in unknown if cell[0] > head + 1)
    _refuse_unknown(below, {columns[cell]: cell for cell in known & columns.keys()}, name=name)
    for number, row in enumerate(table[head + 1 :], start=head + 2):
        if any(row):
            yield SheetRow(number, dict(zip(names, row, strict=False)), columns)


def _refuse_unknown(
    unknown: Sequence[tuple[int, int]], headings: Mapping[int, str], *, name: str
) -> None:
    """Refuse formulas without a stored result in columns that are read; name each cell.

    Raises:
        UnreadableSheetError: there is one.
    """
    told: list[str] = [
        Phrase(
            "%(name)s 第 %(row)d 行 %(column)s 列：“%(heading)s”是公式，"
            "文件里没有它的结果，请改成文字。",
            name=name,
            row=row,
            column=column_letters(column),
            heading=headings[column],
        )
        for row, column in unknown
        if column in headings
    ]
    if told:
        more = [Phrase("……另有 %(n)d 处", n=len(told) - MOST_TOLD)] if told[MOST_TOLD:] else []
        advice = Phrase("也可以用 Excel 或 WPS 打开文件，重新保存一次再导入。")
        raise UnreadableSheetError(joined("\n", [*told[:MOST_TOLD], *more, advice]))
