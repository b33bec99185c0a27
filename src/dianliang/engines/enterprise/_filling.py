"""Gaps filled with what the firm usually draws then, so that a lost hour is no saving."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

from dianliang.engines.enterprise._model import NO_W, POINTS, Floats, Ints, Ints32

F = TypeVar("F", bound=Callable[..., object])
jit: Any = njit
_W = np.int32(NO_W)


def compiled(function: F) -> F:
    """Compile with numba, without Python's lock, and keep the machine code beside the module."""
    return cast("F", jit(cache=True, nogil=True, error_model="numpy")(function))


@compiled
def _means(power: Any, group: Any, total: Any, count: Any) -> None:
    for d in range(power.shape[0]):
        g = group[d]
        for j in range(POINTS):
            if power[d, j] != _W:
                total[g, j] += power[d, j]
                count[g, j] += 1


@compiled
def _fill(power: Any, group: Any, month: Any, total: Any, count: Any, out: Any) -> None:
    """Fill from days of the same kind in the month, else from any of its days, else zero."""
    for d in range(power.shape[0]):
        g, other = group[d], 2 * month[d] + 1 - group[d] % 2
        for j in range(POINTS):
            w = power[d, j]
            if w != _W:
                out[d, j] = w
            elif count[g, j]:
                out[d, j] = total[g, j] // count[g, j]
            elif count[other, j]:
                out[d, j] = total[other, j] // count[other, j]


def filled(power_w: Ints32, *, month: Ints, kinds: Ints) -> tuple[Ints32, Floats]:
    """Return readings (D, 96) without gaps, and the share that was read in each month (M,).

    A gap takes the mean of the same quarter hour on days of the same kind (working or not) of its
    month, else of any day of it, else zero.
    """
    months = int(month.max()) + 1
    group = 2 * month + (kinds > 0)
    total = np.zeros((2 * months, POINTS), np.int64)
    count = np.zeros((2 * months, POINTS), np.int64)
    _means(power_w, group, total, count)
    read = count.reshape(months, -1).sum(axis=1)
    share = read / (np.bincount(month, minlength=months) * POINTS)
    if (share == 1).all():
        return power_w, share
    out = np.zeros_like(power_w)
    _fill(power_w, group, month, total, count, out)
    return out, share
