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


@pytest.mark.parametrize("filler", ["<c ", '<c t="str" <f>', "<c r= "])
def test_a_sheet_of_nothing_but_beginnings_is_read_at_once(filler):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", LINKS)
        archive.writestr(
            "xl/worksheets/sheet1.xml", f"<worksheet><!-- {filler * LONG}<f></c> --></worksheet>"
        )
    began = time.process_time()

    with pytest.raises(sheets.UnreadableSheetError):
        sheets.read(packed.getvalue(), name="a.xlsx", headings=["编号"])
    formulas.without_result(packed.getvalue(), "填写")

    assert time.process_time() - began < 3
