"""Powers by step from a wide table: a row for each moment, a column for each load."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from dianliang.engines.powerflow import Grid, Profiles
from dianliang.integrations.grid_files._cells import Row, csv_lines
from dianliang.integrations.grid_files._errors import Problem, UnreadableGridError, refuse
from dianliang.kernel.phrases import Phrase

MOMENT = frozenset(["时刻", "时间", "time", "step", "timestamp", "datetime", ""])
REACTIVE = " kvar"
MOST_CELLS = 40_000_000
DAY_MINUTES = 24 * 60
CLOCK = re.compile(r"(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T]+)?(\d{1,2}):(\d{2})(?::(\d{2}))?")


def read_curves(
    path: Path, grid: Grid, *, power_factor: float, hours: float
) -> tuple[Profiles, tuple[str, ...]]:
    """Read a CSV file with the ids of loads as headings, in kW, and what each row calls its moment.

    Without a column of moments they are counted from 1; moments that are clock times must follow
    each other by `hours`: energy is power times the step. A column ``<load> kvar`` holds reactive
    power; a load without one follows `power_factor`. A heading that names no load of the grid is
    refused: it would silently count nowhere.

    Raises:
        UnreadableGridError: a heading, cell or moment cannot be used; every place is listed.
    """
    problems: list[Problem] = []
    lines = list(csv_lines(path, problems=problems))
    if not lines:
        refuse(path.name, problems)
        raise UnreadableGridError(Phrase("%(name)s 没有一行曲线。", name=path.name))
    headings = list(lines[0][1])
    moment = headings[0] if headings[0].lower() in MOMENT else None
    known = {load.id for load in grid.loads}
    active = [one for one in headings if one != moment and not _is_reactive(one, known)]
    reactive = [one for one in headings if one != moment and _is_reactive(one, known)]
    for one in active:
        if one not in known:
            words = Phrase("不是模型里的负荷编号，请核对。")
            problems.append(Problem(path.name, 1, one, words))
    if len(lines) * len(headings) > MOST_CELLS:
        raise UnreadableGridError(Phrase("%(name)s 的单元格太多，请拆分后再算。", name=path.name))
    p = np.zeros((len(lines), len(active)))
    tangent = np.sqrt(1 / power_factor**2 - 1)
    rows = [Row(path.name, number, cells, problems) for number, cells in lines]
    for step, row in enumerate(rows):
        p[step] = [row.number_of(one) for one in active]
    q = p * tangent
    for heading in reactive:
        place = active.index(heading.removesuffix(REACTIVE))
        q[:, place] = [row.number_of(heading) for row in rows]
    if moment is not None:
        _check_moments(rows, moment, hours=hours)
    refuse(path.name, problems)
    moments = tuple(
        row.cells[moment] if moment is not None else str(step)
        for step, row in enumerate(rows, start=1)
    )
    return Profiles(ids=tuple(active), p_kw=p, q_kvar=q, hours=hours), moments


def _check_moments(rows: Sequence[Row], heading: str, *, hours: float) -> None:
    """Note moments that stand twice, and clock times that do not follow by one step."""
    first: dict[str, int] = {}
    before: float | None = None
    for row in rows:
        told = row.cells[heading].strip()
        at = _minutes(told)
        if told and told in first:
            row.wrong(
                heading,
                Phrase(
                    "时刻 %(told)s 与第 %(first)d 行重复；几天的曲线请连日期一起写。",
                    told=told,
                    first=first[told],
                ),
            )
        elif at is not None and before is not None and not _follows(at - before, 60 * hours):
            row.wrong(
                heading,
                Phrase(
                    "时刻 %(told)s 与上一行不是相隔 %(minutes)s 分钟：各点要等间隔，"
                    "间隔不同请改每点时长（命令行用 --minutes）。",
                    told=told,
                    minutes=f"{60 * hours:g}",
                ),
            )
        first.setdefault(told, row.number)
        before = at


def _follows(minutes: float, step: float) -> bool:
    """Tell whether so many minutes are one step; a clock without dates goes on past midnight."""
    return abs(minutes - step) < 1e-6 or abs(minutes + DAY_MINUTES - step) < 1e-6


def _minutes(told: str) -> float | None:
    """Return a clock time, with or without its date, in minutes; None for any other name."""
    found = CLOCK.fullmatch(told)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        days = date(year, month, day).toordinal() if year else 0
    except ValueError:
        return None
    return DAY_MINUTES * days + 60 * hour + minute + second / 60


def _is_reactive(heading: str, known: set[str]) -> bool:
    """Tell whether a heading is that of the reactive power of a load."""
    return heading.endswith(REACTIVE) and heading.removesuffix(REACTIVE) in known
