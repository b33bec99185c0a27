"""Hourly baselines of a whole population: one design for all meters, one shrinkage for each.

A level for every hour of the week, seasons by hour of day, and temperature in straight pieces for
working and idle hours, as the time-of-week-and-temperature model has them; the last day's mean
temperature stands for what walls remember. All meters share the design, so that fitting is sums of
hours that are alike and one small product of matrices; each meter then chooses its own ridge by
generalised cross-validation in the design's eigenbasis. Hours left out by a meter are filled by
the fit.

Sources: Mathieu, Price, Kiliccote and Piette, IEEE Trans. Smart Grid 2 (2011) 507 (time of week and
temperature); Golub, Heath and Wahba, Technometrics 21 (1979) 215 (cross-validation of a ridge).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from dianliang.engines.measurement._checks import confidence
from dianliang.engines.measurement._daily import readings, reported
from dianliang.engines.measurement._days import (
    HOLIDAY,
    Flags,
    Floats,
    Times,
    Weather,
    hour,
    one_each,
    season,
    weekday,
)
from dianliang.engines.measurement._findings import Code, Finding, Status, found, status_of
from dianliang.engines.measurement._savings import (
    FEWEST_BASE_DAYS,
    FEWEST_FREEDOM,
    FEWEST_REPORT_DAYS,
)
from dianliang.engines.measurement._uncertainty import Noise, noise
from dianliang.engines.measurement._unseen import unseen

CHUNK = 256
HOURS = 24
KNOTS = (0.1, 0.25, 0.4, 0.6, 0.75, 0.9)
"""Quantiles of temperature between which the load is a straight line."""
SLOW_KNOTS = (0.25, 0.5, 0.75)
RIDGES = tuple(10.0**power for power in np.arange(-4, 1.01, 0.5))
"""Ridges tried, as shares of a column's own weight."""
PIECES_A_DAY = 2.0
"""Hours in a row repeat each other: a day holds about this many independent readings."""
WARM = slice(1 + 2 * HOURS, 1 + 2 * HOURS + 4 * (len(KNOTS) + 1) + len(SLOW_KNOTS) + 1)
"""Columns of temperature; all others are levels."""
HARDLY = 10.0
"""Shapes of days and pieces of temperature are hardly shrunk, hours of the week and seasons are."""
MOST_FILLED = 0.1
OPENS, CLOSES = 7, 19


@dataclass(frozen=True, kw_only=True, eq=False)
class HourlyBaselines:
    """Fitted baselines of M meters: `coefficients` (columns, M) and the knots in °C.

    `parameters` (M,) is how many of them sums by day feel; `daily` (whole days, M) sums residuals
    by day, NaN where a day is not whole; `hours` (M,) counts readings; `spread` is the design's
    inverse for errors of parameters.
    """

    weather: Weather
    knots: Floats
    slow_knots: Floats
    kinds: tuple[int, ...]
    coefficients: Floats
    parameters: Floats
    daily: Floats
    spread: Floats
    hours: Floats

    def predict(self, hours: Weather) -> Floats:
        """Return what the baseline expects: (hours, M)."""
        design = _design(hours, self.knots, self.slow_knots, self.kinds)
        return design @ self.coefficients

    def noise(self) -> Noise:
        """Judge the residuals by day."""
        return noise(self.daily, self.parameters)


@dataclass(frozen=True, kw_only=True, eq=False)
class HourlySavings:
    """Savings of M meters in kWh: arrays of shape (M,), NaN bounds where refused."""

    expected_kwh: Floats
    measured_kwh: Floats
    low_kwh: Floats
    high_kwh: Floats
    findings: tuple[tuple[Finding, ...], ...]

    @property
    def statuses(self) -> tuple[Status, ...]:
        """How far each meter's saving has been shown."""
        return tuple(status_of(of) for of in self.findings)


