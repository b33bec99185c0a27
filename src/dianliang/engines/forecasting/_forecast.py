"""Forecast the peaks of the next season from past ones, with intervals learned by holding out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri, stdtrit

from dianliang.engines.forecasting._level import LEAST_KW, evened, following, moved
from dianliang.engines.forecasting._model import (
    LEVELS,
    Floats,
    Forecast,
    History,
    Outlook,
    Season,
)

SMOOTHED_DAYS = 4
"""Days on either side that a day is smoothed over: a season comes a week early or late."""
USUAL_SHARE = 0.5
"""Of rated power that runs at the peak where past seasons cannot tell; beside it counts as much."""
PRIOR_KW = 50.0
FADING = 0.6
"""Weight of a season beside the one after it."""
ASSUMED_SPREAD = 0.2
"""Of the logarithm, how far a season strays as a whole where none could be held out."""
ASSUMED_SEASONS = 2
"""What is assumed of it counts as much as so many seasons that were held out."""
DRAWS = 99
MOST_DRAWS = 199
UPPER = 0.95


class InvalidHistoryError(ValueError):
    """Histories that nothing can be forecast from; the message lists everything wrong."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fitted:
    """What all transformers together say: shares by day, growth."""

    share: Floats
    growth: float


def forecast(histories: Sequence[History]) -> Outlook:
    """Forecast the next season of every transformer.

    A past season is set to the machines of the next one by the share of rated power that showed in
    the peaks when machines came or went (pooled least squares by day, shrunk towards a half), grown
    by the pooled ratio of seasons that follow each other (shrunk: a mild year looks like decline),
    and averaged with fading weights. What kinds of days do is taken out before and put back for the
    days to come; the whole follows the days before the season as far as past seasons followed
    theirs. Then every season but the first is forecast from those before it alone: the ratios of
    what came to what was forecast, of all transformers, give the quantiles (split conformal
    prediction, Vovk and others 2005), widened because few years are known, and they differ as a
    whole. Where there is no second season, days are taken to stray from the forecast as they stray
    from their neighbours. Cost: about 1 ms for a transformer and season.

    Raises:
        InvalidHistoryError: no season, seasons of different lengths, or figures that are none.
    """
    if wrong := problems(histories):
        raise InvalidHistoryError("；".join(wrong))
    if not histories:
        return Outlook(forecasts=(), running_share=np.zeros(0), growth=1.0, held_out=0)
    expected, moves, fitted = _middles(histories)
    daily, highest, held_out, follows = _excesses(histories)
    quantiles = np.quantile(daily, LEVELS)
    top = np.quantile(highest, LEVELS)
    made = []
    for each, middle, move in zip(histories, expected, moves, strict=True):
        expected_kw = middle * np.exp(follows * move)
        highest_kw = np.exp(top) * float(expected_kw.max())
        made.append(
            Forecast(
                id=each.id,
                expected_kw=expected_kw,
                # No day is higher than its season: so no quantile of a day is, either.
                daily_kw=np.minimum(np.outer(np.exp(quantiles), expected_kw), highest_kw[:, None]),
                highest_kw=highest_kw,
                excess=np.exp(np.sort(highest)),
            )
        )
    return Outlook(
        forecasts=tuple(made),
        running_share=fitted.share,
        growth=fitted.growth,
        held_out=held_out,
    )


def problems(histories: Sequence[History]) -> list[str]:
    """Return everything that is wrong with histories."""
    found: list[str] = []
    days = {len(season.peaks_kw) for each in histories for season in each.seasons}
    if len(days) > 1 or 0 in days:
        found.append("各季的天数应相同，且不为 0")
    for each in histories:
        if not each.seasons:
            found.append(f"{each.id} 没有一季的数据")
        years = [season.year for season in each.seasons]
        if years != sorted(set(years)):
            found.append(f"{each.id} 的各季应由早到晚，不重复")
        for season in each.seasons:
            peaks = season.peaks_kw
            if np.isinf(peaks).any() or (peaks < 0).any() or not np.isfinite(peaks).any():
                found.append(f"{each.id} {season.year} 年的日最大负荷应是不小于 0 的数，至少有一天")
        if _kinds_wrong(each):
            found.append(f"{each.id} 应为每一天写明不小于 0 的日类型，或都不写")
        powers = [each.next_machines_kw, *(season.machines_kw for season in each.seasons)]
        if not all(np.isfinite(one) and one >= 0 for one in powers):
            found.append(f"{each.id} 的设备功率应是不小于 0 的数")
    return found


