"""Read what a measurement project brings: days with temperature, output, or units of a trial."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dianliang.core import blanks, sheets
from dianliang.core.checks import Checks
from dianliang.kernel.phrases import Phrase

DAY, KWH, TEMPERATURE = "日期", "电量（kWh）", "平均气温（℃）"
OUTPUT = "产量（kg 或模次）"
HOURS = "开机小时"
UNIT, WITH, RATIO = "单元", "措施（有/无）", "单位产量能耗"
DESIGNS = {
    "weather": "整体计量：日电量对气温",
    "production": "按产量折算：日电量对产量和开机小时",
    "trial": "对照或交叉试验：单位产量能耗",
}
NEEDED: Mapping[str, Sequence[str]] = {
    "weather": (DAY, KWH, TEMPERATURE),
    "production": (DAY, KWH, OUTPUT),
    "trial": (UNIT, WITH, RATIO),
}
OPTIONAL: Mapping[str, Sequence[str]] = {"weather": (), "production": (HOURS,), "trial": (DAY,)}
EXAMPLES: Mapping[str, Sequence[str]] = {
    "weather": ("2026-01-01", "812.5", "4.2"),
    "production": ("2026-01-01", "812.5", "1500", "22"),
    "trial": ("17 号机与 18 号机", "有", "0.32", "2026-01-01"),
}
WITHOUT = {"有": "1", "无": "0", "是": "1", "否": "0"}
MOST_ROWS = 4000
MOST = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """The rows of a table as plain figures, and the fingerprint of the file."""

    rows: tuple[Mapping[str, Any], ...]
    digest: str
    name: str


def blank(design: str) -> bytes:
    """Return the table of a design to fill in.

    Raises:
        KeyError: there is no such design.
    """
    names = (*NEEDED[design], *OPTIONAL[design])
    headings: list[blanks.Heading] = [
        (name, "", ("有", "无") if name == WITH else ()) for name in names
    ]
    advice = ("一行是一天，或试验里的一个读数。", "整份通过才采用；有错逐行列出。")
    return blanks.template(headings, example=EXAMPLES[design], title=DESIGNS[design], advice=advice)


def read(content: bytes, *, name: str, design: str) -> Brought:
    """Read a table of a design.

    Raises:
        UnreadableSheetError: the file is no table, has other headings, or far too many rows.
        InvalidRowsError: rows are wrong; all are named.
    """
    rows = sheets.read(content, name=name, headings=NEEDED[design], optional=OPTIONAL[design])
    if not rows or len(rows) > MOST_ROWS:
        raise sheets.UnreadableSheetError(
            Phrase(
                "%(name)s 应有 1 到 %(most_rows)s 行数据，现有 %(n)s 行。",
                name=name,
                most_rows=MOST_ROWS,
                n=len(rows),
            )
        )
    checks = Checks(name)
    if design == "trial":
        made = [_unit(row, checks) for row in rows]
    else:
        checks.once(rows, DAY)
        made = [_day(row, checks, design) for row in rows]
    checks.raise_if_any()
    if design != "trial":
        made.sort(key=lambda row: str(row["on"]))
    digest = hashlib.sha256(content).hexdigest()
    return Brought(rows=tuple(made), digest=digest, name=name)


def _unit(row: sheets.SheetRow, checks: Checks) -> dict[str, Any]:
    ratio = checks.number(row, RATIO, least=1e-9, most=MOST)
    with_it = checks.choice(row, WITH, WITHOUT, "")
    for heading in (WITH, RATIO):
        if not row.get(heading):
            checks.add(row, Phrase("“%(heading)s”不能为空。", heading=heading), heading)
    unit = checks.text(row, UNIT, 60, needed=True)
    on = checks.day(row, DAY)
    return {
        "unit": unit,
        "with": with_it == "1",
        "ratio": ratio,
        "on": on.isoformat() if on else "",
    }


def _day(row: sheets.SheetRow, checks: Checks, design: str) -> dict[str, Any]:
    on: date | None = checks.day(row, DAY)
    if not row.get(DAY):
        checks.add(row, Phrase("“%(heading)s”不能为空。", heading=DAY), DAY)
    made: dict[str, Any] = {
        "on": on.isoformat() if on else "",
        "kwh": checks.number(row, KWH, least=0, most=MOST),
    }
    if not row.get(KWH):
        checks.add(row, "没有电量的一天请去掉这一行，或补上电量。", KWH)
    if design == "weather":
        made["temperature_c"] = checks.number(row, TEMPERATURE, least=-60, most=60)
        if not row.get(TEMPERATURE):
            checks.add(row, "没有气温的一天请去掉这一行，或补上气温。", TEMPERATURE)
        return made
    made["output"] = checks.number(row, OUTPUT, least=0, most=MOST)
    made["hours"] = checks.number(row, HOURS, least=0, most=24)
    return made