def fit_hourly(hours: Weather, kwh: Floats) -> HourlyBaselines:
    """Fit every column of `kwh` (n, M), NaN where missing, to the hours' weather.

    Cost: about 0.2 ms of one core per meter for a year. Whatever the hours: what they cannot tell
    apart is shared out by the ridge, and a meter without readings gets zeros.

    Raises:
        BadFiguresError: `kwh` has another number of rows than there are hours, no hours or no
            meters, an infinite or impossible reading, or two rows of one hour.
    """
    kwh = readings(kwh, hours, "hour")
    one_each(hours, "h")
    knots = np.quantile(hours.temperature_c, KNOTS)
    slow_knots = np.quantile(_slow(hours), SLOW_KNOTS)
    kinds = tuple(int(kind) for kind in np.unique(hours.kinds) if kind >= HOLIDAY)
    design = _design(hours, knots, slow_knots, kinds)
    cells = _cells(hours)
    known = np.isfinite(kwh)
    coefficients = np.zeros((design.shape[1], kwh.shape[1]))
    parameters = np.ones(kwh.shape[1])
    daily = np.full((len(np.unique(hours.times.astype("datetime64[D]"))), kwh.shape[1]), np.nan)
    with threadpool_limits(limits=1, user_api="blas"):
        whole = _Ridge.of(design, cells)
        days = _Days.of(hours.times, design)
        daily_parameters = whole.used_by_days(days.design)
        for rows, meters in _batches(known):
            ridge = whole if rows.all() else _Ridge.of(design[rows], cells[rows])
            for start in range(0, len(meters), CHUNK):
                at = meters[start : start + CHUNK]
                part = kwh[:, at[0] : at[-1] + 1] if len(at) == at[-1] - at[0] + 1 else kwh[:, at]
                own = part if rows.all() else part[rows]
                coefficients[:, at], best = ridge.fit(own)
                parameters[at] = daily_parameters[best]
                daily[:, at] = days.residuals(part, coefficients[:, at])
    return HourlyBaselines(
        weather=hours,
        knots=knots,
        slow_knots=slow_knots,
        kinds=kinds,
        coefficients=coefficients,
        parameters=parameters,
        daily=daily,
        spread=whole.spread(),
        hours=known.sum(axis=0).astype(float),
    )


