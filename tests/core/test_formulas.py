"""A formula whose result nobody stored is told by its cell; it never passes as an empty one."""

import zipfile
from io import BytesIO
from time import process_time

import pytest
import xlsxwriter

from dianliang.core import sheets
from dianliang.core.formulas import without_result
from dianliang.core.sheets import FILL_IN, UnreadableSheetError

HEADINGS = ["事项编码", "协办单位编码"]


def book(*lines, title=FILL_IN):
    """Return a workbook in which `=…` is a formula; another sheet stands before."""
    out = BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    made.add_worksheet("说明").write(1, 1, "=1+1")
    page = made.add_worksheet(title)
    for number, line in enumerate([HEADINGS, *lines]):
        page.write_row(number, 0, line)
    made.close()
    return out.getvalue()


def without_values(content):
    """Return the workbook as programs write it that do not reckon: formulas alone."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, old.read(entry).replace(b"</f><v>0</v>", b"</f><v></v>"))
    return out.getvalue()


def test_each_such_cell_is_named_with_its_row_and_column():
    content = without_values(book(("A", "=A2"), ("B", "LM"), ("C", '="L"&"M"')))

    with pytest.raises(UnreadableSheetError) as refusal:
        sheets.read(content, name="派单规则表", headings=HEADINGS)

    assert "第 2 行 B 列：“协办单位编码”是公式" in refusal.value.message
    assert "第 4 行 B 列" in refusal.value.message
    assert "第 3 行" not in refusal.value.message


def test_a_formula_with_its_result_is_read():
    content = book(("A", "=1+1"))

    (row,) = sheets.read(content, name="表", headings=HEADINGS)

    assert row.get("协办单位编码") == "0"  # what the writer stored; a spreadsheet stores the sum


def test_a_formula_in_a_column_that_nobody_reads_does_no_harm():
    content = without_values(book(("A", "LM", "=A2")))

    assert len(sheets.read(content, name="表", headings=HEADINGS)) == 1


def test_an_empty_text_is_a_result():
    content = book(("A", "=A2"))
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            text = old.read(entry).replace(b"</f><v>0</v>", b"</f><v></v>")
            new.writestr(entry, text.replace(b'<c r="B2"', b'<c r="B2" t="str"'))

    assert without_result(out.getvalue(), FILL_IN) == ()


@pytest.mark.parametrize("title", ["A&B", "三月", FILL_IN])
def test_the_sheet_is_found_by_its_name(title):
    assert without_result(without_values(book(("A", "=A2"), title=title)), title) == ((2, 2),)


def test_an_archive_that_is_no_workbook_has_none():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")

    assert without_result(out.getvalue(), FILL_IN) == ()


def test_an_attribute_full_of_what_looks_like_places_is_read_in_no_time():
    evil = b"<c x='" + b'r="A1"' * 20_000 + b'\' r="D2"><f>1</f></c></row></sheetData>'
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(book(("A", "LM")))) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        for entry in old.namelist():
            text = old.read(entry)
            is_sheet = entry.endswith("sheet2.xml")
            new.writestr(entry, text.replace(b"</row></sheetData>", evil) if is_sheet else text)

    begun = process_time()

    assert without_result(out.getvalue(), FILL_IN) == ((2, 4),)
    assert process_time() - begun < 2
