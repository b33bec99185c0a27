"""The register of key customers as an Excel file of two sheets: customers, and own supplies."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO

from django.db import transaction

from dianliang.core import audit, blanks
from dianliang.core.blanks import Heading
from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.key_customers import queries
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.key_customers.queries import Filters
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

BOOK = Phrase("重要客户表")
CUSTOMERS, SUPPLIES = "重要客户", "自备电源"
NUMBER, NAME, GRADE, KIND = "重要客户编号", "名称", "等级", "类别"
BEGINS, ENDS, UNIT, AREA = "临时起始日", "临时截止日", "责任单位编码", "区域编码"
ADDRESS, LAT, LON, DATUM = "详细地址", "纬度", "经度", "坐标系"
MAIN, OTHERS, TIE_IN = "主供电源编码", "备用电源编码", "应急电源接口"
CABLE, PLUG, CONTACT, PHONE = "所需电缆（米）", "接头型式", "联系人", "联系电话"
CHECKLIST, DECIDED, DOCUMENT, NOTE = "检查清单", "认定日期", "认定文号", "备注"
SUPPLY_KIND, KVA, KW = "自备电源类别", "容量（kVA）", "功率（kW）"
AUTONOMY, TESTED = "可持续（小时）", "上次试验"
COLUMNS = (
    *(NUMBER, NAME, GRADE, KIND, BEGINS, ENDS, UNIT, AREA, ADDRESS, LAT, LON, DATUM),
    *(MAIN, OTHERS, TIE_IN, CABLE, PLUG, CONTACT, PHONE, CHECKLIST, DECIDED, DOCUMENT, NOTE),
)
NEEDED = (NUMBER, NAME, GRADE, KIND, UNIT, AREA)
SUPPLY_COLUMNS = (NUMBER, SUPPLY_KIND, KVA, KW, AUTONOMY, TESTED)
SUPPLY_NEEDED = (NUMBER, SUPPLY_KIND)
WGS84, GCJ02 = "WGS 84", "GCJ-02"
EXAMPLE = (
    *("ZK0001", "县人民医院", "一级", "医院", "", "", "AJ01", "330523001001", "人民路 1 号"),
    *("30.6382", "119.6815", WGS84, "F117", "B117-001、F118", "接口具备", "60", "五芯快插 400A"),
    *("王五", "19900000003", "重要客户供用电检查", "2026-03-01", "县发改〔2026〕12 号", ""),
)
SUPPLY_EXAMPLE = ("ZK0001", "柴油发电机", "500", "400", "8", "2026-06-01")


def headings() -> tuple[Heading, ...]:
    """Return the columns of the sheet of customers."""
    lists = tuple(name for _code, name in checklists.kinds())
    labels = {kind: tuple(label for _value, label in choices) for kind, choices in _CHOICES.items()}
    notes = {
        NUMBER: "自编，唯一；再次导入时按它更新；请先把整列设为文本",
        GRADE: "GB/T 29328-2018 的分级；临时的要填起止日",
        BEGINS: "例如 2026-06-07；只有临时的才填",
        ENDS: "例如 2026-06-10；这一天起不再算",
        AREA: "村社区、乡镇或网格的编码",
        LAT: "十进制度；不知道就留空",
        DATUM: "留空为 WGS 84；从高德、腾讯地图上取的选 GCJ-02",
        MAIN: "线路编码或变压器编号",
        OTHERS: "多个用、隔开",
        TIE_IN: "留空为未核实",
        CONTACT: "加密保存；留空为不变",
        PHONE: "加密保存；留空为不变；请先把整列设为文本",
        CHECKLIST: "留空：泵站用水泵房清单，其余用重要客户清单",
        DECIDED: "例如 2026-03-01",
        DOCUMENT: "谁认定的、文号",
    }
    choices = {GRADE: labels[GRADE], KIND: labels[KIND], TIE_IN: labels[TIE_IN]}
    choices |= {DATUM: (WGS84, GCJ02), CHECKLIST: lists}
    return tuple((name, notes.get(name, ""), choices.get(name, ())) for name in COLUMNS)


_CHOICES = {GRADE: queries.GRADES, KIND: queries.KINDS, TIE_IN: queries.TIE_INS}


def supply_headings() -> tuple[Heading, ...]:
    """Return the columns of the sheet of own supplies."""
    kinds = tuple(label for _value, label in queries.SUPPLY_KINDS)
    return (
        (NUMBER, "一台一行；表中出现的客户，原有的自备电源整体换成表中的", ()),
        (SUPPLY_KIND, "", kinds),
        (KVA, "容量与功率至少填一项", ()),
        (KW, "", ()),
        (AUTONOMY, "满载能撑几小时", ()),
        (TESTED, "例如 2026-06-01", ()),
    )


def blank() -> bytes:
    """Return the workbook to fill in."""
    return _book([EXAMPLE], [SUPPLY_EXAMPLE])


def _book(customers: Iterable[Sequence[str]], supplies: Iterable[Sequence[str]]) -> bytes:
    out = BytesIO()
    book = blanks.workbook(out)
    blanks.add_table(book, CUSTOMERS, headings(), examples=list(customers))
    blanks.add_table(book, SUPPLIES, supply_headings(), examples=list(supplies))
    book.close()
    return out.getvalue()


@transaction.atomic
def filled(*, filters: Filters, by: Actor, at: datetime) -> bytes:
    """Return the key customers that filters name, to be changed and brought back.

    Contacts are left out: empty they stay as they are. The export is on record.
    """
    on = at.astimezone(SHANGHAI).date()
    rows = queries.listed(queries.chosen(filters=filters, by=by, on=on))
    found = rows.select_related("area", "unit", "checklist").prefetch_related(
        "feeds__feeder", "feeds__transformer", "decisions"
    )
    customers, supplies = [], []
    for row in found:
        customers.append(_customer(row))
        supplies += _supplies(row)
    audit.record_about(
        "key_customers.keycustomer.export",
        target_type="key_customers.keycustomer",
        target_id=by.unit_code or "/",
        by=by,
        at=at,
        after=f"{len(customers)} 户",
    )
    return _book(customers, supplies)


def _customer(row: KeyCustomer) -> tuple[str, ...]:
    feeds = [queries.feed_row(feed) for feed in row.feeds.all()]
    decision = next(iter(row.decisions.all()), None)
    cells = {
        NUMBER: row.number,
        NAME: row.name,
        GRADE: row.get_grade_display(),
        KIND: row.get_kind_display(),
        BEGINS: _day(row.begins_on),
        ENDS: _day(row.ends_on),
        UNIT: row.unit.code,
        AREA: row.area.code,
        ADDRESS: row.address,
        LAT: _number(row.lat),
        LON: _number(row.lon),
        DATUM: "" if row.lat is None else WGS84,
        MAIN: "、".join(feed.code for feed in feeds if feed.is_main),
        OTHERS: "、".join(feed.code for feed in feeds if not feed.is_main),
        TIE_IN: row.get_tie_in_display(),
        CABLE: _number(row.cable_m),
        PLUG: row.plug,
        CHECKLIST: row.checklist.name,
        DECIDED: _day(decision.decided_on) if decision else "",
        DOCUMENT: decision.document if decision else "",
        NOTE: row.note,
    }
    return tuple(cells.get(column, "") for column in COLUMNS)


def _supplies(row: KeyCustomer) -> list[tuple[str, ...]]:
    return [
        (
            row.number,
            supply.get_kind_display(),
            _number(supply.power_kva),
            _number(supply.power_kw),
            _number(supply.autonomy_h),
            _day(supply.tested_on),
        )
        for supply in row.supplies.all()
    ]


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"
