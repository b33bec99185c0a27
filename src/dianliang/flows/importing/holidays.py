"""Import the holidays and 调休 of a year as the State Council announced them."""

from datetime import date

from dianliang.core import sheets
from dianliang.core.checks import Checks
from dianliang.domain.catalog.models import CalendarDay
from dianliang.domain.catalog.operations import replace_year
from dianliang.flows.importing.tables import HOLIDAYS, names

ANNOUNCED = "国务院办公厅通知（文件导入）"
FEWEST_DAYS = 11
"""The law gave eleven days off before 2025 and thirteen since: fewer is a table of half a year."""


def write_holidays(content: bytes) -> dict[str, int]:
    """Check and write the table, each year in it in place of what there was.

    Raises:
        UnreadableSheetError, InvalidRowsError: nothing was written.
    """
    headings = names(HOLIDAYS)
    rows = sheets.read(content, name="节假日表", headings=headings[:2], optional=headings)
    checks = Checks("节假日表")
    kinds = {str(label): str(value) for value, label in CalendarDay.Kind.choices}
    days: dict[date, tuple[str, str]] = {}
    for row in rows:
        on = checks.day(row, "日期")
        kind = checks.choice(row, "类别", kinds, "")
        if on is None and not row.get("日期"):
            checks.add(row, "“日期”不能为空。", "日期")
        if not kind and not row.get("类别"):
            checks.add(row, "“类别”不能为空，应为放假或调休上班。", "类别")
        if on is not None and on.weekday() < 5 and kind == CalendarDay.Kind.MAKE_UP:
            checks.add(row, f"{on} 不是周六或周日，不会是调休上班日，请核对。", "日期")
        if on is not None:
            if on in days:
                checks.add(row, f"{on} 出现了两次，请删去其中一行。", "日期")
            days[on] = (kind, checks.text(row, "名称", 40))
    years = sorted({on.year for on in days})
    for year in years:
        off = sum(
            on.year == year and kind == CalendarDay.Kind.HOLIDAY for on, (kind, _) in days.items()
        )
        if off < FEWEST_DAYS:
            words = f"节假日表里 {year} 年只有 {off} 天放假，请把全年的安排填全再导入。"
            checks.found.append(words)
    checks.raise_if_any()
    for year in years:
        of_year = [(on, *told) for on, told in days.items() if on.year == year]
        replace_year(year, days=of_year, version=ANNOUNCED)
    return {"days": len(days)}
