"""What is drawn while nobody works: nights, rest days, steps that stayed, readings that stand."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dianliang.engines.enterprise._filling import compiled
from dianliang.engines.enterprise._hours import Hours
from dianliang.engines.enterprise._model import KWH, POINTS, Bools, Floats, Ints, Ints32, Market

FEWEST_QUARTERS = 16
"""Fewer quarter hours of rest a day tell nothing of a base."""
FEWEST_DAYS = 20
SIDE_DAYS = 14
"""A step has so many days on both sides."""
MADS = 4.0
LEAST_STEP = 0.10
"""A step is at least so much of the base before it."""
BUSY = 0.2
"""A rest day stands out when it draws so much of the way from base to top more than usual ones."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Idle:
    """Mean W and CNY per W of the idle quarter hours of some days; `day` points into all days."""

    day: Ints
    mean_w: Floats
    cny_per_w: Floats


def idle_of(power_w: Ints32, *, hours: Hours, market: Market, at_work: bool) -> Idle | None:
    """Return what is drawn outside usual hours on working days, or on other days.

    None where there are too few such quarter hours or days.
    """
    rest = ~(hours.workday if at_work else hours.rest_day)
    day = np.flatnonzero((market.kinds == 0) == at_work)
    if rest.sum() < FEWEST_QUARTERS or len(day) < FEWEST_DAYS:
        return None
    return Idle(
        day=day,
        mean_w=power_w[day][:, rest].mean(axis=1),
        cny_per_w=market.price[day][:, rest].sum(axis=1) / KWH,
    )


def excess_cny(idle: Idle, percentile: float) -> tuple[float, float, Bools]:
    """Return the CNY above the firm's own level of its better days, that level, and which days."""
    level = float(np.percentile(idle.mean_w, percentile))
    over = np.maximum(0.0, idle.mean_w - level)
    return float((over * idle.cny_per_w).sum()), level, over > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A base that rose and stayed: from which day, W before and after, CNY since."""

    day: int
    before_w: float
    after_w: float
    cny: float


def step_of(idle: Idle) -> Step | None:
    """Find the one rise of the base that divides its days best, if it stands out.

    The split with the least sum of squares; it counts if the medians differ by `MADS` scaled
    median deviations and by `LEAST_STEP` of the base before.
    """
    x = idle.mean_w
    n = len(x)
    if n < 2 * SIDE_DAYS:
        return None
    sums = np.cumsum(x)
    cut = np.arange(SIDE_DAYS, n - SIDE_DAYS + 1)
    left, right = sums[cut - 1] / cut, (sums[-1] - sums[cut - 1]) / (n - cut)
    between = cut * (n - cut) * (right - left) ** 2
    at = int(cut[between.argmax()])
    before, after = float(np.median(x[:at])), float(np.median(x[at:]))
    noise = np.median(np.abs(np.concatenate([x[:at] - before, x[at:] - after]))) * 1.4826
    rise = after - before
    if rise <= max(MADS * noise, LEAST_STEP * before, 1e-9):
        return None
    cny = float(rise * idle.cny_per_w[at:].sum())
    return Step(day=int(idle.day[at]), before_w=before, after_w=after, cny=cny)


def busy_days(idle: Idle, hours: Hours) -> tuple[Bools, float]:
    """Return which days draw much more than is usual on such days, and what is usual in W."""
    usual = float(np.percentile(idle.mean_w, 25))
    return idle.mean_w > usual + BUSY * (hours.top_w - hours.base_w), usual


@compiled
def _longest(power: Any, above: float) -> tuple[int, int]:
    longest, first, run = 1, 0, 1
    for i in range(1, power.shape[0]):
        run = run + 1 if power[i] == power[i - 1] and power[i] > above else 1
        if run > longest:
            longest, first = run, i - run + 1
    return longest, first


def longest_stand(power_w: Ints32, *, above_w: float) -> tuple[int, int, int]:
    """Return the longest run of one and the same power: points, day and point it begins at."""
    length, first = _longest(power_w.ravel(), above_w)
    return length, first // POINTS, first % POINTS
