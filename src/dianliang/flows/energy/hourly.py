"""Savings of chosen meters by the hour: hours before a measure against hours after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.loading import NO_W, POINTS, Span, rows_of
from dianliang.engines.measurement import (
    BadFiguresError,
    Finding,
    Status,
    Weather,
    fit_hourly,
    hourly_savings,
)
from dianliang.flows.energy.running import within
from dianliang.integrations.curve_store import CurveStore, batches
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined

Floats = NDArray[np.float64]
HOURS = 24
POINTS_AN_HOUR = POINTS // HOURS
MOST_CELLS = 60_000_000
"""Hours times meters at once: half a gigabyte of energies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HourlyRow:
    """What one meter saved, in kWh; bounds None where the hours cannot carry an interval."""

    saved_kwh: float
    expected_kwh: float
    low_kwh: float | None
    high_kwh: float | None
    status: Status
    findings: tuple[Finding, ...]

    @property
    def fraction(self) -> float | None:
        """Return the saving as a share of what was expected; None where nothing was."""
        return self.saved_kwh / self.expected_kwh if self.expected_kwh > 0 else None


def measured(
    store: CurveStore,
    *,
    meters: Sequence[str],
    span: Span,
    measure_on: date,
    temperature_c: Mapping[datetime, float],
    level: float = 0.9,
) -> dict[str, HourlyRow]:
    """Return what each meter saved from `measure_on` on, by its hours; see `fit_hourly`.

    Hours are those of the clock in Shanghai, which knows no summer time. An hour counts only when
    all of its four points were read; hours without a temperature are left out.

    Raises:
        CurveStoreError: the store is damaged.
        InvalidInputError: a meter is not there, there are too many, or there are no hours before
            or after.
    """
    names, kwh = energies(store, meters=meters, span=span)
    first = datetime(span.from_on.year, span.from_on.month, span.from_on.day)  # noqa: DTZ001 (a clock)
    clock = [first + timedelta(hours=i) for i in range(span.days * HOURS)]
    known = np.array([hour in temperature_c for hour in clock], dtype=bool)
    if not known.any():
        raise InvalidInputError("气温文件里没有这些小时的气温。")
    kept = [hour for hour in clock if hour in temperature_c]
    weather = Weather.of(
        np.array(kept, dtype="datetime64[h]"), np.array([temperature_c[hour] for hour in kept])
    )
    is_after = np.array([hour.date() >= measure_on for hour in kept], dtype=bool)
    if is_after.all() or not is_after.any():
        raise InvalidInputError(Phrase("%(day)s 之前和之后都要有曲线和气温。", day=f"{measure_on}"))
    kwh = kwh[known]
    try:
        baselines = fit_hourly(weather.only(~is_after), kwh[~is_after])
        found = hourly_savings(baselines, weather.only(is_after), kwh[is_after], level=level)
    except BadFiguresError as refusal:
        raise InvalidInputError(refusal.words) from refusal
    saved = found.expected_kwh - found.measured_kwh
    return {
        name: HourlyRow(
            saved_kwh=float(saved[i]),
            expected_kwh=float(found.expected_kwh[i]),
            low_kwh=None if np.isnan(found.low_kwh[i]) else float(found.low_kwh[i]),
            high_kwh=None if np.isnan(found.high_kwh[i]) else float(found.high_kwh[i]),
            status=found.statuses[i],
            findings=found.findings[i],
        )
        for i, name in enumerate(names)
    }


def energies(store: CurveStore, *, meters: Sequence[str], span: Span) -> tuple[list[str], Floats]:
    """Return the energy of whole hours: meters, and kWh (hours, meters), NaN where unread.

    Raises:
        CurveStoreError: the store is damaged.
        InvalidInputError: a meter is not there, nothing is stored, or there are too many meters.
    """
    wanted, found = set(meters), dict[str, Floats]()
    most = MOST_CELLS // (span.days * HOURS)
    for part in store.slices(span):
        for whole in batches(part):
            rows = rows_of(within(whole, span))
            for row in range(len(rows.meter)):
                name = rows.numbers[rows.meter[row]]
                if wanted and name not in wanted:
                    continue
                own = found.setdefault(name, np.full((span.days, HOURS), np.nan))
                own[rows.day[row] - span.first] = _hours_kwh(rows.power[row])
            if len(found) > most:
                raise InvalidInputError(
                    Phrase("按小时一次最多算 %(most)d 只表，请写明表号，或缩短时间。", most=most)
                )
    lost = sorted(wanted - found.keys())
    if lost or not found:
        meters = joined("、", lost[:5]) or Phrase("任何一只表")
        raise InvalidInputError(Phrase("这段时间里没有%(meters)s的曲线。", meters=meters))
    names = sorted(found)
    return names, np.stack([found[name].ravel() for name in names], axis=1)


def _hours_kwh(power_w: NDArray[np.int32]) -> Floats:
    points = power_w.reshape(HOURS, POINTS_AN_HOUR)
    kwh = points.sum(axis=1) / POINTS_AN_HOUR / 1000
    return np.where((points == NO_W).any(axis=1), np.nan, kwh)
