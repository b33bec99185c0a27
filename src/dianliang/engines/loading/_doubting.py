"""The inner loops of quality, compiled: gaps, values that stand still or jump, clocks."""

from typing import Any

import numpy as np

from dianliang.engines.loading._curves import NO_DV, NO_W, POINTS
from dianliang.engines.loading._kernel import compiled

_W, _DV = np.int32(NO_W), np.int16(NO_DV)
READ, GAPS, LONGEST, STUCK, SPIKES = range(5)
MOST_LAG = 8
LAGS = 2 * MOST_LAG + 1
LEAST_VOLTS, LEAST_OTHERS = 80, 4


@compiled
def doubt(
    power: Any, limit: Any, stuck_points: int, stuck_w: int, times: int, spike_w: int, out: Any
) -> None:
    """Fill for each row: points read, gaps, the longest, points that stand still, and jumps.

    A jump is beyond `limit` (what the meter could carry), or beyond `spike_w` and so many `times`
    the mean of the day's other points.
    """
    for i in range(power.shape[0]):
        row = power[i]
        read, total, gap, same = 0, np.int64(0), 0, 1
        out[:, i] = 0
        for j in range(POINTS):
            if row[j] == _W:
                gap += 1
                out[GAPS, i] += gap == 1
                out[LONGEST, i] = max(out[LONGEST, i], gap)
                continue
            gap, read, total = 0, read + 1, total + row[j]
        out[READ, i] = read
        for j in range(1, POINTS + 1):
            if j < POINTS and row[j] == row[j - 1]:
                same += 1
                continue
            if same >= stuck_points and row[j - 1] != _W and abs(row[j - 1]) >= stuck_w:
                out[STUCK, i] += same
            same = 1
        for j in range(POINTS):
            size = abs(np.int64(row[j]))
            if row[j] == _W or (size < spike_w and size < limit[i]):
                continue
            others = abs(total - row[j]) / max(1, read - 1)
            if size > limit[i] or (size >= spike_w and size > times * others):
                out[SPIKES, i] += 1


@compiled
def gather(voltage: Any, place: Any, total: Any, count: Any) -> None:
    """Add voltages up by place (a transformer on a day) and point."""
    for i in range(voltage.shape[0]):
        if place[i] >= 0:
            for j in range(POINTS):
                if voltage[i, j] != _DV:
                    total[place[i], j] += voltage[i, j]
                    count[place[i], j] += 1


@compiled
def lag(voltage: Any, place: Any, total: Any, count: Any, out: Any) -> None:
    """Fill for each row and lag the product with the others' mean voltage, squares, and pairs.

    Voltages of neighbours rise and fall together, whatever each of them draws.
    """
    own, ref = np.empty(POINTS), np.empty(POINTS)
    for i in range(voltage.shape[0]):
        out[i] = 0.0
        n, mean_own, mean_ref = 0, 0.0, 0.0
        if place[i] < 0:
            continue
        for j in range(POINTS):
            others = count[place[i], j] - 1
            if voltage[i, j] == _DV or others < LEAST_OTHERS:
                own[j], ref[j] = np.nan, np.nan
                continue
            own[j], n = voltage[i, j], n + 1
            ref[j] = (total[place[i], j] - voltage[i, j]) / others
            mean_own, mean_ref = mean_own + own[j], mean_ref + ref[j]
        if n < LEAST_VOLTS:
            continue
        mean_own, mean_ref = mean_own / n, mean_ref / n
        for k in range(LAGS):
            shift = k - MOST_LAG
            for j in range(max(0, -shift), min(POINTS, POINTS - shift)):
                a, b = own[j] - mean_own, ref[j + shift] - mean_ref
                if not np.isnan(a) and not np.isnan(b):
                    out[i, 0, k] += a * b
                    out[i, 1, k] += a * a
                    out[i, 2, k] += b * b
                    out[i, 3, k] += 1
