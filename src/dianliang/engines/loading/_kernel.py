"""The inner loops, compiled: a day's figures, sums by transformer, runs beyond a line.

All in whole numbers: the same result in any order, on any number of machines.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

from dianliang.engines.loading._curves import NO_DV, NO_W, POINTS

_W, _DV = np.int32(NO_W), np.int16(NO_DV)
ENERGY, PEAK, PEAK_AT, VALLEY, READ = range(5)
V_READ, V_LOW, V_HIGH, V_LEAST, V_MOST = range(5)
F = TypeVar("F", bound=Callable[..., object])
jit: Any = njit


def compiled(function: F) -> F:
    """Compile with numba, without Python's lock, and keep the machine code beside the module."""
    return cast("F", jit(cache=True, nogil=True, error_model="numpy")(function))


@compiled
def days(power: Any, valley_from: int, valley_until: int, out: Any) -> None:
    """Fill for each row: sum in W × 15 min, peak, its point, sum of the valley, points read.

    A valley that ends before it begins goes on past midnight.
    """
    is_across = valley_until < valley_from
    evening = POINTS if is_across else valley_until
    morning = valley_until if is_across else 0
    for i in range(power.shape[0]):
        row = power[i]
        least, most, total = row[0], row[0], np.int64(0)
        for j in range(POINTS):
            least, most, total = min(least, row[j]), max(most, row[j]), total + row[j]
        read, valley = POINTS, np.int64(0)
        if least == _W:
            read, total = 0, np.int64(0)
            for j in range(POINTS):
                if row[j] != _W:
                    read, total = read + 1, total + row[j]
        for j in range(valley_from, evening):
            valley += row[j] if row[j] != _W else 0
        for j in range(morning):
            valley += row[j] if row[j] != _W else 0
        at = 0
        while row[at] != most:
            at += 1
        out[ENERGY, i], out[VALLEY, i], out[READ, i] = total, valley, read
        out[PEAK, i], out[PEAK_AT, i] = (most, at) if read else (0, -1)


@compiled
def voltages(voltage: Any, low: Any, high: Any, out: Any) -> None:
    """Fill for each row: points read, below, above, and the least and greatest voltage."""
    for i in range(voltage.shape[0]):
        row = voltage[i]
        below, above, none, most = np.int32(0), np.int32(0), np.int32(0), row[0]
        least = np.int16(32767)
        for j in range(POINTS):
            none += row[j] == _DV
            below += row[j] < low
            above += row[j] > high
            most = max(most, row[j])
            least = min(least, row[j] if row[j] != _DV else np.int16(32767))
        out[V_READ, i], out[V_LOW, i], out[V_HIGH, i] = POINTS - none, below - none, above
        out[V_LEAST, i], out[V_MOST, i] = (least, most) if none < POINTS else (0, 0)


@compiled
def add(power: Any, slot: Any, day: Any, load: Any, read: Any, missed: Any) -> None:
    """Add each row to its slot's series; count rows by day, and points that were not read."""
    last = load.shape[1] // POINTS
    for i in range(power.shape[0]):
        s, d = slot[i], day[i]
        if s < 0 or d < 0 or d >= last:
            continue
        row, series = power[i], load[s, d * POINTS : (d + 1) * POINTS]
        read[s, d] += 1
        least = row[0]
        for j in range(POINTS):
            least = min(least, row[j])
        if least != _W:
            for j in range(POINTS):
                series[j] += row[j]
            continue
        for j in range(POINTS):
            if row[j] != _W:
                series[j] += row[j]
            else:
                missed[s, d * POINTS + j] += 1


@compiled
def runs(series: Any, known: Any, line: int, least_points: int, bridged: int, out: Any) -> int:
    """Find runs of points with `series` ≥ `line`; return how many, each a row of `out`.

    A point below the line ends a run if it is `known`; more than `bridged` unknown ones do, too.
    A run is first, last + 1, points counted, where its greatest value stands.
    """
    n, found = series.shape[0], 0
    first, last, points, at = -1, -1, 0, -1
    for j in range(n + 1):
        if j < n and series[j] >= line:
            if first < 0:
                first, points, at = j, 0, j
            last, points = j, points + 1
            at = j if series[j] > series[at] else at
        elif first >= 0 and (j == n or known[j] or j - last > bridged):
            if points >= least_points:
                out[found, 0], out[found, 1] = first, last + 1
                out[found, 2], out[found, 3] = points, at
                found += 1
            first = -1
    return found
