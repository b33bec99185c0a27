"""Workbooks as a dispatcher fills them in: a small sound one, and changes of it."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from dianliang.integrations.plan_files.workbooks.columns import SHEETS

Rows = list[dict[str, Any]]
TEAM = {"队伍": "一班", "技能": "抢修、带电:3", "出发纬度": "30.64", "出发经度": "119.68"}
SHIFT = {"队伍": "一班", "日期": "2026-11-24", "上班": "8:30", "下班": "17:30"}
JOB = {"工单号": "GD1", "纬度": "30.66", "经度": "119.65", "时长（分钟）": "45"}
SECOND = {**JOB, "工单号": "GD2", "纬度": "30.62"}


def book(sheets: Mapping[str, Rows] | None = None, **more: Rows) -> bytes:
    """Return a workbook with these sheets instead of the sound ones."""
    whole: dict[str, Rows] = {"队伍": [TEAM], "班次": [SHIFT], "工单": [JOB, SECOND]}
    whole |= {**(sheets or {}), **more}
    made = Workbook()
    made.remove(made.active)
    known = {sheet.title: [column.heading for column in sheet.columns] for sheet in SHEETS}
    for title, rows in whole.items():
        page = made.create_sheet(title)
        extra = [heading for row in rows for heading in row if heading not in known.get(title, ())]
        headings = [*known.get(title, ()), *dict.fromkeys(extra)]
        page.append(headings)
        for row in rows:
            page.append([row.get(heading) for heading in headings])
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def with_job(**cells: Any) -> bytes:
    """Return a workbook whose first job has these cells."""
    return book(工单=[{**JOB, **cells}, SECOND])
