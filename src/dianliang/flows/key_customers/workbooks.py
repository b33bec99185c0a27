"""A watch as an Excel workbook: the points of its curves, and every report that they come from."""

from datetime import datetime
from io import BytesIO

from django.db import transaction

from dianliang.core import audit, blanks
from dianliang.domain.key_customers import access, curve, following
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

POINTS = ("时刻", "电网供电", "应急电源供电", "自备电源供电", "失电", "有电的比例", "已恢复的比例")
REPORTS = (
    *("情况编号", "重要客户编号", "供电状态", "发生时间", "应急电源", "说明"),
    *("更正的是", "被更正为", "撤回", "登记时间", "登记人"),
)


@transaction.atomic
def of_watch(*, number: str, by: Actor, at: datetime) -> bytes:
    """Return the points and the reports of a watch, without who told them; it is on record.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    watch = access.watch_to_see(number, by=by)
    end = watch.ends_at or max(at, watch.starts_at)
    points = curve.curve(
        following.holding(watch),
        customers=following.followed(watch),
        start=watch.starts_at,
        end=end,
        step=curve.step_for(watch.starts_at, end),
    )
    out = BytesIO()
    book = blanks.workbook(out)
    share = book.add_format({"num_format": "0.0%"})
    sheet = book.add_worksheet("曲线")
    sheet.set_column(0, len(POINTS) - 1, 16)
    sheet.write_row(0, 0, POINTS)
    for row, point in enumerate(points, start=1):
        counts = [point.counts[state] for state in curve.STATES]
        sheet.write_row(row, 0, [_local(point.at), *counts])
        for column, value in ((5, point.served_share), (6, point.restored_share)):
            if value is not None:
                sheet.write_number(row, column, value, share)
    sheet = book.add_worksheet("情况")
    sheet.set_column(0, len(REPORTS) - 1, 18)
    sheet.write_row(0, 0, REPORTS)
    for row, told in enumerate(following.report_rows(watch), start=1):
        sheet.write_row(row, 0, _cells(told))
    book.close()
    audit.record("key_customers.watch.export", target=watch, by=by, at=at)
    return out.getvalue()


def _cells(told: following.ReportRow) -> tuple[str, ...]:
    return (
        told.number,
        told.customer,
        told.state_label,
        _local(told.happened_at),
        told.generator,
        told.words,
        told.corrects,
        told.corrected_by,
        "是" if told.is_withdrawn else "",
        _local(told.reported_at),
        told.recorded_by,
    )


def _local(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
