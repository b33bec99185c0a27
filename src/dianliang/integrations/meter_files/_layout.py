"""Which columns a file has, and what they mean: told before anything is taken in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dianliang.engines.loading import MINUTES, POINTS
from dianliang.integrations.meter_files._errors import UnreadableReadingsError


class Kind(StrEnum):
    """How readings are laid out."""

    LONG = "long"
    WIDE = "wide"
    REGISTERS = "registers"


KIND_LABELS = {
    Kind.LONG: "一行一个时刻",
    Kind.WIDE: "一行一天 96 点",
    Kind.REGISTERS: "累计示数",
}


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
            "p_kw",
            "p_w",
            "power_kw",
            "power_w",
            "kw",
        ]
    ),
    "voltage": frozenset(["电压", "a相电压", "voltage", "v", "u", "voltage_v", "ua"]),
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
UNITS = {"kw": 1000.0, "w": 1.0, "千瓦": 1000.0, "瓦": 1.0, "mw": 1_000_000.0}
POINT = re.compile(r"^(?P<set>[a-z_一-鿿]*?)_?(?P<n>\d{1,3})$")
CLOCK = re.compile(r"^(?P<h>\d{1,2}):?(?P<m>\d{2})(:00)?$")
SUMMER = {92: "23 小时", 100: "25 小时"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What was understood of a file's columns. `power` and `voltage` of a wide file: 96 each."""

    kind: Kind
    columns: Mapping[str, str]
    power: tuple[str, ...] = ()
    voltage: tuple[str, ...] = ()
    unit: str = "kW"
    is_unit_told: bool = False
    label: Label = Label.START

    @property
    def watts(self) -> float:
        """Return how many watts one of the file's units is."""
        return UNITS[self.unit.lower()]

    @property
    def words(self) -> str:
        """Say in Chinese what was understood."""
        named = {
            "meter": "表号",
            "time": "时间",
            "date": "日期",
            "power": "功率",
            "voltage": "电压",
            "register": "示数",
            "multiplier": "倍率",
            "item": "数据项",
        }
        told = [f"{named[role]}＝“{heading}”" for role, heading in self.columns.items()]
        for what, headings in (("功率", self.power), ("电压", self.voltage)):
            if headings:
                told.append(f"{what}＝“{headings[0]}”至“{headings[-1]}”")
        if self.kind is not Kind.REGISTERS:
            told.append(
                f"功率单位 {self.unit}{'' if self.is_unit_told else '（表头没写，按此理解）'}"
            )
        side = "起点" if self.label is Label.START else "终点"
        if self.kind is Kind.REGISTERS:
            return f"{KIND_LABELS[self.kind]}：{'，'.join(told)}；相邻两次示数相减，乘倍率"
        return f"{KIND_LABELS[self.kind]}：{'，'.join(told)}；时刻是每 15 分钟的{side}"


def detect(headings: Sequence[str], *, name: str, unit: str = "", label: str = "") -> Layout:
    """Understand the headings; `unit` and `label` overrule what they say.

    Raises:
        UnreadableReadingsError: no meter, no time, no values; not 96 points; the message lists
            what is there and what would be understood.
    """
    known = {heading: plain(heading) for heading in headings}
    columns: dict[str, str] = {}
    for role, words in WORDS.items():
        found = [heading for heading, (word, _) in known.items() if word in words]
        if found:
            columns[role] = found[0]
    power, voltage, starts = _points(headings, name=name)
    if "meter" not in columns:
        raise UnreadableReadingsError(_lacking(name, "表号", headings))
    when = columns.get("time") or columns.get("date")
    if when is None:
        raise UnreadableReadingsError(_lacking(name, "日期或时间", headings))
    if power or voltage:
        kind = Kind.WIDE
        columns = {
            "date": columns.get("date") or when,
            **{r: columns[r] for r in ("meter", "item", "multiplier") if r in columns},
        }
    elif "power" in columns or "voltage" in columns:
        kind = Kind.LONG
        columns.pop("register", None)
    elif "register" in columns:
        kind = Kind.REGISTERS
    else:
        raise UnreadableReadingsError(_lacking(name, "功率、电压、示数或 96 点", headings))
    if kind is not Kind.WIDE:
        columns = {"time": when} | {
            role: heading for role, heading in columns.items() if role not in {"time", "date"}
        }
    told = known[columns["power"]][1] if "power" in columns else _unit_of(power, known)
    return Layout(
        kind=kind,
        columns=columns,
        power=power,
        voltage=voltage,
        unit=unit or told or "kW",
        is_unit_told=bool(unit or told),
        label=Label(label) if label else (starts or Label.START),
    )