def hourly_savings(
    baselines: HourlyBaselines, hours: Weather, kwh: Floats, *, level: float = 0.9
) -> HourlySavings:
    """Compare measured energy `kwh` (hours, M), NaN where missing, with what baselines expect.

    Residuals are judged by the day: within a day they move together. Seasons, temperatures and
    kinds of days that the base period never saw refuse an interval, as they do by the day.

    Raises:
        BadFiguresError: shapes do not fit, a reading is infinite or impossible, two rows share an
            hour, or the level is not between 0 and 1.
    """
    confidence(level)
    meters = baselines.coefficients.shape[1]
    kwh = reported(kwh, hours, meters, "hour")
    known = np.isfinite(kwh)
    count = known.sum(axis=0).astype(float)
    expected = np.where(known, baselines.predict(hours), 0.0).sum(axis=0)
    measured = np.where(known, kwh, 0.0).sum(axis=0)
    told = baselines.noise()
    design = _design(hours, baselines.knots, baselines.slow_knots, baselines.kinds)
    mean = design.mean(axis=0)
    leverage = max(float(mean @ baselines.spread @ mean), 0.0)
    by_hour = told.sigma**2 * told.inflation / HOURS
    share = len(baselines.weather) / np.maximum(baselines.hours, 1)
    variance = told.sum_variance(count / HOURS) + by_hour * leverage * count**2 * share
    reach = told.quantile(level) * np.sqrt(variance)
    common = unseen(baselines.weather, hours)
    findings = []
    for number in range(kwh.shape[1]):
        days = baselines.hours[number] / HOURS
        of = list(common)
        if not days or not count[number]:
            of = [found(Code.NO_READINGS)]
        elif days < FEWEST_BASE_DAYS:
            of.append(found(Code.SHORT_BASE, n=days, least=FEWEST_BASE_DAYS))
        elif count[number] < FEWEST_REPORT_DAYS * HOURS:
            of.append(found(Code.SHORT_REPORT, n=count[number] / HOURS, least=FEWEST_REPORT_DAYS))
        elif told.freedom[number] < FEWEST_FREEDOM:
            # Days that are never whole leave no residual: their error would be none.
            of.append(found(Code.FEW_EFFECTIVE, effective=told.freedom[number]))
        elif not common and expected[number] - measured[number] <= reach[number]:
            of.append(found(Code.NOT_SHOWN))
        findings.append(tuple(of))
    refused = np.array([any(one.is_refusal for one in of) for of in findings], bool)
    return HourlySavings(
        expected_kwh=expected,
        measured_kwh=measured,
        low_kwh=np.where(refused, np.nan, expected - measured - reach),
        high_kwh=np.where(refused, np.nan, expected - measured + reach),
        findings=tuple(findings),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Ridge:
    """A design in its eigenbasis, columns scaled to the same weight and freed of their means."""

    scaled: Floats
    mean: Floats
    size: Floats
    values: Floats
    vectors: Floats
    warm: NDArray[np.float32]
    first: Floats
    sums: csr_matrix

    @classmethod
    def of(cls, design: Floats, cells: NDArray[np.int64]) -> "_Ridge":
        mean = design.mean(axis=0)
        size = np.sqrt(((design - mean) ** 2).mean(axis=0))
        size = np.where(size > 1e-9, size, 1.0)
        size[: WARM.stop] /= HARDLY
        scaled = (design - mean) / size
        values, vectors = np.linalg.eigh(scaled.T @ scaled / len(scaled))
        _, first, cell = np.unique(cells, return_index=True, return_inverse=True)
        n = len(design)
        sums = csr_matrix((np.ones(n, np.float32), (cell, np.arange(n))), (len(first), n))
        levels = design[first]
        levels[:, WARM] = 0.0
        return cls(
            warm=design[:, WARM].astype(np.float32),
            first=levels,
            sums=sums,
            scaled=scaled.astype(np.float32),
            mean=mean,
            size=size,
            values=np.maximum(values, 0.0),
            vectors=vectors,
        )

    def fit(self, kwh: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Return coefficients (columns, M) and which ridge each meter chose (M,)."""
        known = np.isfinite(kwh)
        gaps = ~known.all(axis=0)
        count = np.maximum(known.sum(axis=0), 1)
        centre = np.nan_to_num(kwh).sum(axis=0) / count if gaps.any() else kwh.mean(axis=0)
        off = (kwh - centre).astype(np.float32)
        if gaps.any():
            off[:, gaps] = np.nan_to_num(off[:, gaps])
        size = np.maximum(np.sqrt(np.einsum("nm,nm->m", off, off) / count), 1e-12)
        off /= size.astype(np.float32)
        slopes, ridge, level = self._solve(off)
        if gaps.any():
            for _ in range(2):
                guess = self.scaled @ slopes[:, gaps].astype(np.float32) + level[gaps]
                off[:, gaps] = np.where(known[:, gaps], off[:, gaps], guess)
                slopes[:, gaps], ridge[gaps], level[gaps] = self._solve(off[:, gaps])
        slopes = slopes * size / self.size[:, None]
        slopes[0] += centre + level * size - self.mean @ slopes
        return slopes, ridge

    def _solve(self, off: NDArray[np.float32]) -> tuple[Floats, NDArray[np.int64], Floats]:
        level = off.mean(axis=0, dtype=float)
        n = len(off)
        # Levels need sums of cells only; products over all hours are left to the temperatures.
        moments = self.first.T @ (self.sums @ off).astype(float)
        moments[WARM] += (self.warm.T @ off).astype(float)
        moments = (moments / n - np.outer(self.mean, level)) / self.size[:, None]
        turned = self.vectors.T @ moments
        power = np.einsum("nm,nm->m", off, off).astype(float) / n - level**2
        pieces = max(n * PIECES_A_DAY / HOURS, 2.0)
        ridges = np.array(RIDGES)[:, None]
        shrunk = self.values / (self.values + ridges)
        worth = np.where(
            self.values > 1e-12, shrunk * (2 - shrunk) / np.maximum(self.values, 1e-12), 0
        )
        left = np.maximum(power - worth @ turned**2, 1e-12)
        used = 1 + shrunk.sum(axis=1)
        room = np.maximum(1 - used / pieces, 1e-3)[:, None]
        best = np.argmin(left / room**2, axis=0)
        turned = turned / (self.values[:, None] + ridges[best].T)
        slopes = np.asarray(self.vectors @ turned, dtype=np.float64)
        return slopes, best, level

    def used_by_days(self, design: Floats) -> Floats:
        """Return for each ridge how many parameters the sums by day (days, columns) feel."""
        whole = (design - HOURS * self.mean) / self.size @ self.vectors
        felt = (whole**2).sum(axis=0) / HOURS / len(self.scaled)
        return np.asarray(1 + (felt / (self.values + np.array(RIDGES)[:, None])).sum(axis=1))

    def spread(self) -> Floats:
        """Return the design's inverse, with the mildest ridge, for errors of parameters."""
        inverse = (self.vectors / (self.values + RIDGES[0])) @ self.vectors.T
        inverse = inverse / np.outer(self.size, self.size) / len(self.scaled)
        shift = np.zeros(len(self.mean))
        shift[0] = 1.0
        turn = np.eye(len(self.mean)) - np.outer(shift, self.mean)
        return np.asarray(turn @ inverse @ turn.T + np.outer(shift, shift) / len(self.scaled))


def _batches(known: Flags) -> Iterator[tuple[Flags, NDArray[np.int64]]]:
    """Yield meters that may be fitted together, with the hours to fit them on."""
    many = (~known).mean(axis=0) > MOST_FILLED
    yield np.ones(len(known), bool), np.flatnonzero(~many).astype(np.int64)
    groups: dict[bytes, list[int]] = {}
    for meter in np.flatnonzero(many):
        groups.setdefault(np.packbits(known[:, meter]).tobytes(), []).append(int(meter))
    for alike in groups.values():
        if known[:, alike[0]].any():
            yield known[:, alike[0]], np.array(alike)


def _cells(hours: Weather) -> NDArray[np.int64]:
    """Number the hours that are alike but for their temperature: of the week, season and kind."""
    of_week = weekday(hours.times) * HOURS + hour(hours.times)
    alike = (of_week * 3 + season(hours.times)) * 128 + hours.kinds
    return np.asarray(alike, dtype=np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Days:
    """The design summed by day, and which hours belong to which day."""

    first: NDArray[np.int64]
    is_whole: Flags
    design: Floats

    @classmethod
    def of(cls, times: Times, design: Floats) -> "_Days":
        _, first, count = np.unique(
            times.astype("datetime64[D]"), return_index=True, return_counts=True
        )
        return cls(first=first, is_whole=count == HOURS, design=np.add.reduceat(design, first))

    def residuals(self, kwh: Floats, coefficients: Floats) -> Floats:
        """Return each day's energy less what is expected: NaN where an hour is missing."""
        if self.is_whole.all():  # a plain sum takes a quarter of what sums of slices take
            summed = kwh.reshape(len(self.first), HOURS, -1).sum(axis=1)
        else:
            summed = np.add.reduceat(kwh, self.first, axis=0)
        left = summed - self.design @ coefficients
        return np.where(self.is_whole[:, None], left, np.nan)


def _slow(hours: Weather) -> Floats:
    """Return each hour's mean temperature of the last day, from those hours that are there."""
    total = np.concatenate([[0.0], np.cumsum(hours.temperature_c)])
    at = np.arange(len(hours))
    first = np.searchsorted(hours.times, hours.times - np.timedelta64(HOURS - 1, "h"))
    return np.asarray((total[at + 1] - total[first]) / (at + 1 - first))


def _pieces(warm: Floats, knots: Floats) -> Floats:
    """Return temperature cut into pieces, whose sum is the temperature: (n, knots + 1)."""
    edges = np.concatenate([[-np.inf], knots, [np.inf]])
    lows = np.concatenate([[knots[0]], knots])
    return np.asarray(np.clip(warm[:, None], edges[:-1], edges[1:]) - lows)


def _design(hours: Weather, knots: Floats, slow_knots: Floats, kinds: tuple[int, ...]) -> Floats:
    """Return the design: (n, columns), the level first."""
    of_day, rest = hour(hours.times), hours.kinds > 0
    plain = hours.kinds < HOLIDAY
    n = len(hours)
    clock = np.eye(HOURS)[of_day]
    week = np.zeros((n, 7 * HOURS))
    week[np.arange(n), weekday(hours.times) * HOURS + of_day] = plain
    parts = [np.ones((n, 1)), clock, (rest & plain)[:, None] * clock]
    fast, slow = _pieces(hours.temperature_c, knots), _pieces(_slow(hours), slow_knots)
    busy = (of_day >= OPENS) & (of_day < CLOSES)
    parts += [
        fast * ((busy == working) & (rest == idle))[:, None]
        for working in (True, False)
        for idle in (True, False)
    ]
    times = season(hours.times)
    parts += [slow, week, *(clock * (hours.kinds == kind)[:, None] for kind in kinds)]
    parts += [clock * (times == number)[:, None] for number in (1, 2)]
    return np.concatenate(parts, axis=1)
