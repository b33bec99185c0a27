"""Which columns a file has, and what they mean: told before anything is taken in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dianliang.engines.loading import MINUTES
from dianliang.integrations.meter_files._errors import UnreadableReadingsError
from dianliang.integrations.meter_files._headings import (
    CALLED,
    KNOWN_UNITS,
    NO_UNIT,
    UNITS,
    USUAL,
    WORDS,
    Label,
    plain,
    unit_of,
)
from dianliang.integrations.meter_files._points import points, told
from dianliang.kernel.phrases import Phrase, joined

MOST_PASSED = 8
"""How many columns that nobody needs are named."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What was understood of a file's columns. `power` and `voltage` of a wide file: 96 each.

    `units` by role, where the headings or the person told them; `passed`: what was not taken;
    `moved_minutes`: by how much later points of a day begin than where they stand.
    """

    kind: Kind
    columns: Mapping[str, str]
    power: tuple[str, ...] = ()
    voltage: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    label: Label = Label.START
    is_clock: bool = False
    moved_minutes: int = 0
    passed: tuple[str, ...] = ()

    def scale(self, role: str) -> float:
        """Return how many W, V or kWh one of the file's units of a role is."""
        return UNITS[role][self.unit(role).lower()]

    def unit(self, role: str) -> str:
        """Return the unit of a role: as told, else the usual one."""
        return self.units.get(role) or USUAL[role]

    @property
    def words(self) -> str:
        """Say in Chinese what was understood."""
        known = [f"{CALLED[role]}＝“{heading}”" for role, heading in self.columns.items()]
        sets = (("功率", self.power), ("电压", self.voltage))
        known += [f"{what}＝{told(headings)}" for what, headings in sets if headings]
        guessed = "" if "power" in self.units else "（表头没写，按此理解）"
        if self.kind is not Kind.REGISTERS:
            known.append(f"功率单位 {self.unit('power')}{guessed}")
        for role in ("voltage", "register"):
            if self.scale(role) != 1:
                known.append(f"{CALLED[role]}单位 {self.unit(role)}")
        side = "起点" if self.label is Label.START else "终点"
        means = f"时刻是每 15 分钟的{side}"
        if self.kind is Kind.WIDE and not self.is_clock:
            means = "第一点是 00:00 至 00:15"
        if self.kind is Kind.REGISTERS:
            means = "相邻两次示数相减，乘倍率"
        left = self.passed[:MOST_PASSED]
        more = f"等 {len(self.passed)} 列" if len(self.passed) > MOST_PASSED else ""
        without = f"；没有取用：{'、'.join(left)}{more}" if left else ""
        return f"{KIND_LABELS[self.kind]}：{'，'.join(known)}；{means}{without}"


def detect(headings: Sequence[str], *, name: str, unit: str = "", label: str = "") -> Layout:
    """Understand the headings; `unit` and `label` overrule what they say.

    Raises:
        UnreadableReadingsError: no meter, no time, no values; not 96 points; two columns for one
            role; a unit that nobody knows; the message lists what is there.
    """
    roles = {
        role: [heading for heading in headings if plain(heading)[0] in words]
        for role, words in WORDS.items()
    }
    columns = {role: found[0] for role, found in roles.items() if found}
    day = points(headings, name=name)
    if "meter" not in columns:
        raise UnreadableReadingsError(_lacking(name, Phrase("表号"), headings))
    when = columns.get("time") or columns.get("date")
    if when is None:
        raise UnreadableReadingsError(_lacking(name, Phrase("日期或时间"), headings))
    if day.power or day.voltage:
        kind, when = Kind.WIDE, columns.get("date") or when
        used: tuple[str, ...] = ("meter", "item", "multiplier")
    elif "power" in columns or "voltage" in columns:
        kind, used = Kind.LONG, ("meter", "power", "voltage", "multiplier")
    elif "register" in columns:
        kind, used = Kind.REGISTERS, ("meter", "register", "multiplier")
    else:
        raise UnreadableReadingsError(_lacking(name, Phrase("功率、电压、示数或 96 点"), headings))
    for role in USUAL.keys() & set(used):
        _insist_on_one(roles[role], role, name)
    columns = {"date" if kind is Kind.WIDE else "time": when} | {
        role: columns[role] for role in used if role in columns
    }
    values = {role: [columns[role]] for role in USUAL if role in columns}
    if kind is Kind.WIDE:
        values = {"power": [*day.power], "voltage": [*day.voltage]}
    side = Label(label) if label else (day.label or Label.START)
    moved = 0 if day.label in {None, side} else MINUTES if side is Label.START else -MINUTES
    return Layout(
        kind=kind,
        columns=columns,
        power=day.power,
        voltage=day.voltage,
        units=_units(values, name=name, told_unit=unit),
        label=side,
        is_clock=day.label is not None,
        moved_minutes=moved,
        passed=_passed(headings, columns.values(), day.power + day.voltage, day.passed),
    )


def _insist_on_one(found: Sequence[str], role: str, name: str) -> None:
    if len(found) > 1:
        both = joined("、", (f"“{one}”" for one in found))
        words = Phrase(
            "%(name)s 有两列%(called)s：%(both)s，分不清用哪一列，请删去一列再导入。",
            name=name,
            called=CALLED[role],
            both=both,
        )
        raise UnreadableReadingsError(words)


def _units(values: Mapping[str, Sequence[str]], *, name: str, told_unit: str) -> dict[str, str]:
    """Return the units that headings tell; the person's word for powers goes first."""
    units = {"power": told_unit} if told_unit else {}
    for role, headings in values.items():
        if role in units:
            continue
        for heading in headings:
            unit = unit_of(heading, role)
            if NO_UNIT.match(unit.lower()):
                continue
            if unit.lower() not in UNITS[role]:
                raise UnreadableReadingsError(
                    Phrase(
                        "%(name)s 的“%(heading)s”列单位是“%(unit)s”，不能当%(called)s用；"
                        "%(called)s的单位可以是 %(known_units)s。请换算后再导入。",
                        name=name,
                        heading=heading,
                        unit=unit,
                        called=CALLED[role],
                        known_units=KNOWN_UNITS[role],
                    )
                )
            if units.setdefault(role, unit).lower() != unit.lower():
                raise UnreadableReadingsError(
                    Phrase(
                        "%(name)s 的%(called)s有两种单位：%(units)s 和 %(unit)s，请统一后再导入。",
                        name=name,
                        called=CALLED[role],
                        units=units[role],
                        unit=unit,
                    )
                )
    return units


def _passed(
    headings: Sequence[str],
    used: Iterable[str],
    day: Sequence[str],
    sets: Sequence[Sequence[str]],
) -> tuple[str, ...]:
    """Name what was not taken; a set of points by its first and last."""
    known = {*used, *day, *(one for points in sets for one in points)}
    return (
        *(told(one) for one in sets),
        *(f"“{heading}”" for heading in headings if heading and heading not in known),
    )


def _lacking(name: str, what: str, headings: Sequence[str]) -> str:
    shown = "、".join(one for one in headings[:12] if one)
    return Phrase(
        "%(name)s 里找不到%(what)s列。现有表头：%(shown)s。可用的写法如：表号、时间（或日期）、"
        "有功功率(kW)、电压(V)、正向有功总示值、倍率，或 P1–P96、00:00–23:45。",
        name=name,
        what=what,
        shown=shown,
    )
