"""What headings mean: the words of each role, and the units that stand beside them."""

import re
from collections.abc import Mapping
from enum import StrEnum

from dianliang.kernel.phrases import Phrase


class Label(StrEnum):
    """Which end of its quarter hour a time names."""

    START = "start"
    END = "end"


WORDS: Mapping[str, frozenset[str]] = {
    "meter": frozenset(
        [
            "表号",
            "电表号",
            "电表编号",
            "电能表编号",
            "电能表资产编号",
            "电能表资产号",
            "电表资产编号",
            "电表资产号",
            "资产编号",
            "资产号",
            "表计编号",
            "表计资产号",
            "meter",
            "meter_id",
            "meter_no",
            "meterid",
        ]
    ),
    "time": frozenset(
        [
            "时间",
            "数据时间",
            "采集时间",
            "抄表时间",
            "时刻",
            "冻结时间",
            "日期时间",
            "time",
            "ts",
            "timestamp",
            "datetime",
        ]
    ),
    "date": frozenset(["日期", "数据日期", "冻结日期", "采集日期", "date", "day"]),
    "power": frozenset(
        [
            "功率",
            "有功功率",
            "总有功功率",
            "瞬时有功功率",
            "有功",
            "负荷",
            "power",
            "p",
            "kw",
        ]
    ),
    "voltage": frozenset(["电压", "a相电压", "voltage", "v", "u", "ua"]),
    "register": frozenset(
        [
            "示数",
            "示值",
            "正向有功总示数",
            "正向有功总示值",
            "正向有功总",
            "正向有功示值",
            "正向有功示数",
            "累计电量",
            "表底",
            "reading",
            "register",
            "kwh",
        ]
    ),
    "multiplier": frozenset(["倍率", "综合倍率", "ct*pt", "multiplier", "ratio"]),
    "item": frozenset(["数据项", "数据类型", "曲线类型", "数据项名称", "项目", "item", "type"]),
}
TRANSFORMER = frozenset(
    ["变压器编号", "变压器", "台区编号", "台区", "配变编号", "transformer", "transformer_id"]
)
KWH = 1000.0
UNITS: Mapping[str, Mapping[str, float]] = {
    "power": {"kw": 1000.0, "w": 1.0, "mw": 1e6, "千瓦": 1000.0, "瓦": 1.0, "兆瓦": 1e6},
    "voltage": {"v": 1.0, "kv": 1000.0, "伏": 1.0, "千伏": 1000.0},
    "register": {
        **dict.fromkeys(("kwh", "kw·h", "kw.h", "kw*h", "千瓦时", "千瓦·时", "度"), 1.0),
        **dict.fromkeys(("wh", "w·h", "瓦时"), 1 / KWH),
        **dict.fromkeys(("mwh", "mw·h", "兆瓦时"), KWH),
    },
}
"""How many W, V and kWh one unit is, by role; a milliwatt is nowhere meant by ``mw``."""
KNOWN_UNITS = {"power": "W、kW、MW", "voltage": "V、kV", "register": "Wh、kWh、MWh"}
USUAL = {"power": "kW", "voltage": "V", "register": "kWh"}
NO_UNIT = re.compile(r"^(总|一次|二次|一次侧|二次侧|\d{1,2}:\d{2})?$")
"""What stands in brackets beside a value and is no unit."""
PHASE = re.compile(r"^[a-c]相$", re.IGNORECASE)
CALLED = {
    "meter": Phrase("表号"),
    "time": Phrase("时间"),
    "date": Phrase("日期"),
    "power": Phrase("功率"),
    "voltage": Phrase("电压"),
    "register": Phrase("示数"),
    "multiplier": Phrase("倍率"),
    "item": Phrase("数据项"),
}
"""What a column is called in front of people, by role."""


def unit_of(heading: str, role: str) -> str:
    """Return the unit that a heading names beside its word, or is: ``kW`` alone tells both."""
    word, unit = plain(heading)
    return heading.strip() if not unit and word in UNITS[role] else unit


def plain(heading: str) -> tuple[str, str]:
    """Return a heading without its unit and its space, and the unit as it is written."""
    word = "".join(heading.split())
    match = re.match(r"^(.+?)[（(\[](.*?)[）)\]]$", word)
    if match is None:
        match = re.match(r"^(.+?)_(k?w|mw|k?v|[km]?wh|k?var|kva)$", word, re.IGNORECASE)
    base, unit = match.groups() if match else (word, "")
    if PHASE.match(unit):
        base, unit = unit + base, ""
    return base.lower(), unit
