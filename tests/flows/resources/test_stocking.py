"""At the shelf without an attendant: who took what for what; tables of items; labels; log."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
import python_calamine
from openpyxl import Workbook
from pypdf import PdfReader

from dianliang.core.checks import InvalidRowsError
from dianliang.domain.resources.models import Item, Movement, Stock
from dianliang.domain.resources.operations.stocking import UnableToStockError
from dianliang.domain.resources.queries import stock as book
from dianliang.domain.resources.queries.stock import LogFilters
from dianliang.domain.resources.queries.things import Filters
from dianliang.flows.resources import labels, logbook, sheets, stocking
from dianliang.flows.resources.stocking import Taken
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.gear import captain, desk, piece, stock
from tests.town import NOON

pytestmark = pytest.mark.django_db
KEY = "k" * 32
TAKEN = Taken(pieces="4", purpose="incident", number="FX-7", words="圩堤")


def take(kept, who, taken=TAKEN, key=KEY):
    return stocking.issue_once(
        key=key, code=kept.store.code, item=kept.item.code, taken=taken, by=who, at=NOON
    )


def table(rows):
    """Return a table of items as somebody fills it in."""
    book = Workbook()
    columns = ["品目编码", "名称", "规格", "计量单位", "仓库编码", "最低库存"]
    book.active.append(columns)
    for row in rows:
        book.active.append([row.get(name, "") for name in columns])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def cells(content):
    found = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    return [[str(cell) for cell in row] for row in found.get_sheet_by_index(0).to_python()]


def test_a_second_press_takes_nothing_more_and_only_what_is_ones_own_comes_back(town):
    kept, who, other = stock(town), captain(town), captain(town, name="队长乙")
    first = take(kept, who)
    assert take(kept, who).number == first.number
    assert take(kept, who, replace(TAKEN, pieces="5")).number != first.number
    code = kept.store.code

    back = {"code": code, "number": first.number, "told": "", "at": NOON}
    with pytest.raises(InvalidInputError, match="自己领用"):
        stocking.give_back_once(key=KEY, pieces="1", by=other, **back)
    for _ in range(2):
        stocking.give_back_once(key=KEY, pieces="3", by=who, **back)

    kept.refresh_from_db()
    assert kept.quantity == 10 - 4 - 5 + 3
    out = stocking.shelf(code=code, by=who, at=NOON).out
    assert sorted((row.pieces, row.out) for row in out) == [(-5, 5), (-4, 1)]
    assert stocking.shelf(code=code, by=other, at=NOON).out == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"purpose": "", "number": ""}, "请选择用途"),
        ({"purpose": "job"}, "没有找到工单 FX-7"),
        ({"purpose": "activity", "number": "无"}, "没有找到活动"),
        ({"purpose": "incident", "number": ""}, "请填写突发事件编号"),
        ({"purpose": "other", "number": "", "words": ""}, "写明用途"),
        ({"pieces": "很多"}, "应填整数"),
        ({"pieces": "11"}, "只剩 10 套"),
    ],
)
def test_what_is_taken_says_what_for_and_nothing_is_written_otherwise(town, change, words):
    kept = stock(town)

    with pytest.raises((InvalidInputError, UnableToStockError), match=words):
        take(kept, captain(town), replace(TAKEN, **change))
    assert kept.movements.count() == 1


def test_a_store_opens_to_its_own_unit_and_those_below_it(town):
    company, station = stock(town, "AJ"), stock(town, "S1", code="LAMP-S1")

    take(company, captain(town, "S1"))
    with pytest.raises(NotVisibleError):
        take(station, captain(town, "S2"))
    with pytest.raises(NotVisibleError):
        take(company, captain(town, "WTR"))


def test_the_log_of_24_hours_and_its_table_tell_the_same_and_sums_are_counted_once(town):
    kept, who, by = stock(town), captain(town), desk(town)
    first = take(kept, who)
    for pieces in ("1", "2"):
        stocking.give_back_once(
            key=pieces * 32,
            code=kept.store.code,
            number=first.number,
            pieces=pieces,
            told="",
            by=who,
            at=NOON,
        )
    span = LogFilters(first=NOON - timedelta(hours=24), last=NOON + timedelta(seconds=1))

    log = logbook.log(code=kept.store.code, filters=span, by=by)

    assert log.sums == (
        ("receive", "入库", 1, 10),
        ("issue", "领用", 1, 4),
        ("return", "退还", 2, 3),
    )
    shown = [book.movement_row(row) for row in log.rows]
    assert [row.out for row in shown if row.kind == "issue"] == [1]
    printed = cells(sheets.log(code=kept.store.code, filters=span, by=by, at=NOON))
    assert [row[0] for row in printed[1:]] == [row.number for row in shown]
    assert any("FX-7" in row and "队长甲" in row for row in printed)
    later = replace(span, first=NOON + timedelta(seconds=1))
    assert logbook.log(code=kept.store.code, filters=later, by=by).sums == ()


def test_a_table_of_items_goes_out_and_comes_back_all_or_nothing(town):
    kept, by = stock(town), desk(town)
    rows = [
        {"品目编码": "BAG", "名称": "沙袋", "计量单位": "只", "仓库编码": "CK-S1", "最低库存": "5"},
        {"品目编码": "LAMP", "名称": "堤灯", "计量单位": "套"},
    ]
    wrong = [*rows, {"品目编码": "沙 袋", "名称": "", "计量单位": "只", "仓库编码": "CK-S2"}]
    wrong.append({"品目编码": "LAMP", "名称": "堤灯", "计量单位": "箱"})
    with pytest.raises(InvalidRowsError) as refused:
        sheets.read_items(content=table(wrong), by=by, at=NOON)
    assert len(refused.value.rows) == 4
    assert not Item.objects.filter(code="BAG").exists()

    assert sheets.read_items(content=table(rows), by=by, at=NOON) == 2

    assert Stock.objects.get(item__code="BAG").least == 5
    kept.item.refresh_from_db()
    assert kept.item.name == "堤灯"
    stock(town, "AJ", code="ROPE", pieces=0)
    out = sheets.items(by=by, at=NOON)
    assert sheets.read_items(content=out, by=by, at=NOON) == 3
    assert not Movement.objects.filter(stock__item__code="BAG").exists()


def test_labels_lead_to_the_door_and_the_shelf_in_as_many_parts_as_it_takes(town, monkeypatch):
    kept, by, asked = stock(town), desk(town), []

    def address(*parts):
        asked.append(parts)
        return f"https://example.com/{'/'.join(parts)}"

    sheet = labels.of_store(code="CK-S1", door=address, item=address, by=by, at=NOON)
    thing = piece(town)
    gear = labels.of_gear(filters=Filters(), address=address, by=by, at=NOON)

    assert asked == [("CK-S1",), ("CK-S1", kept.item.code), (thing.number,)]
    for content, words in ((sheet, "圩堤照明灯"), (gear, thing.number)):
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
        assert words in text
    monkeypatch.setattr(labels, "MOST_LABELS", 1)
    assert labels.parts_of(1) == 2
    asked.clear()
    for part in (1, 2):
        labels.of_store(code="CK-S1", part=part, door=address, item=address, by=by, at=NOON)
    with pytest.raises(NotVisibleError):
        labels.of_store(code="CK-S1", part=3, door=address, item=address, by=by, at=NOON)
    assert set(asked) == {("CK-S1",), ("CK-S1", kept.item.code)}
    monkeypatch.undo()
    with pytest.raises(InvalidInputError, match="先筛选"):
        labels.of_gear(filters=Filters(view="scrapped"), address=address, by=by, at=NOON)
