"""Tables that people bring are measured before they are laid out."""

import struct
import time
import zipfile
from io import BytesIO

import pytest
from django.utils import translation

from dianliang.core import formulas, sheets
from dianliang.core.checks import Checks, InvalidRowsError

LONG = 300_000
"""Beginnings of cells in one part: a pattern that looks past them takes a quarter of an hour."""
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="填写" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'
)


def packed_with(sheet: bytes) -> bytes:
    """Return a workbook of one sheet."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return packed.getvalue()


@pytest.mark.parametrize("announces", [None, 100])
def test_what_a_book_says_of_its_size_is_not_believed(monkeypatch, announces):
    most = 1024 * 1024
    monkeypatch.setattr(sheets, "MOST_UNPACKED_BYTES", most)
    size = 2 * most
    book = packed_with(b"<worksheet>".ljust(size))
    if announces is not None:
        honest, told = (number.to_bytes(4, "little") for number in (size, announces))
        assert book.count(honest) == 2  # before the part, and in the list at the end
        book = book.replace(honest, told)

    with pytest.raises(sheets.UnreadableSheetError, match="展开后过大"):
        sheets.read(book, name="a.xlsx", headings=["编号"])


@pytest.mark.parametrize("filler", ["<c ", '<c t="str" <f>', "<c r= "])
def test_a_sheet_of_nothing_but_beginnings_is_read_at_once(filler):
    book = packed_with(f"<worksheet><!-- {filler * LONG}<f></c> --></worksheet>".encode())
    began = time.process_time()

    with pytest.raises(sheets.UnreadableSheetError):
        sheets.read(book, name="a.xlsx", headings=["编号"])
    formulas.without_result(book, "填写")

    assert time.process_time() - began < 3


PLAIN = '<worksheet xmlns="{}"><sheetData>{}</sheetData></worksheet>'
SPREADSHEET = BOOK.split('"')[1]
FAR = {
    "another prefix": f'<x:worksheet xmlns:x="{SPREADSHEET}"><x:sheetData><x:row r="9">'
    '<x:c r="I9"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>',
    **{
        name: PLAIN.format(SPREADSHEET, cells)
        for name, cells in {
            "a sign inside": '<row r="9"><c x=">" r="I9"><v>1</v></c></row>',
            "other quotes": "<row r='9'><c\nr = 'i9'><v>1</v></c></row>",
            "beyond Excel": '<row r="9"><c r="AAAA9"><v>1</v></c></row>',
            "no place told": f'<row>{"<c/>" * 8}<c><v>1</v></c></row><row r="9"><c/></row>',
        }.items()
    },
}


@pytest.mark.parametrize("sheet", FAR.values(), ids=FAR)
def test_a_far_cell_is_found_however_it_is_written(monkeypatch, sheet):
    monkeypatch.setattr(sheets, "MOST_CELLS", 80)
    packed = packed_with(sheet.encode())

    for book in (packed, packed.replace(b"worksheets/sheet1.xml", b"worksheets/sheet1.dat")):
        with pytest.raises(sheets.UnreadableSheetError, match=r"第 9 行、第 \d+ 列"):
            sheets.read(book, name="a.xlsx", headings=["编号"])


@pytest.mark.parametrize("text", ["编号\n" + "\n" * 90, "编号," * 90])
def test_a_text_of_nothing_but_lines_or_commas_is_not_laid_out(monkeypatch, text):
    monkeypatch.setattr(sheets, "MOST_CELLS", 80)
    monkeypatch.setattr(sheets, "MOST_ROWS", 80)

    with pytest.raises(sheets.UnreadableSheetError, match="请拆分"):
        sheets.read(text.encode(), name="a.csv", headings=["编号"])


@pytest.mark.parametrize("part", ["xl/workbook.bin", "content.xml"])
def test_a_book_of_another_kind_cannot_be_measured_and_is_not_opened(part):
    packed = BytesIO(packed_with(PLAIN.format(SPREADSHEET, "").encode()))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(part, "<a/>")

    with pytest.raises(sheets.UnreadableSheetError, match="不加密码"):
        sheets.read(packed.getvalue(), name="a.xlsx", headings=["编号"])


def test_a_refusal_of_rows_is_told_in_the_language_of_the_page():
    checks = Checks("a.xlsx")
    row = sheets.SheetRow(3, {"件数": "00000000512345"}, {"件数": 2})
    assert checks.whole(row, "件数", 1000) is None

    with pytest.raises(InvalidRowsError) as refusal:
        checks.raise_if_any()
    with translation.override("en"):
        said = refusal.value.message.said(translation.gettext)
    assert "a.xlsx row 3, column B: " in said
    assert "第 3 行 B 列" in refusal.value.message


def old_record(kind, *numbers):
    body = struct.pack(f"<{len(numbers)}H", *numbers)
    return struct.pack("<HH", kind, len(body)) + body


def old_book(row, column):
    """Return a workbook of the old kind with "编号" in A1 and a number in one more cell."""
    first = old_record(0x0809, 0x0600, 5, 0, 0, 0, 0, 0, 0)
    name = "填写".encode("utf-16-le")
    bound = struct.pack("<IHBB", len(first) + 20, 0, 2, 1) + name
    head = first + struct.pack("<HH", 0x85, len(bound)) + bound + old_record(0x0A)
    label = struct.pack("<HHHHB", 0, 0, 0, 2, 1) + "编号".encode("utf-16-le")
    sheet = old_record(0x0809, 0x0600, 0x10, 0, 0, 0, 0, 0, 0)
    sheet += struct.pack("<HH", 0x0204, len(label)) + label
    sheet += struct.pack("<HHHHHd", 0x0203, 14, row, column, 0, 7.0) + old_record(0x0A)
    stream = (head + sheet).ljust(4096, b"\0")
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    chain = [0xFFFFFFFD, end, *range(3, 10), end]
    table = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
    entries = b""
    for title, kind, start, size in (("Root Entry", 5, end, 0), ("Workbook", 2, 2, 4096)):
        told = (title + "\0").encode("utf-16-le")
        links = struct.pack("<HBBIII", len(told), kind, 1, free, free, 1 if kind == 5 else free)
        entries += told.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)
    header = sheets.OLE_MAGIC + bytes.fromhex("a1b11ae1") + bytes(16)
    header += struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    return header + table + entries.ljust(512, b"\0") + stream


def test_an_old_book_is_measured_too():
    (row,) = sheets.read(old_book(1, 0), name="a.xls", headings=["编号"])
    assert row.get("编号") == "7"

    for book in (old_book(65535, 65535), old_book(4000, 2000)):
        with pytest.raises(sheets.UnreadableSheetError, match="很远的位置"):
            sheets.read(book, name="a.xls", headings=["编号"])
    torn = old_book(1, 0)[:900]
    with pytest.raises(sheets.UnreadableSheetError, match="不加密码"):
        sheets.read(torn, name="a.xls", headings=["编号"])
