"""A guarded event as an Excel workbook: plan, patrols, duty, log and figures, as they stand."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db import transaction

from dianliang.core import audit, blanks
from dianliang.domain.protection import access
from dianliang.flows.protection.reading import EventPage, LogRow, page
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

LOG = ("编号", "时间", "类别", "场所", "内容", "更正的是", "已被更正", "登记人")


@transaction.atomic
def of_event(*, number: str, by: Actor, at: datetime) -> bytes:
    """Return everything that the page of an event shows, all of the log; the export is on record.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    shown = page(number=number, by=by, most_log=None)
    out = BytesIO()
    book = blanks.workbook(out)
    for title, headings, rows in _sheets(shown):
        sheet = book.add_worksheet(title)
        sheet.set_column(0, len(headings) - 1, 20)
        sheet.write_row(0, 0, headings, book.add_format(blanks.HEADING))
        for place, row in enumerate(rows, start=1):
            sheet.write_row(place, 0, row)
    book.close()
    event = access.event_to_see(number, by=by)
    audit.record("protection.event.export", target=event, by=by, at=at)
    return out.getvalue()


Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


def _sheets(shown: EventPage) -> Iterable[Sheet]:
    row = shown.row
    about = (
        ("名称", row.title),
        ("保电等级", row.level_label),
        ("单位", row.unit_name),
        ("开始", _local(row.starts_at)),
        ("结束", _local(row.ends_at)),
        ("保电要求", shown.demand),
        ("状态", row.status_label),
        *shown.figures,
        ("总结", shown.lessons),
    )
    yield "概况", ("项目", "内容"), about
    yield from _planned(shown)
    yield "日志", LOG, (_entry(one) for one in shown.log)


def _planned(shown: EventPage) -> Iterable[Sheet]:
    things = (
        (hall.name, hall.area_name, thing.name, "主供" if thing.is_main else "备用")
        for hall in shown.halls
        for thing in hall.equipment
    )
    yield "设备", ("场所", "区域", "线路或变压器", "主备"), things
    standing = (
        (hall.name, one.team_name, _local(one.starts_at), _local(one.ends_at), one.gear)
        for hall in shown.halls
        for one in hall.standbys
    )
    yield "驻守", ("场所", "队伍", "开始", "结束", "装备"), standing
    patrols = (
        (one.job, one.title, _local(one.due_at), one.team_name, one.status_label)
        for one in shown.patrols
    )
    yield "特巡", ("工单", "对象", "期限", "队伍", "状态"), patrols
    duties = (
        (duty.post, duty.roster, duty.title, _local(duty.starts_at), duty.status_label)
        for duty in shown.duties
    )
    yield "值守", ("岗位", "值班表", "名称", "开始", "状态"), duties


def _entry(one: LogRow) -> tuple[str, ...]:
    return (
        one.number,
        _local(one.happened_at),
        one.kind_label,
        one.hall,
        one.words,
        one.corrects,
        "是" if one.is_corrected else "",
        one.recorded_by,
    )


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