def _kinds_wrong(history: History) -> bool:
    every = [(season.kinds, len(season.peaks_kw)) for season in history.seasons]
    if every:
        every.append((history.next_kinds, every[-1][1]))
    return any(
        kinds is not None and (kinds.shape != (days,) or (kinds < 0).any()) for kinds, days in every
    )


def _smoothed(values: Floats) -> Floats:
    """Return means over days beside each other; days not known do not count."""
    known = np.isfinite(values)
    window = np.ones(2 * SMOOTHED_DAYS + 1)
    total = np.convolve(np.where(known, values, 0.0), window, mode="same")
    count = np.convolve(known.astype(float), window, mode="same")
    mean = float(values[known].mean()) if known.any() else 0.0
    centre = slice(SMOOTHED_DAYS, SMOOTHED_DAYS + len(values))
    if len(total) != len(values):  # fewer days than the window is wide
        total, count = total[centre], count[centre]
    return np.where(count > 0, total / np.maximum(count, 1), mean)


def _pairs(histories: Sequence[History]) -> list[tuple[Season, Season]]:
    return [
        (one, other)
        for each in histories
        for one, other in zip(each.seasons, each.seasons[1:], strict=False)
    ]


def _fitted(histories: Sequence[History]) -> _Fitted:
    """Return the shares of machines that run by day, and the growth of what is left."""
    days = len(histories[0].seasons[0].peaks_kw)
    above, below = np.full(days, USUAL_SHARE * PRIOR_KW**2), np.full(days, PRIOR_KW**2)
    pairs = _pairs(histories)
    for one, other in pairs:
        change = other.machines_kw - one.machines_kw
        difference = other.peaks_kw - one.peaks_kw
        known = np.isfinite(difference)
        above += np.where(known, change * difference, 0.0)
        below += np.where(known, change**2, 0.0)
    window = np.ones(2 * SMOOTHED_DAYS + 1)
    if days >= len(window):
        above = np.convolve(above, window, mode="same")
        below = np.convolve(below, window, mode="same")
    share = np.clip(above / below, 0.0, 1.0)
    ratios = [
        float(np.nanmean(other.peaks_kw) / mean)
        for one, other in pairs
        if (mean := float(np.nanmean(_set_to(one, other.machines_kw, share)))) > LEAST_KW
    ]
    years = len({other.year for _, other in pairs})
    grown = float(np.median(ratios)) if ratios else 1.0
    return _Fitted(share=share, growth=grown ** (years / (years + 1)))


def _set_to(season: Season, machines_kw: float, share: Floats) -> Floats:
    """Return a season's peaks, smoothed, as they would have been with other machines."""
    changed = _smoothed(season.peaks_kw) + (machines_kw - season.machines_kw) * share
    return np.maximum(changed, LEAST_KW)


def _expected(history: History, fitted: _Fitted) -> Floats:
    """Return the middle of what is expected of each day of the next season."""
    total, weights = np.zeros(len(fitted.share)), 0.0
    for age, season in enumerate(reversed(history.seasons), start=1):
        weight = FADING**age
        grown = _set_to(season, history.next_machines_kw, fitted.share) * fitted.growth**age
        total, weights = total + weight * grown, weights + weight
    return np.asarray(total / weights, np.float64)


def _middles(histories: Sequence[History]) -> tuple[list[Floats], list[float], _Fitted]:
    """Return what is expected of each day, and what moved before the season, by transformer."""
    even = [evened(each) for each in histories]
    fitted = _fitted([one for one, _ in even])
    expected = [_expected(one, fitted) * factor for one, factor in even]
    moves = [moved(one, growth=fitted.growth, fading=FADING) for one, _ in even]
    return expected, moves, fitted


def _excesses(histories: Sequence[History]) -> tuple[Floats, Floats, int, float]:
    """Return logarithms of what came over what was forecast: of days, of seasons; and the years.

    Each year is held out with everything after it. Last comes how far seasons followed the days
    before them, which each year is told from those before it.
    """
    years = sorted({season.year for each in histories for season in each.seasons})
    daily: list[Floats] = []
    highest: list[Floats] = []
    pairs: list[tuple[float, float]] = []
    for year in years[1:]:
        past, came = _before(histories, year)
        if not past:
            continue
        middles, moves, _ = _middles(past)
        follows = following(pairs)
        excess = np.full((len(past), len(middles[0])), np.nan)
        tops = np.empty((len(past), 1))
        for row, (middle, move, season) in enumerate(zip(middles, moves, came, strict=True)):
            strayed = np.log(np.maximum(season.peaks_kw, LEAST_KW) / middle)
            excess[row] = strayed - follows * move
            top = max(float(np.nanmax(season.peaks_kw)), LEAST_KW)
            tops[row] = np.log(top / middle.max()) - follows * move
            if move:
                pairs.append((move, float(np.nanmean(strayed))))
        daily.append(excess)
        highest.append(tops)
    follows = following(pairs)
    if not daily:
        strays = _strays([evened(each)[0] for each in histories])
        return _drawn(strays, 0.0, []), _drawn(np.zeros(1), 0.0, []), 0, follows
    return _widened(daily), _widened(highest), len(daily), follows


