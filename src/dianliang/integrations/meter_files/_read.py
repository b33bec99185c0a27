"""One file of readings: understood, checked whole, then handed over whole or refused."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from dianliang.engines.loading import NO_DV, NO_W, Meter, rows_of
from dianliang.integrations.meter_files import _table
from dianliang.integrations.meter_files._cells import EPOCH, NOTHING, NUMBER, is_end_of_day
from dianliang.integrations.meter_files._errors import Problem, refuse
from dianliang.integrations.meter_files._gaps import lost_hours, sparse
from dianliang.integrations.meter_files._headings import Label
from dianliang.integrations.meter_files._layout import Kind, Layout, detect
from dianliang.integrations.meter_files._registers import take_registers
from dianliang.integrations.meter_files._take import (
    Taking,
    take_long,
    take_wide,
)
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the person says about a file, over what its headings say.

    `unit` kW, W or MW; `label` start or end; `is_secondary`: powers are to be multiplied;
    `digits` of a register before its point; `accepts_lost_hours`: a missing hour is no summer time;
    `multiplier` of every meter of a file without a column of them, 0 where nobody told it.
    """

    unit: str = ""
    label: str = ""
    is_secondary: bool = False
    digits: int = 6
    accepts_lost_hours: bool = False
    multiplier: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What a file holds: days of meters as a batch, and how it was understood."""

    batch: pa.RecordBatch
    layout: Layout
    kind: str
    first_on: date
    last_on: date
    meters: int
    points: int
    voltage_points: int
    doubled: int
    rolled: int
    passed: Sequence[str] = ()

    @property
    def words(self) -> str:
        """Say in Chinese what was understood, and how much there is."""
        days, rows = f"{self.first_on} 至 {self.last_on}", self.batch.num_rows
        points = f"功率 {self.points} 点，电压 {self.voltage_points} 点"
        lines = [
            f"格式：{self.kind}，{self.layout.words}",
            f"内容：{self.meters} 只表，{days}，{rows} 表日，{points}",
        ]
        if self.doubled:
            lines.append(f"重复而值相同的 {self.doubled} 点只计一次")
        if self.passed:
            lines.append(f"没有取用的数据项：{'、'.join(self.passed)}")
        if self.rolled:
            lines.append(f"满码归零 {self.rolled} 次，已按进位计算")
        return "\n".join(lines)


def read(
    path: Path, *, register: Mapping[str, Meter] | None = None, hints: Hints | None = None
) -> Readings:
    """Read a file of readings; with a register, meters that it lacks are refused.

    Raises:
        UnreadableReadingsError, UnreadableSheetError: the file cannot be taken in; the message
            lists every place and what to do.
    """
    hints = hints or Hints()
    table = _table.read(path)
    layout = detect(list(table.columns), name=path.name, unit=hints.unit, label=hints.label)
    if not table.rows:
        refuse(path.name, [Problem(0, "", Phrase("没有数据行"))])
    if _has_two_heads(layout, table):
        words = Phrase("表头占了两行（上一行是合并单元格），请合成一行、每列一个表头再导入")
        refuse(path.name, [Problem(table.number(0), "", words)])
    if not hints.label and layout.kind is not Kind.WIDE:
        layout = _labelled(layout, table)
    taking = Taking(table, layout, register, hints.is_secondary, hints.multiplier)
    take: Callable[[Taking], pa.RecordBatch | None] = {
        Kind.LONG: take_long,
        Kind.WIDE: take_wide,
        Kind.REGISTERS: lambda one: take_registers(one, digits=hints.digits),
    }[layout.kind]
    batch = take(taking)
    if batch is not None and not batch.num_rows:
        taking.problems.append(Problem(0, "", Phrase("没有一个读数")))
    if batch is not None and layout.kind is Kind.LONG:
        taking.problems += sparse(batch, layout.columns["time"])
    if batch is not None and batch.num_rows and not hints.accepts_lost_hours:
        taking.problems += _summer(batch, layout.kind)
    refuse(path.name, taking.problems)
    assert batch is not None  # noqa: S101 (what has no batch has problems)
    return _told(batch, taking)


def _labelled(layout: Layout, table: _table.Table) -> Layout:
    """Times at ``24:00`` name the end of their quarter hour; a register stands at a moment."""
    heading = layout.columns["time"]
    is_end = is_end_of_day(table.columns[heading], name=heading)
    return replace(layout, label=Label.END) if is_end else layout


def _has_two_heads(layout: Layout, table: _table.Table) -> bool:
    """Tell whether the first row has neither meter nor time, but words: merged cells above."""
    first = {heading: column[0].as_py() for heading, column in table.columns.items()}
    where = [layout.columns[role] for role in ("meter", "time", "date") if role in layout.columns]
    texts = [value.strip() for value in first.values() if isinstance(value, str)]
    return not any(first[one] for one in where) and any(
        one not in NOTHING and not re.match(NUMBER, one) for one in texts
    )


def _summer(batch: pa.RecordBatch, kind: Kind) -> list[Problem]:
    rows = rows_of(batch)
    days, place = np.unique(rows.day, return_inverse=True)
    is_read = np.zeros((len(days), rows.power.shape[1]), bool)
    for i in range(len(days)):
        mine = place == i
        is_read[i] = ((rows.power[mine] != NO_W) | (rows.voltage[mine] != NO_DV)).any(axis=0)
    return [
        Problem(
            0,
            "",
            Phrase(
                "%(day)s 所有表都缺同一个小时（23 小时的一天），像是夏令时。中国没有夏令时，"
                "请按北京时间重新导出；确实是缺数，请加 --accept-lost-hours",
                day=f"{EPOCH + timedelta(days=day)}",
            ),
        )
        for day in lost_hours(days.tolist(), is_read, of_registers=kind is Kind.REGISTERS)
    ]


def _told(batch: pa.RecordBatch, taking: Taking) -> Readings:
    rows = rows_of(batch)
    return Readings(
        batch=batch,
        layout=taking.layout,
        kind=taking.table.kind,
        first_on=EPOCH + timedelta(days=int(rows.day.min())),
        last_on=EPOCH + timedelta(days=int(rows.day.max())),
        meters=len(np.unique(rows.meter)),
        points=int((rows.power != NO_W).sum()),
        voltage_points=int((rows.voltage != NO_DV).sum()),
        doubled=taking.same,
        rolled=taking.rolled,
        passed=taking.passed,
    )
