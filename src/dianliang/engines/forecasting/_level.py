"""What kinds of days do to peaks, and how far a season follows the days before it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dianliang.engines.forecasting._model import Floats, History, Season

LEAST_KW = 0.1
WEEK_AROUND = 3
"""Days on either side of a day: with it they are a week, in which kinds weigh alike."""
LEAST_DAYS = 2
UNKNOWN_SQUARED = 0.04
"""Squares of logarithms that must have been seen to follow the days before a season half-way."""
MOST_MOVED = float(np.log(3.0))
"""Days before a season that are three times what they were say no more than that."""


def evened(history: History) -> tuple[History, Floats]:
    """Return a history without what kinds of days do, and by day what they will do next.

    A kind's effect is the mean logarithm of its days over the week around them. The effects are
    drawn towards none by how much of their spread chance explains (empirical Bayes, Efron and
    Morris 1973), so that where kinds mean nothing nothing is done.
    """
    days = len(history.seasons[0].peaks_kw)
    told = [season for season in history.seasons if season.kinds is not None]
    if history.next_kinds is None or not told:
        return history, np.ones(days)
    effects = _effects(
        told, 1 + max(int(season.kinds.max()) for season in told if season.kinds is not None)
    )
    seasons = tuple(
        season
        if season.kinds is None
        else replace(season, peaks_kw=season.peaks_kw / effects[season.kinds])
        for season in history.seasons
    )
    known = np.append(effects, 1.0)  # a kind never seen does nothing
    return (
        replace(history, seasons=seasons),
        known[np.minimum(history.next_kinds, len(effects))],
    )


def _effects(seasons: Sequence[Season], count: int) -> Floats:
    """Return by how much days of each kind differ from those around them, as ratios."""
    strays, kinds = [], []
    for season in seasons:
        around = _of_week(season.peaks_kw)
        strays.append(np.log(np.maximum(season.peaks_kw, LEAST_KW) / np.maximum(around, LEAST_KW)))
        kinds.append(season.kinds)
    stray, kind = np.concatenate(strays), np.concatenate([one for one in kinds if one is not None])
    known = np.isfinite(stray)
    stray, kind = stray[known], kind[known]
    days = np.bincount(kind, minlength=count)
    mean = np.bincount(kind, stray, minlength=count) / np.maximum(days, 1)
    apart = np.bincount(kind, (stray - mean[kind]) ** 2, minlength=count)
    often = days >= LEAST_DAYS
    if not often.any():
        return np.ones(count)
    chance = np.where(often, apart / np.maximum(days - 1, 1) / np.maximum(days, 1), np.inf)
    real = max(float(np.mean(mean[often] ** 2 - chance[often])), 0.0)
    share = np.where(often, real / np.maximum(real + chance, 1e-12), 0.0)
    return np.asarray(np.exp(mean * share), np.float64)


def _of_week(peaks: Floats) -> Floats:
    """Return the mean of the week around each day; NaN where less than a week is known."""
    width = 2 * WEEK_AROUND + 1
    if len(peaks) < width:
        return np.full(len(peaks), np.nan)
    found = np.full(len(peaks), np.nan)
    found[WEEK_AROUND:-WEEK_AROUND] = np.convolve(peaks, np.ones(width) / width, mode="valid")
    found[:WEEK_AROUND], found[-WEEK_AROUND:] = found[WEEK_AROUND], found[-WEEK_AROUND - 1]
    return found


def moved(history: History, *, growth: float, fading: float) -> float:
    """Return the logarithm of the days before the next season over what past ones say of them.

    Past seasons weigh and grow as their peaks do; 0 where nothing is known.
    """
    total, weights = 0.0, 0.0
    for age, season in enumerate(reversed(history.seasons), start=1):
        if season.before_kw > LEAST_KW:
            total += fading**age * season.before_kw * growth**age
            weights += fading**age
    if not weights or not history.next_before_kw > LEAST_KW:
        return 0.0
    ratio = float(np.log(history.next_before_kw * weights / total))
    return min(max(ratio, -MOST_MOVED), MOST_MOVED)


def following(pairs: Sequence[tuple[float, float]]) -> float:
    """Return how far seasons followed what had moved before them, 0 to 1.

    `pairs` are logarithms: what had moved, and what the season then had over its forecast. Least
    squares through zero, drawn towards not following (ridge).
    """
    if not pairs:
        return 0.0
    before, came = np.array(pairs).T
    slope = float(before @ came) / (float(before @ before) + UNKNOWN_SQUARED)
    return min(max(slope, 0.0), 1.0)
