"""Temperatures by day or by hour, from a table that somebody brings."""

from datetime import date, datetime

from dianliang.core import sheets
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.flows.measuring import tables
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase

TEMPERATURES = (tables.TEMPERATURE, "平均气温", "平均气温(℃)", "气温", "气温（℃）", "气温(℃)")
"""What the column of temperatures may be called."""
HOUR = "时刻"
COLDEST, HOTTEST = -60, 60


def temperatures(content: bytes, *, name: str) -> dict[date, float]:
    """Return the mean temperature of each day of a file.

    Raises:
        UnreadableSheetError, InvalidRowsError, InvalidInputError: it cannot be used; every row is
            named.
    """
    rows, headed = _table(content, name, tables.DAY)
    checks = Checks(name)
    checks.once(rows, tables.DAY)
    found = {}
    for row in rows:
        on = checks.day(row, tables.DAY)
        warm = checks.number(row, headed, least=COLDEST, most=HOTTEST)
        if on is not None and warm is not None:
            found[on] = warm
    checks.raise_if_any()
    return found


def hourly_temperatures(content: bytes, *, name: str) -> dict[datetime, float]:
    """Return the temperature of each hour of a file, by the clock of Shanghai.

    A clock that was put back or forward shows as an hour that stands twice, or is missing: the
    first is refused, the second leaves its hour out.

    Raises:
        UnreadableSheetError, InvalidRowsError, InvalidInputError: it cannot be used; every row is
            named.
    """
    rows, headed = _table(content, name, HOUR)
    checks = Checks(name)
    checks.once(rows, HOUR)
    found: dict[datetime, float] = {}
    for row in rows:
        at = _hour(row, checks)
        warm = checks.number(row, headed, least=COLDEST, most=HOTTEST)
        if at is None or warm is None:
            continue
        if at in found:
            checks.add(row, Phrase("%(at)s 有两行，请只留一行。", at=f"{at:%Y-%m-%d %H:00}"), HOUR)
        found[at] = warm
    checks.raise_if_any()
    return found


def _hour(row: SheetRow, checks: Checks) -> datetime | None:
    told = row.get(HOUR).replace("/", "-").replace("T", " ")
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        checks.add(row, Phrase("“%(told)s”不是时刻，应如 2026-01-01 08:00。", told=told), HOUR)
        return None
    if at.minute or at.second or at.tzinfo is not None:
        words = "“%(told)s”不是整点；逐时气温每小时一行，写北京时间的整点。"
        checks.add(row, Phrase(words, told=told), HOUR)
        return None
    return at


def _table(content: bytes, name: str, first: str) -> tuple[list[SheetRow], str]:
    rows = sheets.read(content, name=name, headings=(first,), optional=TEMPERATURES)
    headed = next((one for one in TEMPERATURES if any(row.get(one) for row in rows)), "")
    if not headed:
        words = "%(name)s 要有两列：“%(first)s”和“%(second)s”。"
        said = Phrase(words, name=name, first=first, second=TEMPERATURES[0])
        raise InvalidInputError(said, field="file")
    return rows, headed
