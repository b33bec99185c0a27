"""Rows of a file into days of meters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dianliang.engines.loading import MINUTES, NO_DV, NO_W, POINTS, Meter, batch_of
from dianliang.integrations.meter_files._cells import (
    EPOCH,
    Codes,
    Numbers,
    codes,
    meters,
    moments,
    numbers,
)
from dianliang.integrations.meter_files._errors import MOST_TOLD, Problem
from dianliang.integrations.meter_files._headings import NO_UNIT, UNITS, WORDS, Label, plain
from dianliang.integrations.meter_files._layout import Layout
from dianliang.integrations.meter_files._table import Table
from dianliang.kernel.phrases import Phrase

MOST_W, MOST_DV = 2_000_000_000, 10_000
"""No meter of low voltage shows more than 1000 V (GB/T 156—2017); 2300 is 230 without its point."""
MOST_MULTIPLIER = 50_000
DAY_MINUTES = 1440
VOLTAGES, POWERS = {"u", "v", "ua", "voltage"}, {"p", "power", "负荷"}
NO_POWER = ("无功", "因数", "示值", "示数", "电量", "电能", "需量", "视在", "反向", "电流")
NO_VOLTAGE = ("率", "不平衡", "越限", "谐波", "相角")
"""What speaks of power or voltage and is neither."""
OTHER_PHASES = ("a相有功", "b相", "c相", "ub", "uc", "pa", "pb", "pc")
"""A curve of one phase is no curve of the meter; of voltages the first phase is kept."""
LEAST_DEAD = POINTS // 2
"""Points of 0 V without an outage that are no accident: half a day's."""
Ints = npt.NDArray[np.int64]


@dataclass(slots=True)
class Taking:
    """What is at hand while a file is taken in; `problems` fills up, and at the end refuses it."""

    table: Table
    layout: Layout
    register: Mapping[str, Meter] | None
    is_secondary: bool
    multiplier: float = 0.0
    problems: list[Problem] = field(default_factory=list)
    same: int = 0
    rolled: int = 0
    passed: list[str] = field(default_factory=list)

    def column(self, role: str) -> Numbers:
        """Return a column of numbers by what it means."""
        heading = self.layout.columns[role]
        return self.numbers(heading)

    def numbers(self, heading: str) -> Numbers:
        """Return a column of numbers by its heading."""
        table = self.table
        return numbers(
            table.columns[heading],
            name=heading,
            number=table.number,
            problems=self.problems,
        )

    def meters(self) -> Codes:
        """Return whose each row is; meters that the register lacks are told."""
        heading, number = self.layout.columns["meter"], self.table.number
        found = meters(
            self.table.columns[heading], name=heading, number=number, problems=self.problems
        )
        if self.register is not None:
            lost = [i for i, one in enumerate(found.values) if one and one not in self.register]
            for code in lost[: MOST_TOLD + 1]:
                row = number(int(np.argmax(found.index == code)))
                words = Phrase(
                    "表号 %(meter)s 不在户变关系里，请先补上（--meters）",
                    meter=found.values[code],
                )
                self.problems.append(Problem(row, heading, words))
        return found

    def multipliers(self, whose: Codes) -> Numbers:
        """Return by what each row is multiplied: the file's word, else the register's, else 1."""
        known = np.array(
            [
                self.register[one].multiplier if self.register and one in self.register else 1.0
                for one in whose.values
            ]
        )[whose.index]
        if "multiplier" not in self.layout.columns:
            return self._by_word(whose, known)
        told = self.column("multiplier")
        heading, number = self.layout.columns["multiplier"], self.table.number
        wrong = (told < 1) | (told > MOST_MULTIPLIER)
        differs = ~wrong & (told != known) & ~np.isnan(told) & (self.register is not None)
        for i in np.flatnonzero(wrong)[:MOST_TOLD]:
            words = Phrase("倍率 %(told)s 不对，应不小于 1", told=f"{told[i]:g}")
            self.problems.append(Problem(number(int(i)), heading, words))
        for i in np.flatnonzero(differs)[:MOST_TOLD]:
            words = Phrase(
                "倍率 %(told)s 与户变关系里的 %(known)s 不一致",
                told=f"{told[i]:g}",
                known=f"{known[i]:g}",
            )
            self.problems.append(Problem(number(int(i)), heading, words))
        return np.where(np.isnan(told), known, told)

    def _by_word(self, whose: Codes, known: Numbers) -> Numbers:
        """Return what the person said for all meters, unless the register says otherwise."""
        if not self.multiplier:
            return known
        differs = (known != self.multiplier) & (self.register is not None)
        for i in np.flatnonzero(differs)[:1]:
            words = Phrase(
                "填的倍率 %(multiplier)s 与户变关系里的 %(known)s 不一致",
                multiplier=f"{self.multiplier:g}",
                known=f"{known[i]:g}",
            )
            row = self.table.number(int(i))
            self.problems.append(Problem(row, self.layout.columns["meter"], words))
        return np.full(len(whose.index), self.multiplier)

    def moments(self) -> Ints:
        """Return when each quarter hour begins, in minutes; −1 where there is no telling."""
        heading = self.layout.columns["time"]
        found = moments(
            self.table.columns[heading],
            name=heading,
            number=self.table.number,
            problems=self.problems,
        )
        if plain(heading)[0] in WORDS["date"] and found.size and (found % DAY_MINUTES == 0).all():
            words = Phrase("只有日期，没有时刻；请导出 15 分钟曲线")
            self.problems.append(Problem(0, heading, words))
        is_end = self.layout.label is Label.END
        return np.where(found < 0, -1, found - MINUTES * is_end)