def _strays(histories: Sequence[History]) -> Floats:
    """Return how far days stray from what they are smoothed to, as logarithms."""
    found = []
    for each in histories:
        for season in each.seasons:
            level = np.maximum(_smoothed(season.peaks_kw), LEAST_KW)
            found.append(np.log(np.maximum(season.peaks_kw, LEAST_KW) / level))
    every = np.concatenate(found)
    return np.asarray(every[np.isfinite(every)], np.float64)


def _before(histories: Sequence[History], year: int) -> tuple[list[History], list[Season]]:
    """Return histories as they were before a year, with the season that then came."""
    past: list[History] = []
    came: list[Season] = []
    for each in histories:
        known = tuple(season for season in each.seasons if season.year < year)
        season = next((one for one in each.seasons if one.year == year), None)
        if known and season is not None:
            past.append(
                replace(
                    each,
                    seasons=known,
                    next_machines_kw=season.machines_kw,
                    next_kinds=season.kinds,
                    next_before_kw=season.before_kw,
                )
            )
            came.append(season)
    return past, came


def _widened(by_year: Sequence[Floats]) -> Floats:
    """Return excesses of all years, (transformers, days) each, as wide as they must be.

    How far a year strays as a whole is drawn once a year, and few years are known. So is what its
    days have in common beside it (a season comes early for all): its variance over n years counts
    (1 + 1/n) times, as that of the next draw beside their mean, and more by the square of Student's
    quantile. How far transformers stray from each other is seen often enough.
    """
    shifts = [float(np.nanmean(one)) for one in by_year]
    left = [one - shift for one, shift in zip(by_year, shifts, strict=True)]
    own = np.concatenate([one.ravel() for one in left])
    count = len(by_year)
    more = _student(count) ** 2 * (1 + 1 / count) - 1
    centre = float(np.mean(shifts)) * count / (count + ASSUMED_SEASONS)
    return _drawn(own[np.isfinite(own)], centre, shifts, beside=more * _in_common(left))


def _in_common(left: Sequence[Floats]) -> float:
    """Return the variance of what transformers have in common on a day, less what chance gives.

    One transformer alone cannot tell it from its own: 0.
    """
    found = []
    for one in left:
        known = np.isfinite(one)
        count = known.sum(axis=0)
        enough = count > 1
        if not enough.any():
            continue
        values, count = np.where(known, one, 0.0)[:, enough], count[enough]
        mean = values.sum(axis=0) / count
        apart = (np.where(known[:, enough], values - mean, 0.0) ** 2).sum(axis=0) / (count - 1)
        found.append(float(np.mean(mean**2 - apart / count)))
    return max(float(np.mean(found)), 0.0) if found else 0.0


def _drawn(own: Floats, centre: float, shifts: Sequence[float], *, beside: float = 0.0) -> Floats:
    """Return evenly likely excesses: what is their own, and what a year may stray as a whole.

    The variance of that is the shifts' about zero beside what is assumed (a scaled inverse chi
    squared prior), and counts by the square of Student's quantile over the normal one; `beside` is
    added to it.
    """
    freedom = ASSUMED_SEASONS + len(shifts)
    assumed = (ASSUMED_SPREAD / _student(ASSUMED_SEASONS)) ** 2
    variance = (ASSUMED_SEASONS * assumed + float(np.sum(np.square(shifts)))) / freedom
    spread = np.sqrt(variance * _student(freedom) ** 2 + beside)
    few = np.quantile(own, _shares(min(len(own), MOST_DRAWS)))
    every = centre + few[:, None] + spread * np.asarray(ndtri(_shares(DRAWS)), np.float64)
    return np.asarray(np.quantile(every, _shares(max(len(own), DRAWS))), np.float64)


def _student(freedom: int) -> float:
    """Return how many times wider than the normal distribution few observations make it."""
    return float(stdtrit(freedom, UPPER) / ndtri(UPPER))


def _shares(count: int) -> Floats:
    """Return the middles of equally likely parts."""
    return (np.arange(count) + 0.5) / count
