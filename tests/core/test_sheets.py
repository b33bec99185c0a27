"""Tables that people bring are measured before they are laid out."""

import time
import zipfile
from io import BytesIO

import pytest

from dianliang.core import formulas, sheets

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
