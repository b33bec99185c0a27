"""Key customers from Excel: all or nothing, every fault with row and column, updated by number."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from dianliang.core import jobs
from dianliang.core.models import AuditEvent, BackgroundJob
from dianliang.domain.key_customers.models import BroughtTable, GradeDecision, KeyCustomer
from dianliang.domain.key_customers.queries import Filters
from dianliang.flows.key_customers import importing, reading, sheets
from dianliang.kernel.errors import NotVisibleError
from tests.english import left_in_chinese
from tests.keyworld import book, customer, line, network
from tests.town import NOON

SUPPLY = ["ZY1", "柴油发电机", "500", "", "8", "2026-06-01"]


def brought(town, content, *, by=None, only_check=False):
    """Bring a table and have it worked off; return what came of it."""
    by = by or town.actor("S1")
    row = importing.bring(content=content, name="表.xlsx", only_check=only_check, by=by, at=NOON)
    assert importing.one(row.number, by=by).row.status == "WAITING"
    assert jobs.run_next(owner="test", clock=lambda: NOON)
    return importing.one(row.number, by=by).row


def cells(**known):
    return {getattr(sheets, name.upper()): value for name, value in known.items()}


def test_a_table_comes_in_is_changed_and_comes_in_again(town):
    network(town)
    first = line(
        "ZY1",
        **cells(main="F117", others="B118-001", contact="王五", phone="19987650011", lat="30.5"),
        **cells(lon="119.6", datum="GCJ-02", tie_in="接口具备", cable="60"),
    )
    pump = line("ZY2", **cells(kind="排灌泵站", grade="二级"))
    row = brought(town, book([first, pump], [SUPPLY]))
    made = KeyCustomer.objects.get(number="ZY1")

    assert (row.status, row.outcome) == (
        "DONE",
        {"rows": 2, "new": 2, "changed": 0, "supplies": 1},
    )
    assert [(feed.is_main, str(feed.feeder or "")) for feed in made.feeds.all()] == [
        (True, "余村线"),
        (False, ""),
    ]
    assert (made.contact, made.supplies.get().power_kva) == ("王五", 500)
    assert made.lat != pytest.approx(30.5, abs=1e-4)
    assert KeyCustomer.objects.get(number="ZY2").checklist.code == "pump_house"

    content = sheets.filled(filters=Filters(), by=town.actor("S1"), at=NOON)
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert ("ZY1 医院" in str(rows), "19987650011" in str(rows)) == (True, False)
    again = brought(town, content)
    assert again.outcome == {"rows": 2, "new": 0, "changed": 0, "supplies": 1}
    made.refresh_from_db()
    assert (made.contact, made.phone) == ("王五", "19987650011")

    graded = brought(town, book([line("ZY1", **cells(grade="特级", document="省函 3 号"))]))
    made.refresh_from_db()
    assert (graded.outcome["changed"], made.grade, made.contact) == (1, "special", "王五")
    decisions = GradeDecision.objects.filter(customer=made).order_by("pk")
    assert list(decisions.values_list("grade", "document")) == [
        ("first", ""),
        ("special", "省函 3 号"),
    ]
    trail = AuditEvent.objects.filter(verb="key_customers.keycustomer.import", target_id="ZY1")
    assert list(trail.order_by("pk").values_list("after", flat=True)) == ["新建", "更新"]


def test_every_fault_is_told_with_row_and_column_and_nothing_is_written(town):
    customer(town, "ZY9", unit="S2", area="V3")
    rows = [
        line("ZY1"),
        line("ZY1", **cells(grade="金牌", area="X9", unit="S2")),
        line("ZY3", **cells(grade="临时", begins="2026-06-07", lat="30.5", main="F999")),
        line("", **cells(name="", kind="", tested="")),
    ]
    row = brought(town, book(rows, [["ZY1", "柴油发电机", "", "", "x", ""]]))
    said = "\n".join(row.faults)

    assert row.status == "REFUSED"
    for words in (
        "第 3 行 A 列：“重要客户编号”ZY1 与第 2 行重复",
        "第 3 行 C 列：“等级”应为",
        "第 3 行 H 列：区域编码 X9 不存在",
        "第 3 行 G 列：单位 S2 不在您的范围内",
        "第 4 行 F 列：临时重要客户要填起始日和截止日",
        "第 4 行 J 列：纬度和经度要么都填",
        "第 4 行 M 列：没有编码为 F999 的线路或变压器",
        "第 5 行 A 列：“重要客户编号”不能为空",
        "“自备电源”表 第 2 行 C 列：容量（kVA）与功率（kW）至少填一项",
        "第 2 行 E 列：“可持续（小时）”应为",
    ):
        assert words in said, words
    assert left_in_chinese(row.faults) == []
    assert KeyCustomer.objects.count() == 1
    assert BroughtTable.objects.get().body == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: b"not a workbook", "不是 Excel 文件"),
        (lambda: book([line("ZY9")]), "已被其他单位使用"),
        (lambda: book([], [["ZY8", "储能", "5", "", "", ""]]), "在“重要客户”表和系统中都没有"),
    ],
)
def test_a_table_that_cannot_be_is_refused_as_a_whole(town, content, words):
    customer(town, "ZY9", unit="S2", area="V3")
    row = brought(town, content())

    assert row.status == "REFUSED"
    assert words in row.faults[0]
    assert left_in_chinese(row.faults) == []
    assert KeyCustomer.objects.count() == 1


def test_a_check_writes_nothing_and_a_second_run_of_the_job_changes_nothing(town):
    row = brought(town, book([line("ZY1")]), only_check=True)
    assert (row.status, row.outcome["new"]) == ("DONE", 1)
    assert KeyCustomer.objects.count() == 0

    BackgroundJob.objects.update(status="queued")
    assert jobs.run_next(owner="test", clock=lambda: NOON)
    assert BackgroundJob.objects.get().status == "done"
    assert KeyCustomer.objects.count() == 0


def test_progress_is_told_while_it_runs(town):
    told = []
    rows = [line(f"ZY{n}") for n in range(reading.TOLD_EVERY + 1)]
    reading.read(book(rows), by=town.actor("S1"), report=lambda *said: told.append(said))

    shares = [share for share, _words in told]
    assert shares == sorted(shares)
    assert len({words for _share, words in told}) == 3


def test_a_commander_brings_no_table(town):
    commander = town.actor("S1", role="commander")
    with pytest.raises(NotVisibleError):
        importing.bring(content=b"", name="", only_check=False, by=commander, at=NOON)
