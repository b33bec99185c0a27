"""What people keep in the files, as Excel: out and in again, every error with its row."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from dianliang.core.checks import InvalidRowsError
from dianliang.core.sheets import UnreadableSheetError
from dianliang.domain.insight.models import PlanItem, VillageProfile
from dianliang.flows.village_file import editing, sheets
from dianliang.kernel.errors import InvalidInputError
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db
DUE = TODAY + timedelta(days=20)


@pytest.fixture
def kept(town):
    by = town.actor("S1")
    editing.plan(code="V1", title="更换表箱", owner="供电所", due_on=DUE, by=by, at=NOON)
    editing.describe(
        code="V1",
        households=300,
        population=900,
        station_code="FW-001",
        summary="白茶",
        by=by,
        at=NOON,
    )
    return town


def changed(town, change, *, code="S1"):
    """Export, let somebody change the workbook, and return it."""
    book = load_workbook(BytesIO(sheets.workbook(by=town.actor(code), at=NOON)))
    change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def load(town, content, *, code="S1"):
    return sheets.load(content, by=town.actor(code), at=NOON)


def test_what_goes_out_comes_back_unchanged(kept):
    before = (PlanItem.objects.values().get(), VillageProfile.objects.values().get(area__code="V1"))

    done = load(kept, changed(kept, lambda book: None))

    assert (done.villages, done.fresh, done.changed) == (2, 0, 1)
    assert (
        PlanItem.objects.values().get(),
        VillageProfile.objects.values().get(area__code="V1"),
    ) == before


def test_a_row_is_changed_and_a_new_one_added(kept):
    def change(book):
        book["概况"]["C2"] = "310"
        book["年度计划"]["C2"] = "更换全部表箱"
        book["年度计划"]["F2"] = "已完成"
        book["年度计划"].append(["", "V2", "清理毛竹", "电管家", "2026-12-20", "进行中"])

    done = load(kept, changed(kept, change))

    assert (done.fresh, done.changed) == (1, 1)
    assert VillageProfile.objects.get(area__code="V1").households == 310
    items = PlanItem.objects.order_by("pk").values_list("area__code", "title", "status")
    assert list(items) == [("V1", "更换全部表箱", "DONE"), ("V2", "清理毛竹", "DOING")]


def test_every_error_is_told_with_its_row_and_nothing_is_written(kept):
    def change(book):
        book["概况"]["C2"] = "很多"
        book["概况"]["E2"] = "FW-999"
        book["年度计划"].append(["NJ-none", "V1", "", "", "明年", "快了"])
        book["年度计划"].append(["", "V3", "别人的村", "", "2026-12-20", ""])

    with pytest.raises(InvalidRowsError) as refused:
        load(kept, changed(kept, change))

    told = "\n".join(refused.value.rows)
    for words in (
        "概况表 第 2 行 C 列：“总户数”应为 1 到 200000 的整数，现为“很多”",
        "概况表 第 2 行 E 列：服务站编码 FW-999 不存在",
        "年度计划表 第 3 行 A 列：没有编号为 NJ-none",
        "年度计划表 第 3 行 C 列：“事项”不能为空",
        "年度计划表 第 3 行 E 列：“完成期限”应形如",
        "年度计划表 第 3 行 F 列：“状态”应为未开始、进行中、已完成、已取消之一",
        "年度计划表 第 4 行 B 列：村社区编码 V3 不存在，或不在您单位的服务范围",
    ):
        assert words in told, words
    assert (PlanItem.objects.count(), VillageProfile.objects.get(area__code="V1").households) == (
        1,
        300,
    )


def test_a_neighbours_item_is_not_changed_by_its_number(kept):
    item = PlanItem.objects.get()

    def change(book):
        book["年度计划"].append([item.number, "V3", "改掉", "", "2026-12-20", ""])

    with pytest.raises(InvalidRowsError, match="没有编号为"):
        load(kept, changed(kept, change, code="S2"), code="S2")
    assert PlanItem.objects.get().title == "更换表箱"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", InvalidInputError),
        (b"a,b", UnreadableSheetError),
        (b"PK\x03\x04x", UnreadableSheetError),
    ],
)
def test_what_is_no_workbook_is_refused(kept, content, error):
    with pytest.raises(error):
        load(kept, content)


def test_a_workbook_without_these_sheets_is_refused(kept):
    def change(book):
        book["概况"].title = "其他"
        book["年度计划"].title = "别的"

    with pytest.raises(InvalidInputError, match="应有“概况”或“年度计划”工作表"):
        load(kept, changed(kept, change))
