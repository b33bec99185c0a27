"""The table as an Excel file: what goes out comes back, and every wrong cell is named."""

import zipfile
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.checks import InvalidRowsError
from dianliang.core.sheets import UnreadableSheetError
from dianliang.domain.directory.owners import Owner
from dianliang.domain.directory.rules import RuleRow
from dianliang.flows.rules import sheets

pytestmark = pytest.mark.django_db
UNITS = ("LM", "AJ", "S1", "S2", "WTR")
rows = st.lists(
    st.builds(
        RuleRow,
        service_code=st.sampled_from(("PWR-LIGHT", "WTR-LEAK", "GAS-HAZARD")),
        area_code=st.sampled_from(("C", "T1", "V1")),
        owner=st.sampled_from(("", *Owner.values)),
        unit_code=st.sampled_from(UNITS),
        assisting=st.lists(st.sampled_from(UNITS), max_size=3, unique=True).map(tuple),
    ),
    max_size=6,
    unique_by=lambda row: row.key,
)


@given(rows)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_table_that_was_downloaded_reads_back_the_same(town, table):
    assert sheets.read(sheets.filled(table)) == tuple(table)


def book(*lines):
    out = BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    page = made.add_worksheet("填写")
    for number, line in enumerate([sheets.NEEDED, *lines]):
        page.write_row(number, 0, line)
    made.close()
    return out.getvalue()


def test_every_wrong_cell_is_named_by_row_and_column():
    content = book(
        ("PWR-LIGHT", "C", "市政", "LM", ""),
        ("NOSUCH", "C", "", "LM", ""),
        ("PWR-LIGHT", "", "国王", "NOSUCH", "AJ、NOSUCH"),
    )

    with pytest.raises(InvalidRowsError) as refusal:
        sheets.read(content)

    told = "\n".join(refusal.value.rows)
    for place in ("第 3 行 A 列", "第 4 行 B 列", "第 4 行 C 列", "第 4 行 D 列", "第 4 行 E 列"):
        assert place in told


def test_the_same_rule_twice_is_named_with_both_rows(town):
    content = book(("PWR-LIGHT", "C", "市政", "LM", ""), ("PWR-LIGHT", "C", "市政", "AJ", ""))

    with pytest.raises(InvalidRowsError, match=r"第 3 行 A 列.*与第 2 行"):
        sheets.read(content)


def test_an_empty_owner_and_the_word_for_it_mean_anybody(town):
    content = book(("PWR-LIGHT", "C", "不限", "LM", ""), ("PWR-LIGHT", "T1", "", "LM", ""))

    assert [row.owner for row in sheets.read(content)] == ["", ""]


def test_another_table_is_refused_with_what_it_lacks(town):
    with pytest.raises(UnreadableSheetError, match="主办单位编码"):
        sheets.read(b"\xe5\xa7\x93\xe5\x90\x8d,1\n")


def test_the_blank_says_how_to_fill_it_in_and_reads_as_the_same_table(town):
    with pytest.raises(InvalidRowsError, match="330523"):
        sheets.read(sheets.blank())


def test_a_formula_without_a_result_is_refused_rather_than_left_out():
    out = BytesIO()
    made = BytesIO(book(("PWR-LIGHT", "C", "", "LM", "=E1")))
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, old.read(entry).replace(b"</f><v>0</v>", b"</f><v></v>"))

    with pytest.raises(UnreadableSheetError, match="第 2 行 E 列：“协办单位编码”是公式"):
        sheets.read(out.getvalue())
