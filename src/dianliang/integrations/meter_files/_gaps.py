"""What readings lack that tells of another kind of file: summer time, hourly readings."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from dianliang.engines.loading import MINUTES, NO_DV, NO_W, POINTS, rows_of
from dianliang.integrations.meter_files._errors import Problem
from dianliang.kernel.phrases import Phrase

SUMMER_POINTS, SUMMER_UNTIL = 4, 16
"""A clock put forward loses an hour, always before four in the morning."""
FEW, FEWER = 12, 3
"""So many readings of a meter, no two of them a quarter hour apart, are no gap; fewer do where the
whole file has no two such."""


def sparse(batch: pa.RecordBatch, heading: str) -> list[Problem]:
    """Refuse moments an hour or a day apart: each would count as a quarter hour only.

    That is a file, or a meter with several readings, without any two a quarter hour apart.
    """
    rows = rows_of(batch)
    read = (rows.power != NO_W) | (rows.voltage != NO_DV)
    next_to = (read[:, 1:] & read[:, :-1]).sum(axis=1)
    count, close = (
        np.bincount(rows.meter, each.astype(np.int64)) for each in (read.sum(axis=1), next_to)
    )
    is_sparse = (close == 0) & (count >= (FEW if close.any() else FEWER))
    if not is_sparse.any():
        return []
    lone = int(is_sparse.argmax())
    mine = np.flatnonzero(rows.meter == lone)
    mine = mine[np.argsort(rows.day[mine])]
    at = np.flatnonzero(read[mine].ravel())
    at = at % POINTS + rows.day[mine][at // POINTS] * POINTS
    usual = int(np.bincount(np.minimum(np.diff(at), POINTS)).argmax()) * MINUTES
    words = Phrase(
        "表 %(meter)s 相邻两点多隔 %(usual)d 分钟，不是 15 分钟曲线，请导出 96 点曲线",
        meter=rows.numbers[lone],
        usual=usual,
    )
    return [Problem(0, heading, words)]


def lost_hours(days: Sequence[int], is_read: Any, *, of_registers: bool = False) -> list[int]:
    """Return the days on which nobody has one and the same hour of the night, and all the rest.

    `is_read` tells by day and point whether any meter was read. Four readings of a register that
    lack take five quarter hours with them: those between, before and behind.
    """
    found = []
    lost, begins = (SUMMER_POINTS + 1, {0, 3}) if of_registers else (SUMMER_POINTS, {0})
    for day, read in zip(days, is_read, strict=True):
        missing = np.flatnonzero(~read)
        if (
            len(missing) == lost
            and missing[-1] - missing[0] == lost - 1
            and missing[0] % 4 in begins
            and missing[0] < SUMMER_UNTIL
        ):
            found.append(day)
    return found
