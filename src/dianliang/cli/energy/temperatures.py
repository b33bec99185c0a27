"""Temperatures by day or by hour, from a table that somebody brings."""

from datetime import date, datetime
from pathlib import Path

from dianliang.core import sheets
from dianliang.core.checks import Checks
from dianliang.core.sheets import SheetRow
from dianliang.flows.measuring import tables
from dianliang.kernel.errors import InvalidInputError, reason

TEMPERATURES = (tables.TEMPERATURE, "平均气温", "平均气温(℃)", "气温", "气温（℃）", "气温(℃)")
"""What the column of temperatures may be called."""
HOUR = "时刻"
COLDEST, HOTTEST = -60, 60


def temperatures(path: Path) -> dict[date, float]:
    """Return the mean temperature of each day of a file.

    Raises:
        UnreadableSheetError, InvalidRowsError, InvalidInputError: it cannot be used; every row is
            named.
    """
    rows, headed = _table(path, tables.DAY)
    checks = Checks(path.name)
    checks.once(rows, tables.DAY)
    found = {}
    for row in rows:
        on = checks.day(row, tables.DAY)
        warm = checks.number(row, headed, least=COLDEST, most=HOTTEST)
        if on is not None and warm is not None:
            found[on] = warm
    checks.raise_if_any()
    return found


def hourly_temperatures(path: Path) -> dict[datetime, float]:
    """Return the temperature of each hour of a file, by the clock of Shanghai.

    A clock that was put back or forward shows as an hour that stands twice, or is missing: the
    first is refused, the second leaves its hour out.

    Raises:
        UnreadableSheetError, InvalidRowsError, InvalidInputError: it cannot be used; every row is
            named.
    """
    rows, headed = _table(path, HOUR)
    checks = Checks(path.name)
    checks.once(rows, HOUR)
    found: dict[datetime, float] = {}
    for row in rows:
        at = _hour(row, checks)
        warm = checks.number(row, headed, least=COLDEST, most=HOTTEST)
        if at is None or warm is None:
            continue
        if at in found:
            checks.add(row, f"{at:%Y-%m-%d %H:00} 有两行，请只留一行。", HOUR)
        found[at] = warm
    checks.raise_if_any()
    return found


def _hour(row: SheetRow, checks: Checks) -> datetime | None:
    told = row.get(HOUR).replace("/", "-").replace("T", " ")
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        checks.add(row, f"“{told}”不是时刻，应如 2026-01-01 08:00。", HOUR)
        return None
    if at.minute or at.second or at.tzinfo is not None:
        checks.add(row, f"“{told}”不是整点；逐时气温每小时一行，写北京时间的整点。", HOUR)
        return None
    return at


def _table(path: Path, first: str) -> tuple[list[SheetRow], str]:
    name, content = path.name, content_of(path)
    rows = sheets.read(content, name=name, headings=(first,), optional=TEMPERATURES)
    headed = next((one for one in TEMPERATURES if any(row.get(one) for row in rows)), "")
    if not headed:
        raise InvalidInputError(f"{name} 要有两列：“{first}”和“{TEMPERATURES[0]}”。")
    return rows, headed


def content_of(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        InvalidInputError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"读不了 {path}：{reason(error)}。") from error
