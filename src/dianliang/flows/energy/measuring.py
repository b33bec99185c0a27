"""Savings of chosen meters from the curve store: days before a measure against days after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.loading import POINTS, Span
from dianliang.engines.measurement import (
    BadFiguresError,
    Finding,
    MeterSavings,
    Weather,
    fit_daily,
    rebased,
    savings,
)
from dianliang.flows.energy.running import each_feature
from dianliang.integrations.curve_store import CurveStore
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined

Floats = NDArray[np.float64]


def measured(
    store: CurveStore,
    *,
    meters: Sequence[str],
    span: Span,
    measure_on: date,
    temperature_c: Mapping[date, float],
    changed_on: date | None = None,
    level: float = 0.9,
) -> dict[str, MeterSavings]:
    """Return what each meter saved from `measure_on` on; days without a temperature are left out.

    `meters` may be empty: all that the store knows. A day counts only when all of its 96 points
    were read: part of a day is no day's energy. From `changed_on` on, a lasting change before the
    measure, the baseline is fitted anew. Cost: one pass over the store, some 0.3 ms a meter.

    Raises:
        CurveStoreError: the store is damaged.
        InvalidInputError: a meter is not there, there are no days before or after, or the change
            does not lie before the measure.
    """
    if changed_on is not None and changed_on >= measure_on:
        raise InvalidInputError(
            Phrase(
                "持久变化 %(changed)s 须早于措施投用 %(day)s。",
                changed=f"{changed_on}",
                day=f"{measure_on}",
            )
        )
    seen = seen_days(store, meters=meters, span=span, temperature_c=temperature_c)
    weather, kwh, is_after = seen.weather, seen.kwh, seen.after(measure_on)
    said: tuple[Finding, ...] = ()
    try:
        before = weather.only(~is_after), kwh[~is_after]
        if changed_on is None:
            baselines = fit_daily(*before)
        else:
            baselines, said = rebased(*before, changed_on=str(changed_on))
        found = savings(baselines, weather.only(is_after), kwh[is_after], level=level)
    except BadFiguresError as refusal:
        raise InvalidInputError(refusal.words) from refusal
    meters_found = {name: found.meter(number) for number, name in enumerate(seen.names)}
    return {
        name: replace(one, findings=(*one.findings, *said)) for name, one in meters_found.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenDays:
    """Days whose temperature is known: meters, and kWh (days, meters), NaN where unread."""

    names: list[str]
    weather: Weather
    kwh: Floats

    def after(self, measure_on: date) -> NDArray[np.bool_]:
        """Tell which days lie after a measure.

        Raises:
            InvalidInputError: all do, or none.
        """
        is_after = np.asarray(self.weather.times >= np.datetime64(measure_on))
        if is_after.all() or not is_after.any():
            raise InvalidInputError(
                Phrase("%(day)s 之前和之后都要有曲线和气温。", day=f"{measure_on}")
            )
        return is_after


def seen_days(
    store: CurveStore, *, meters: Sequence[str], span: Span, temperature_c: Mapping[date, float]
) -> SeenDays:
    """Return the days that curves and temperatures tell of.

    Raises:
        CurveStoreError: the store is damaged.
        InvalidInputError: a meter is not there, or no temperature belongs to its days.
    """
    days, names, kwh = daily(store, meters=meters, span=span)
    known = np.array([day in temperature_c for day in days], dtype=bool)
    if not known.any():
        raise InvalidInputError("气温文件里没有这些天的气温。")
    kept = [day for day in days if day in temperature_c]
    weather = Weather.of(
        np.array(kept, dtype="datetime64[D]"), np.array([temperature_c[day] for day in kept])
    )
    return SeenDays(names=names, weather=weather, kwh=kwh[known])


def daily(
    store: CurveStore, *, meters: Sequence[str], span: Span
) -> tuple[list[date], list[str], Floats]:
    """Return the energy of whole days: days, meters, and kWh (days, meters), NaN where unread.

    Raises:
        CurveStoreError: the store is damaged.
        InvalidInputError: a meter is not there, or nothing is stored.
    """
    wanted = set(meters)
    found: dict[str, dict[date, float]] = {}
    for batch in each_feature(store, span):
        columns = (
            batch.column(name).to_pylist() for name in ("meter", "day", "points", "energy_kwh")
        )
        for meter, day, points, energy in zip(*columns, strict=True):
            if (not wanted or meter in wanted) and points == POINTS and energy is not None:
                found.setdefault(meter, {})[day] = energy
    lost = sorted(wanted - found.keys())
    if lost or not found:
        meters = joined("、", lost[:5]) or Phrase("任何一只表")
        raise InvalidInputError(Phrase("这段时间里没有%(meters)s的整日曲线。", meters=meters))
    days = sorted({day for own in found.values() for day in own})
    names = sorted(found)
    kwh = np.full((len(days), len(names)), np.nan)
    at = {day: number for number, day in enumerate(days)}
    for column, name in enumerate(names):
        for day, energy in found[name].items():
            kwh[at[day], column] = energy
    return days, names, kwh
