"""Tables that people bring: Excel and CSV, read safely, with row numbers for every complaint."""

import csv
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any

import python_calamine
import xlsxwriter

from dianliang.kernel.errors import DomainError

MOST_BYTES = 40 * 1024 * 1024
MOST_UNPACKED_BYTES = 400 * 1024 * 1024
MOST_ROWS = 200_000
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"


class UnreadableSheetError(DomainError):
    """The file cannot be read as a table; the message says why and what to do."""

    code = "sheets.unreadable"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number as Excel shows it, and its cells by heading."""

    number: int
    cells: dict[str, str]

    def get(self, heading: str) -> str:
        """Return a cell, or an empty string."""
        return self.cells.get(heading, "")


def read(content: bytes, *, name: str, headings: Sequence[str]) -> list[SheetRow]:
    """Return the rows below the headings of the first sheet; empty rows are skipped.

    Numbers that are codes come without ``.0``; text is trimmed.

    Raises:
        UnreadableSheetError: too large, damaged, of an unknown kind or encoding, or a required
            heading is missing or stands in a merged cell.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableSheetError(f"{name} 超过 40 MB，请拆分后再导入。")
    if content.startswith((ZIP_MAGIC, OLE_MAGIC)):
        table = _excel(content, name=name)
    else:
        table = _csv(content, name=name)
    return list(_rows(table, name=name, headings=headings))


def _excel(content: bytes, *, name: str) -> list[list[str]]:
    damaged = f"{name} 已损坏或不是 Excel 文件，请用 Excel 或 WPS 重新另存为 .xlsx。"
    if content.startswith(ZIP_MAGIC):
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                unpacked = sum(entry.file_size for entry in archive.infolist())
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise UnreadableSheetError(damaged) from error
        if unpacked > MOST_UNPACKED_BYTES:
            raise UnreadableSheetError(f"{name} 展开后过大，可能有问题，请检查或拆分。")
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        if sheet.total_height > MOST_ROWS:
            raise UnreadableSheetError(f"{name} 超过 {MOST_ROWS} 行，请拆分后再导入。")
        rows = sheet.to_python(skip_empty_area=False)
    except (
        python_calamine.CalamineError,
        ValueError,
        IndexError,
    ) as error:
        raise UnreadableSheetError(damaged) from error
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _csv(content: bytes, *, name: str) -> list[list[str]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableSheetError(f"{name} 是 UTF-16 编码，请另存为 UTF-8 的 CSV 或 .xlsx。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return [[cell.strip() for cell in row] for row in csv.reader(StringIO(text))]
    raise UnreadableSheetError(f"{name} 不是可识别的文本，请另存为 UTF-8 的 CSV 或 .xlsx。")


def _rows(table: list[list[str]], *, name: str, headings: Sequence[str]) -> Iterable[SheetRow]:
    head = next((i for i, row in enumerate(table[:10]) if set(headings) <= set(row)), None)
    if head is None:
        seen = {cell for row in table[:10] for cell in row}
        missing = [heading for heading in headings if heading not in seen]
        words = (
            f"缺少表头：{'、'.join(missing)}" if missing else "表头不在同一行（是否有合并单元格）"
        )
        raise UnreadableSheetError(f"{name} {words}。请使用 --template 写出的模板。")
    names = table[head]
    for number, row in enumerate(table[head + 1 :], start=head + 2):
        if any(row):
            yield SheetRow(number, dict(zip(names, row, strict=False)))


def template(headings: Sequence[tuple[str, str]], *, example: Sequence[str]) -> bytes:
    """Return an empty Excel table: headings with notes, and one example row."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("填写")
    bold = book.add_format({"bold": True, "bg_color": "#DCEBEA", "text_wrap": True})
    as_text = book.add_format({"num_format": "@"})
    sheet.set_column(0, len(headings) - 1, 18, as_text)
    for column, (heading, note) in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
        sheet.write_comment(0, column, note)
    sheet.write_row(1, 0, example)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