def _unit_of(power: Sequence[str], known: Mapping[str, tuple[str, str]]) -> str:
    return known[power[0]][1] if power else ""


def plain(heading: str) -> tuple[str, str]:
    """Return a heading without its unit and its space, and the unit."""
    word = heading.strip().lower().replace(" ", "")
    match = re.match(r"^(.*?)[（(\[](.*?)[）)\]]$", word)
    base, unit = match.groups() if match else (word, "")
    if not unit and word.endswith(("_kw", "_w")):
        unit = word.rsplit("_", 1)[1]
    names = {"kw": "kW", "w": "W", "mw": "MW", "千瓦": "kW", "瓦": "W"}
    return base, names.get(unit, "")


def _points(
    headings: Sequence[str], *, name: str
) -> tuple[tuple[str, ...], tuple[str, ...], Label | None]:
    """Find columns of a day's points: by clock, or numbered, powers and voltages apart."""
    clocks: dict[int, str] = {}
    sets: dict[str, dict[int, str]] = {}
    for heading in headings:
        word = plain(heading)[0]
        clock = CLOCK.match(word)
        if clock and (":" in word or len(word) == 4):
            clocks[int(clock["h"]) * 60 + int(clock["m"])] = heading
        elif (match := POINT.match(word)) is not None:
            sets.setdefault(match["set"], {})[int(match["n"])] = heading
    if len(clocks) >= 24:
        _insist(len(clocks), name)
        minutes = sorted(clocks)
        if minutes not in ([*range(0, 1440, MINUTES)], [*range(MINUTES, 1441, MINUTES)]):
            raise UnreadableReadingsError(f"{name} 的时刻列不是每 15 分钟一列，请检查表头。")
        label = Label.START if minutes[0] == 0 else Label.END
        return tuple(clocks[minute] for minute in minutes), (), label
    power: tuple[str, ...] = ()
    voltage: tuple[str, ...] = ()
    for prefix, found in sets.items():
        if len(found) < 24:
            continue
        _insist(len(found), name)
        numbers = sorted(found)
        if numbers[-1] - numbers[0] != POINTS - 1:
            raise UnreadableReadingsError(f"{name} 的点号不连续（应为 1–96），请检查表头。")
        ordered = tuple(found[n] for n in numbers)
        if prefix.startswith(("u", "v", "电压")):
            voltage = ordered
        else:
            power = ordered
    return power, voltage, None


def _insist(count: int, name: str) -> None:
    if count in SUMMER:
        words = f"一天有 {count} 点（{SUMMER[count]}），像是夏令时换时日。中国没有夏令时"
        raise UnreadableReadingsError(f"{name} {words}，请按北京时间重新导出。")
    if count != POINTS:
        raise UnreadableReadingsError(
            f"{name} 一天有 {count} 点，需要 96 点（15 分钟）。请导出 96 点曲线。"
        )


def _lacking(name: str, what: str, headings: Sequence[str]) -> str:
    shown = "、".join(one for one in headings[:12] if one)
    return (
        f"{name} 里找不到{what}列。现有表头：{shown}。可用的写法如：表号、时间（或日期）、"
        "有功功率(kW)、电压(V)、正向有功总示值、倍率，或 P1–P96、00:00–23:45。"
    )
