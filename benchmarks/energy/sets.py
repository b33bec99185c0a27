"""Sets of meters to hold baselines against: real ones of the data folder, and generated ones.

A set is one place with its weather and some meters, split before anybody fits: a base period that
may be seen and a test period that may not. Energy in kWh (or what the set has), temperature in °C.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = NDArray[np.datetime64]
YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """One place: `times` (n,), `temperature_c` (n,), `kwh` (n, meters); `is_test` (n,)."""

    name: str
    split: str
    times: Times
    temperature_c: Floats
    kwh: Floats
    is_base: NDArray[np.bool_]
    is_test: NDArray[np.bool_]


def daily(data: Path, read: Any | None, meters: int) -> Iterator[Set]:
    """Yield every daily set; `read` holds what only the peer's Python can read, if there is one."""
    if read is not None:
        yield from _nmecr(read)
        yield _school(read)
        for name in sorted({key.split(".")[0] for key in read.files if key.endswith("-daily.at")}):
            yield _sample(read, name)
    for name in ("ETTh1", "ETTh2"):
        yield _etth(data / "etth" / f"{name}.csv", by_day=True)
    yield comstock(data / "opendsm_comstock", meters)
    for number, climate in enumerate(CLIMATES):
        yield generated(climate, meters, seed=number)


def hourly(data: Path, read: Any | None) -> Iterator[Set]:
    """Yield every hourly set."""
    if read is not None:
        yield _school(read, by_day=False)
        for name in sorted({key.split(".")[0] for key in read.files if key.endswith("-hourly.at")}):
            yield _sample(read, name)
    for name in ("ETTh1", "ETTh2"):
        yield _etth(data / "etth" / f"{name}.csv", by_day=False)


def _celsius(fahrenheit: Floats) -> Floats:
    return (fahrenheit - 32) / 1.8


def _times(seconds: Floats, unit: str) -> Times:
    return seconds.astype("datetime64[s]").astype(f"datetime64[{unit}]")


def _nmecr(read: Any) -> Iterator[Set]:
    times, kwh = _times(read["eload.at"], "D"), read["eload.value"][:, None]
    temperature = _celsius(read["temp.value"])
    for year in (0, 1):
        span = slice(year * YEAR, (year + 2) * YEAR)
        ahead = np.arange(2 * YEAR) >= YEAR
        yield Set(
            name=f"nmecr year {year + 1} to {year + 2}",
            split="next year",
            times=times[span],
            temperature_c=temperature[span],
            kwh=kwh[span],
            is_base=~ahead,
            is_test=ahead,
        )


