"""Incidents as Excel files: the register, a log, the records behind a number.

A drill says so in the name of its sheet and in its first row. Each export is on record.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

from dianliang.core import audit, blanks
from dianliang.core.rows import all_for_sheet
from dianliang.domain.incidents import access
from dianliang.domain.incidents.queries import incidents as queries
from dianliang.domain.incidents.queries.incidents import DRILL
from dianliang.flows.incidents import figures
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

REGISTER = (
    *("编号", "名称", "类别", "演练", "级别", "状态", "负责单位", "指挥长"),
    *("登记时间", "结束时间"),
)
LOG = ("序号", "类别", "内容", "发生时间", "记录时间", "记录人", "更正哪条", "被哪条更正")


def register(*, view: str, kind: str, drill: str, words: str, by: Actor, at: datetime) -> bytes:
    """Return the incidents that the actor asks for.

    Raises:
        InvalidInputError: there are more than a sheet takes.
    """
    rows = queries.register(view=view, kind=kind, drill=drill, words=words, by=by)
    cells = [
        (
            *(row.number, row.name, row.kind_label, DRILL if row.is_drill else ""),
            *(row.level_label, row.status_label, row.unit_name, row.commander_name),
            *(_told(row.opened_at), _told(row.ended_at)),
        )
        for row in map(queries.row_of, all_for_sheet(rows))
    ]
    _record("register", by=by, at=at, count=len(cells))
    return _book("事件", REGISTER, cells, is_drill=False)


def log(*, number: str, by: Actor, at: datetime) -> bytes:
    """Return what was noted about an incident, oldest first.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    incident = access.incident_to_see(number, by=by)
    cells = [
        (
            *(entry.position, entry.kind_label, entry.words),
            *(_told(entry.happened_at), _told(entry.noted_at), entry.noted_by),
            *(entry.corrects or "", entry.corrected_by or ""),
        )
        for entry in reversed(queries.log(incident))
    ]
    _record(number, by=by, at=at, count=len(cells))
    return _book("日志", LOG, cells, is_drill=incident.is_drill)


def records(*, number: str, code: str, by: Actor, at: datetime) -> bytes:
    """Return the records behind a number of an incident.

    Raises:
        NotVisibleError: see `figures.behind`.
    """
    found = figures.behind(number=number, code=code, by=by, at=at)
    cells = [(row.key, *row.cells) for row in found.rows]
    _record(f"{number} {code}", by=by, at=at, count=len(cells))
    title = f"{found.figure.label}（{found.figure.counted_in}）"
    return _book(title, ("编号", *found.figure.columns), cells, is_drill=found.is_drill)


def _told(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""


def _record(what: str, *, by: Actor, at: datetime, count: int) -> None:
    audit.record_about(
        "incidents.incident.export",
        target_type="incidents.incident",
        target_id=what,
        by=by,
        at=at,
        after=f"{count} 行",
    )


def _book(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], *, is_drill: bool
) -> bytes:
    out = BytesIO()
    book = blanks.workbook(out)
    bold = book.add_format(blanks.HEADING)
    sheet = book.add_worksheet(f"{DRILL} {title}"[:31] if is_drill else title[:31])
    sheet.set_column(0, len(headings) - 1, 20)
    first = 0
    if is_drill:
        sheet.write_string(0, 0, f"{DRILL}：以下内容不是真实事件", bold)
        first = 1
    sheet.write_row(first, 0, headings, bold)
    sheet.freeze_panes(first + 1, 0)
    for place, cells in enumerate(rows, start=first + 1):
        sheet.write_row(place, 0, cells)
    book.close()
    return out.getvalue()