def take_long(taking: Taking) -> pa.RecordBatch | None:
    """Take rows of one moment each; nothing where there are problems."""
    whose, begin = taking.meters(), taking.moments()
    columns = taking.layout.columns
    nothing = np.full(taking.table.rows, np.nan)
    power = taking.column("power") * taking.layout.scale("power") if "power" in columns else nothing
    decivolts = taking.layout.scale("voltage") * 10
    voltage = taking.column("voltage") * decivolts if "voltage" in columns else nothing
    multiplier = taking.multipliers(whose)
    if taking.is_secondary:
        power = power * multiplier
    if taking.problems:
        return None
    return laid(taking, whose, begin, power, voltage, rows=np.arange(taking.table.rows))


def laid(
    taking: Taking, whose: Codes, begin: Ints, power: Numbers, voltage: Numbers, *, rows: Ints
) -> pa.RecordBatch | None:
    """Lay moments out by meter and day; tell of two values for one moment and of lost hours.

    `rows` says in which row of the file each moment stands.
    """
    day, point = begin // DAY_MINUTES, begin % DAY_MINUTES // MINUTES
    first = int(day.min(initial=0)) if not day.size else int(day.min())
    span = int(day.max()) - first + 1 if day.size else 1
    keys, place = np.unique(whose.index * span + day - first, return_inverse=True)
    flat = place * POINTS + point
    w, dv = _watts(taking, power, rows), _decivolts(taking, voltage, rows)
    power_grid = _filled(taking, flat, w, len(keys), rows)
    volt_grid = _filled(taking, flat, dv, len(keys), rows)
    if taking.problems:
        return None
    _tell_dead(taking, keys // span, keys % span + first, whose, (power_grid, volt_grid))
    if taking.problems:
        return None
    return batch_of(
        numbers=pa.array(whose.values, pa.string()),
        meter=(keys // span).astype(np.int32),
        day=(keys % span + first).astype(np.int32),
        power=power_grid.reshape(-1, POINTS),
        voltage=volt_grid.reshape(-1, POINTS),
    )


def _filled(taking: Taking, flat: Ints, values: Any, days: int, rows: Ints) -> Any:
    """Put values in their places; tell where two want the same one."""
    none = np.iinfo(values.dtype).min
    grid = np.full(days * POINTS, none, values.dtype)
    is_read = values != none
    at, told, where = flat[is_read], values[is_read], rows[is_read]
    grid[at] = told
    if np.bincount(at, minlength=1).max(initial=0) <= 1:
        return grid
    order = np.argsort(at, kind="stable")
    again = np.flatnonzero(at[order][1:] == at[order][:-1]) + 1
    here, before = order[again], order[again - 1]
    differs = told[here] != told[before]
    taking.same += int((~differs).sum())
    columns, number = taking.layout.columns, taking.table.number
    heading = columns.get("time") or columns["date"]
    for mine, other in zip(here[differs][:MOST_TOLD], before[differs], strict=False):
        words = Phrase(
            "与第 %(row)d 行是同一只表、同一时刻，值却不同，请删去错的一行",
            row=number(int(where[other])),
        )
        taking.problems.append(Problem(number(int(where[mine])), heading, words))
    return grid


def _tell_dead(
    taking: Taking, meter: Ints, day: Ints, whose: Codes, grids: tuple[Any, Any]
) -> None:
    """Tell of days on which a meter shows 0 V all day and no outage: a column never read.

    In an outage the power is read, and it is zero.
    """
    power, voltage = (grid.reshape(-1, POINTS) for grid in grids)
    is_flat = ((voltage == 0) | (voltage == NO_DV)).all(axis=1)
    is_flat &= (voltage == 0).sum(axis=1) >= LEAST_DEAD
    is_outage = (power == 0).any(axis=1) & ((power == 0) | (power == NO_W)).all(axis=1)
    dead = np.flatnonzero(is_flat & ~is_outage)
    for i in dead[: MOST_TOLD + 1]:
        on = EPOCH + timedelta(days=int(day[i]))
        words = Phrase(
            "表 %(meter)s 在 %(on)s 读到的电压全是 0 V，却没有停电（功率不是全天为 0）；"
            "没有采到的电压请留空",
            meter=whose.values[meter[i]],
            on=f"{on}",
        )
        taking.problems.append(Problem(0, taking.layout.columns.get("voltage", "电压"), words))


def _watts(taking: Taking, power: Numbers, rows: Ints) -> Any:
    return _whole(taking, power, rows, MOST_W, NO_W, np.int32, Phrase("功率"), "W", 1)


def _decivolts(taking: Taking, voltage: Numbers, rows: Ints) -> Any:
    wrong = voltage < 0
    for i in np.flatnonzero(wrong)[:MOST_TOLD]:
        row = taking.table.number(int(rows[i]))
        taking.problems.append(
            Problem(row, taking.layout.columns.get("voltage", "电压"), Phrase("电压为负"))
        )
    return _whole(taking, voltage, rows, MOST_DV, NO_DV, np.int16, Phrase("电压"), "V", 10)


def _whole(
    taking: Taking,
    values: Numbers,
    rows: Ints,
    most: int,
    none: int,
    kind: Any,
    what: str,
    unit: str,
    per: int,
) -> Any:
    is_none = np.isnan(values)
    wrong = np.abs(np.where(is_none, 0, values)) > most
    for i in np.flatnonzero(wrong)[:MOST_TOLD]:
        words = Phrase(
            "%(what)s %(value)s %(unit)s太大（最多 %(most)s），请检查单位和倍率",
            what=what,
            value=f"{values[i] / per:g}",
            unit=unit,
            most=f"{most / per:g}",
        )
        taking.problems.append(Problem(taking.table.number(int(rows[i])), "", words))
    return np.where(is_none | wrong, none, np.rint(np.where(is_none | wrong, 0, values))).astype(
        kind
    )


def take_wide(taking: Taking) -> pa.RecordBatch | None:
    """Take rows of a day each; powers and voltages of a day may stand in two rows."""
    layout, table = taking.layout, taking.table
    whose = taking.meters()
    days = moments(
        table.columns[layout.columns["date"]],
        name=layout.columns["date"],
        number=table.number,
        problems=taking.problems,
    )
    power = _grid(taking, layout.power) * layout.scale("power")
    voltage = _grid(taking, layout.voltage) * layout.scale("voltage") * 10
    if "item" in layout.columns:
        is_volt, is_other = _items(taking, table.columns[layout.columns["item"]])
        voltage = np.where(is_volt[:, None], power / layout.scale("power") * 10, voltage)
        power = np.where((is_volt | is_other)[:, None], np.nan, power)
        voltage = np.where(is_other[:, None], np.nan, voltage)
    multiplier = taking.multipliers(whose)
    if taking.is_secondary:
        power = power * multiplier[:, None]
    if taking.problems:
        return None
    midnight = days // DAY_MINUTES * DAY_MINUTES + layout.moved_minutes
    begin = (midnight[:, None] + np.arange(POINTS) * MINUTES).ravel()
    rows = np.repeat(np.arange(table.rows), POINTS)
    kept = ~(np.isnan(power) & np.isnan(voltage)).ravel()
    return laid(
        taking,
        Codes(whose.index[rows[kept]], whose.values),
        begin[kept],
        power.ravel()[kept],
        voltage.ravel()[kept],
        rows=rows[kept],
    )


def _grid(taking: Taking, headings: tuple[str, ...]) -> Numbers:
    if not headings:
        return np.full((taking.table.rows, POINTS), np.nan)
    return np.stack([taking.numbers(heading) for heading in headings], axis=1)


def _items(taking: Taking, column: pa.Array) -> tuple[Any, Any]:
    """Tell which rows are voltages of phase A, and which neither these nor active power."""
    found = codes(column, name=taking.layout.columns["item"])
    words = [str(value).lower() for value in found.values]
    is_first = [not any(phase in one for phase in OTHER_PHASES) for one in words]
    is_volt = np.array(
        [
            first and ("电压" in one or one in VOLTAGES) and not any(x in one for x in NO_VOLTAGE)
            for one, first in zip(words, is_first, strict=True)
        ]
    )
    is_power = np.array(
        [
            first
            and ("有功" in one or "功率" in one or one in POWERS)
            and not any(other in one for other in NO_POWER)
            for one, first in zip(words, is_first, strict=True)
        ]
    )
    _tell_units(taking, found, is_volt, is_power)
    is_other = ~(is_volt | is_power)
    taking.passed += [str(found.values[i]) or "空白" for i in np.flatnonzero(is_other)]
    return is_volt[found.index], is_other[found.index]


def _tell_units(taking: Taking, found: Codes, is_volt: Any, is_power: Any) -> None:
    """Tell of items that name another unit than the one their values are taken in."""
    watts, heading = taking.layout.scale("power"), taking.layout.columns["item"]
    for code, value in enumerate(found.values):
        unit = plain(str(value))[1].lower()
        role, applied = ("voltage", 1.0) if is_volt[code] else ("power", watts)
        is_taken = is_volt[code] or is_power[code]
        if is_taken and not NO_UNIT.match(unit) and UNITS[role].get(unit) != applied:
            row = taking.table.number(int(np.argmax(found.index == code)))
            words = Phrase(
                "“%(value)s”的单位与读数的单位不同，请统一成 kW 和 V 再导入", value=value
            )
            taking.problems.append(Problem(row, heading, words))