def _thirds(times: Times) -> NDArray[np.bool_]:
    """Every third week, left out."""
    days = (times - times[0]).astype("timedelta64[D]").astype(int)
    return np.asarray((days // 7) % 3 == 1)


def _school(read: Any, *, by_day: bool = True) -> Set:
    use = np.isfinite(read["school_eload.at"])
    at, value = read["school_eload.at"][use], read["school_eload.value"][use]
    hours = np.unique(_times(at, "h"))
    kwh = _on(hours, _times(at, "h"), value)
    use = np.isfinite(read["school_temp.at"])
    known = _times(read["school_temp.at"][use], "h")
    temperature = _celsius(_on(hours, known, read["school_temp.value"][use]))
    return _blocked("school", *_per(hours, temperature, kwh[:, None], by_day=by_day))


def _blocked(name: str, times: Times, temperature: Floats, kwh: Floats) -> Set:
    test = _thirds(times)
    fine = np.isfinite(temperature)
    return Set(
        name=name,
        split="every third week",
        times=times,
        temperature_c=temperature,
        kwh=kwh,
        is_base=~test & fine,
        is_test=test & fine,
    )


def _on(wanted: Times, known: Times, values: Floats) -> Floats:
    """Return values at the wanted times: the first of several, NaN where there is none."""
    times, first = np.unique(known, return_index=True)
    place = np.minimum(np.searchsorted(times, wanted), len(times) - 1)
    return np.where(times[place] == wanted, values[first][place], np.nan)


def _per(
    hours: Times, temperature: Floats, kwh: Floats, *, by_day: bool
) -> tuple[Times, Floats, Floats]:
    """Return hours as they are, or whole days: sums of energy and means of temperature."""
    if not by_day:
        return hours, temperature, kwh
    days, first, count = np.unique(
        hours.astype("datetime64[D]"), return_index=True, return_counts=True
    )
    whole = count >= 24
    sums = np.add.reduceat(kwh, first, axis=0)[whole]
    fine = np.isfinite(temperature)
    total = np.add.reduceat(np.where(fine, temperature, 0.0), first)
    mean = total / np.maximum(np.add.reduceat(fine, first, dtype=float), 1)
    return days[whole], mean[whole], sums


def _sample(read: Any, name: str) -> Set:
    """One of OpenDSM's own meters: a year before its blackout, a year (10 % saved) after it."""
    by_day = name.endswith("daily")
    at, value = read[f"{name}.at"], read[f"{name}.value"]
    known, warm = _times(read[f"{name}.temp_at"], "h"), _celsius(read[f"{name}.temp"])
    unit = "D" if by_day else "h"
    times = _times(at, unit)
    if by_day:
        days = known.astype("datetime64[D]")
        kept, first, count = np.unique(days, return_index=True, return_counts=True)
        mean = np.add.reduceat(warm, first) / count
        temperature = _on(times, kept, mean)
    else:
        temperature = _on(times, known, warm)
    start, end = float(read[f"{name}.start"]), float(read[f"{name}.end"])
    year = YEAR * 86400
    fine = np.isfinite(temperature) & np.isfinite(value)
    return Set(
        name=name,
        split="year after, 10 % saved",
        times=times,
        temperature_c=temperature,
        kwh=value[:, None],
        is_base=fine & (at < start) & (at >= start - year),
        is_test=fine & (at >= end) & (at < end + year),
    )


def _etth(path: Path, *, by_day: bool) -> Set:
    """A Chinese transformer's loads beside its oil temperature: there is no weather in the set."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    hours = np.array([row["date"] for row in rows], "datetime64[h]")
    loads = [[float(row[name]) for name in ("HUFL", "MUFL")] for row in rows]
    oil = np.array([float(row["OT"]) for row in rows])
    times, temperature, kwh = _per(hours, oil, np.array(loads), by_day=by_day)
    ahead = times >= times[0] + np.timedelta64(YEAR, "D")
    return Set(
        name=f"{path.stem} (oil temperature)",
        split="next year",
        times=times,
        temperature_c=temperature,
        kwh=kwh,
        is_base=~ahead,
        is_test=ahead,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """Two years of generated days: yearly mean, swing, and the weather's own noise, all in °C."""

    name: str
    mean_c: float
    swing_c: float
    noise_c: float


CLIMATES = (
    Climate(name="generated, Jiangnan", mean_c=16.5, swing_c=12.5, noise_c=3.0),
    Climate(name="generated, north", mean_c=9.0, swing_c=17.0, noise_c=4.0),
    Climate(name="generated, south", mean_c=22.5, swing_c=7.5, noise_c=2.0),
)


def _ar1(rng: np.random.Generator, shape: tuple[int, ...], rho: float | Floats) -> Floats:
    """Return noise of unit variance with lag-one correlation rho along the first axis."""
    out = rng.normal(size=shape)
    for row in range(1, shape[0]):
        out[row] = rho * out[row - 1] + np.sqrt(1 - np.square(rho)) * out[row]
    return out


def weather(climate: Climate, rng: np.random.Generator, days: int = 2 * YEAR) -> Floats:
    """Return daily mean temperatures from 1 January."""
    season = climate.mean_c - climate.swing_c * np.cos(2 * np.pi * (np.arange(days) - 20) / YEAR)
    return season + climate.noise_c * _ar1(rng, (days,), 0.7)


def generated(climate: Climate, meters: int, *, seed: int) -> Set:
    """Meters with heating and cooling, weekends, seasons of their own and outliers, one year each.

    Balance points and sizes vary by meter, the bends are rounded, noise is correlated from day to
    day, and every meter has some days that nobody explains.
    """
    rng = np.random.default_rng(seed)
    times = np.arange("2024-01-01", "2026-01-01", dtype="datetime64[D]")[: 2 * YEAR]
    warm = weather(climate, rng)[:, None]
    heat_at, cool_at = rng.normal(13, 2, meters), rng.normal(22, 2, meters)
    heat = rng.uniform(0, 0.06, meters) * (rng.random(meters) < 0.6)
    cool = rng.uniform(0, 0.08, meters) * (rng.random(meters) < 0.7)
    bend = rng.uniform(0.2, 1.5, meters)
    load = 1 + heat * _soft(heat_at - warm, bend) + cool * _soft(warm - cool_at, bend)
    weekend = ((times.astype(int) + 3) % 7 >= 5)[:, None]
    load = load * np.where(weekend, rng.uniform(0.5, 1.2, meters), 1.0)
    phase = 2 * np.pi * np.arange(2 * YEAR)[:, None] / YEAR
    load = load * (1 + rng.uniform(0, 0.06, meters) * np.sin(phase + rng.uniform(0, 6, meters)))
    spread = rng.uniform(0.03, 0.15, meters)
    load = load * (1 + spread * _ar1(rng, load.shape, rng.uniform(0.1, 0.7, meters)))
    odd = rng.random(load.shape) < 0.01
    load = np.where(odd, load * rng.uniform(0.2, 2.0, load.shape), load)
    ahead = np.arange(2 * YEAR) >= YEAR
    return Set(
        name=climate.name,
        split="next year",
        times=times,
        temperature_c=warm[:, 0],
        kwh=load * rng.lognormal(3, 1, meters),
        is_base=~ahead,
        is_test=ahead,
    )


def _soft(above: Floats, bend: Floats) -> Floats:
    """Return a hinge with a rounded corner, `bend` degrees wide."""
    return bend * np.logaddexp(0, above / bend)


def comstock(folder: Path, meters: int) -> Set:
    """Offices and shops of ComStock by their shapes alone: real shapes, generated days.

    The set holds no weather and no days, only each building's months and, by season, its weekdays.
    So each month's level becomes a curve over temperature (levels over the normal temperatures of
    their months), times the season's weekday shape, on generated weather with generated noise.
    """
    months = _table(folder / "month_loadshape.csv")
    week = _table(folder / "seasonal_day_of_week_loadshape.csv")
    ids = sorted(months.keys() & week.keys())
    rng = np.random.default_rng(7)
    chosen = [ids[n] for n in rng.choice(len(ids), meters, replace=False)]
    times = np.arange("2017-01-01", "2019-01-01", dtype="datetime64[D]")
    climate = Climate(name="ComStock", mean_c=12.0, swing_c=13.0, noise_c=4.0)
    warm = weather(climate, rng, len(times))
    normal = climate.mean_c - climate.swing_c * np.cos(2 * np.pi * (np.arange(12) * 30.4 - 5) / 365)
    order = np.argsort(normal)
    month = times.astype("datetime64[M]").astype(int) % 12
    season = np.select([np.isin(month, (5, 6, 7, 8)), np.isin(month, (11, 0, 1, 2))], [0, 2], 1)
    weekday = (times.astype(int) + 3) % 7
    loads = []
    for name in chosen:
        shape = week[name].reshape(3, 7)
        shape = shape / shape.mean(axis=1, keepdims=True)
        level = np.interp(warm, normal[order], months[name][order])
        loads.append(level * shape[season, weekday])
    load = np.stack(loads, axis=1)
    load *= 1 + rng.uniform(0.03, 0.1, meters) * _ar1(rng, load.shape, 0.5)
    ahead = np.arange(len(times)) >= YEAR
    return Set(
        name="ComStock shapes, generated days",
        split="next year",
        times=times,
        temperature_c=warm,
        kwh=load,
        is_base=~ahead,
        is_test=ahead,
    )


def _table(path: Path) -> dict[str, Floats]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return {row[0]: np.array(row[1:], float) for row in rows}
