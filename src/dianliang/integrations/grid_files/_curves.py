"""Powers by step from a wide table: a row for each moment, a column for each load."""

from pathlib import Path

import numpy as np

from dianliang.engines.powerflow import Grid, Profiles
from dianliang.integrations.grid_files._cells import Row, csv_lines
from dianliang.integrations.grid_files._errors import Problem, UnreadableGridError, refuse

MOMENT = frozenset(["时刻", "时间", "time", "step", "timestamp", "datetime", ""])
REACTIVE = " kvar"
MOST_CELLS = 40_000_000


def read_curves(
    path: Path, grid: Grid, *, power_factor: float, hours: float
) -> tuple[Profiles, tuple[str, ...]]:
    """Read a CSV file with the ids of loads as headings, in kW, and what each row calls its moment.

    Without a column of moments they are counted from 1. A column ``<load> kvar`` holds reactive
    power; a load without one follows `power_factor`. A heading that names no load of the grid is
    refused: it would silently count nowhere.

    Raises:
        UnreadableGridError: a heading or cell cannot be used; every place is listed.
    """
    problems: list[Problem] = []
    lines = list(csv_lines(path, problems=problems))
    if not lines:
        refuse(path.name, problems)
        raise UnreadableGridError(f"{path.name} 没有一行曲线。")
    headings = list(lines[0][1])
    moment = headings[0] if headings[0].lower() in MOMENT else None
    known = {load.id for load in grid.loads}
    active = [one for one in headings if one != moment and not _is_reactive(one, known)]
    reactive = [one for one in headings if one != moment and _is_reactive(one, known)]
    for one in active:
        if one not in known:
            words = "不是模型里的负荷编号，请核对。"
            problems.append(Problem(path.name, 1, one, words))
    if len(lines) * len(headings) > MOST_CELLS:
        raise UnreadableGridError(f"{path.name} 的单元格太多，请拆分后再算。")
    p = np.zeros((len(lines), len(active)))
    tangent = np.sqrt(1 / power_factor**2 - 1)
    rows = [Row(path.name, number, cells, problems) for number, cells in lines]
    for step, row in enumerate(rows):
        p[step] = [row.number_of(one) for one in active]
    q = p * tangent
    for heading in reactive:
        place = active.index(heading.removesuffix(REACTIVE))
        q[:, place] = [row.number_of(heading) for row in rows]
    refuse(path.name, problems)
    moments = tuple(
        row.cells[moment] if moment is not None else str(step)
        for step, row in enumerate(rows, start=1)
    )
    return Profiles(ids=tuple(active), p_kw=p, q_kvar=q, hours=hours), moments


def _is_reactive(heading: str, known: set[str]) -> bool:
    """Tell whether a heading is that of the reactive power of a load."""
    return heading.endswith(REACTIVE) and heading.removesuffix(REACTIVE) in known
