"""Tables that people bring, attacked: every import refuses clearly or writes, and never breaks."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import product

import xlsxwriter
from django.db import transaction

from dianliang.core import jobs
from dianliang.core.checks import InvalidRowsError
from dianliang.domain.venues.models import Matrix
from dianliang.flows.bases import sheet_rows
from dianliang.flows.bases import sheets as base_sheets
from dianliang.flows.key_customers import importing
from dianliang.flows.key_customers import sheets as key_sheets
from dianliang.flows.renewing import reading as renewing
from dianliang.flows.renewing import sheets as renewing_sheets
from dianliang.flows.staffing import lists
from dianliang.flows.staffing import sheets as staff_sheets
from dianliang.kernel.errors import DomainError
from tests.flows.bases.things import PARTY, matrix
from tests.keyworld import network
from tests.town import NOON

LONG = "长" * 10_000
ATTACKS = (LONG, "９９９", "9999-12-31", "1e999", "a\x00b", "\u202e", "%s%(n)d%")
LONGEST_COMPLAINT = 400


@dataclass(frozen=True)
class Import:
    """An import: how it is called, its sheets with a row that is right, and what is unique."""

    take: Callable[[bytes], object]
    sheets: Mapping[str, Mapping[str, str]]
    key: str


def workbook(sheets, *, merged=""):
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name or None)
        for line, cells in enumerate(([*rows[0]], *([*row.values()] for row in rows))):
            for column, cell in enumerate(cells):
                if str(cell).startswith("="):
                    sheet.write_formula(line, column, cell, value="")
                else:
                    sheet.write_string(line, column, str(cell))
        if merged:
            sheet.merge_range(merged, "合并", book.add_format({"border": 1}))
    book.close()
    return out.getvalue()


def imports(town) -> Iterator[tuple[str, Import]]:
    grown = matrix(town, unit="AJ")
    network(town)

    def take_bases(content):
        seen = Matrix.objects.get(pk=grown.pk).revision
        by = town.actor("AJ", PARTY)
        return base_sheets.take_in(code=grown.code, content=content, seen=seen, by=by, at=NOON)

    base = dict.fromkeys(sheet_rows.NAMES, "") | {
        "编码": "P1",
        "名称": "一号点",
        "类别": "文明实践点",
        "区域编码": "V1",
        "单位编码": "S1",
    }
    yield "bases", Import(take_bases, {"": base}, "编码")
    columns = {
        sheet: dict.fromkeys((name for name, _, _ in heads), "")
        for sheet, heads in staff_sheets.headings().items()
    }
    columns["人员"] |= {"姓名": "张三", "单位编码": "S1", "人员编号": "N1"}

    def keep(content):
        return lists.keep(content=content, name="表", by=town.actor("S1"), at=NOON)

    yield "people", Import(keep, {"人员": columns["人员"]}, "人员编号")
    team = columns["队伍"] | {"队伍编码": "N1", "队伍名称": "一队", "单位编码": "S1"}
    team |= {"驻地纬度": "30.5", "驻地经度": "119.6"}
    yield "teams", Import(keep, {"队伍": team}, "队伍编码")

    def bring(content):
        row = importing.bring(
            content=content, name="表", only_check=False, by=town.actor("S1"), at=NOON
        )
        assert jobs.run_next(owner="test", clock=lambda: NOON)
        told = importing.one(row.number, by=town.actor("S1")).row
        if told.status == "REFUSED":
            raise InvalidRowsError(told.faults)
        assert told.status == "DONE"

    customer = dict.fromkeys(key_sheets.COLUMNS, "") | {
        key_sheets.NUMBER: "K1",
        key_sheets.NAME: "医院",
        key_sheets.GRADE: "一级",
        key_sheets.KIND: "医院",
        key_sheets.UNIT: "S1",
        key_sheets.AREA: "V1",
    }
    yield "customers", Import(bring, {key_sheets.CUSTOMERS: customer}, key_sheets.NUMBER)
    stage = dict.fromkeys(renewing_sheets.STAGE_COLUMNS, "") | {
        "村编码": "V1",
        "批次": "第一批",
        "阶段": "勘察",
    }

    def renew(content):
        return renewing.read(content=content, by=town.actor("S1"), at=NOON)

    yield "renewal", Import(renew, {"阶段": stage}, "")


def refused(one, *rows, merged=""):
    """Bring rows; return what is told, nothing if they were written."""
    (sheet,) = one.sheets
    try:
        with transaction.atomic():
            one.take(workbook({sheet: rows}, merged=merged))
    except InvalidRowsError as refusal:
        return refusal.rows
    except DomainError as refusal:
        return refusal.message.splitlines()
    return ()


def test_every_attacked_cell_is_written_or_named_by_its_row_in_few_words(town):
    for name, one in imports(town):
        (good,) = one.sheets.values()
        rows = [
            {**good, **({one.key: f"N{n}"} if one.key else {}), column: attack}
            for n, (column, attack) in enumerate(product(good, ATTACKS))
        ]
        told = refused(one, *rows)
        assert len(told) > len(good), name
        for words in told:
            assert re.search(r"第 \d+ 行", words), words
            assert len(words) <= LONGEST_COMPLAINT, words


def test_a_wrong_sheet_merged_cells_a_row_twice_and_formulas_are_told(town):
    for name, one in imports(town):
        (good,) = one.sheets.values()
        assert "缺少表头" in refused(one, {"甲": "1"})[0], name
        assert "缺少表头" in refused(one, good, merged="A1:D1")[0], name
        assert any("行" in words for words in refused(one, good, good, merged="A2:D3")), name
        (first, *_) = good
        assert "A 列" in refused(one, {**good, first: "=1+1"})[0], name
        if name != "people":  # there the same person on two rows is one
            assert "第 3 行" in "".join(refused(one, good, good)), name
