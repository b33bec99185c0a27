"""The list of who was at a session, as Excel."""

from datetime import datetime
from io import BytesIO

import xlsxwriter

from dianliang.core import audit
from dianliang.domain.programs import session_access as access
from dianliang.flows.activities.pages import Attendee, session_page
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

COLUMNS = (
    "人员编号",
    "姓名",
    "身份",
    "状态",
    "渠道",
    "报名时间",
    "签到",
    "签退",
    "签到方式",
    "离地点（米）",
    "存疑",
)


def attendance(*, number: str, by: Actor, at: datetime) -> bytes:
    """Return the attendance list of a session; that it was taken out is on record.

    Raises:
        NotVisibleError: the session is absent or not the actor's to see.
    """
    session = access.session_to_see(number, by=by)
    page = session_page(number=number, by=by)
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "bg_color": "#DCEBEA"})
    sheet = book.add_worksheet("考勤")
    when = f"{_at(page.row.starts_at)} – {_at(page.row.ends_at)}"
    sheet.write_row(0, 0, (page.row.number, page.row.title, when, page.row.place))
    sheet.write_row(2, 0, COLUMNS, bold)
    for line, one in enumerate(page.attendees, start=3):
        sheet.write_row(line, 0, _cells(one))
    sheet.set_column(0, len(COLUMNS) - 1, 16)
    sheet.freeze_panes(3, 2)
    book.close()
    audit.record("programs.session.export", target=session, by=by, at=at)
    return out.getvalue()


def _cells(one: Attendee) -> tuple[str | int, ...]:
    return (
        one.number,
        one.name,
        one.role_label,
        one.status_label,
        one.channel_label,
        _at(one.signed_at),
        _at(one.checked_in_at),
        _at(one.checked_out_at),
        one.way_label,
        "" if one.away_m is None else one.away_m,
        "、".join(one.doubts),
    )


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""
