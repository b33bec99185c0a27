"""The next tea season or Spring Festival: which transformers will be overloaded, how likely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from dianliang.core import sheets
from dianliang.engines import forecasting, relief
from dianliang.engines.forecasting import LEVELS, Forecast, History, Ints, Outlook, Season
from dianliang.engines.loading import POINTS, Loads, Network, Span
from dianliang.engines.powerflow import Floats
from dianliang.flows.energy.running import Executor, summed
from dianliang.integrations.curve_store import CurveStore
from dianliang.kernel.calendar import WorkCalendar
from dianliang.kernel.errors import InvalidInputError, reason
from dianliang.kernel.phrases import Phrase

TRANSFORMER, YEAR, POWER = "变压器编号", "年份", "功率(kW)"
LEAST_READ = 0.95
HEAVY, OVER = 0.8, 1.0
MOST_DAYS = 200
EARLIEST_YEAR, MOST_YEAR = 2000, 2100
MOST_APART_DAYS = 45
"""Between the calendar days on which seasons begin; the Lunar New Year wanders by 30."""
YEAR_DAYS = 365
BEFORE_DAYS = 7
"""A whole week before a season tells how high it may begin."""
OFF, MADE_UP = 7, 8
"""Kinds of days beside those of the week: weekdays that are not worked, weekends that are."""
PLAIN_WEEK = WorkCalendar()
Machines = Mapping[tuple[str, int], float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Risk:
    """What the next season may bring one transformer.

    `expected_kw` is the middle of its greatest peak, `high_kw` what nine seasons of ten stay below.
    `heavy` and `over` are the chances that a day's peak reaches 80 and 100 % of the capacity; where
    no season was held out they rest on an assumed width alone and are for ranking, not for telling.
    """

    number: str
    capacity_kva: float
    seasons: int
    machines_kw: float
    expected_kw: float
    high_kw: float
    worst_on: date
    heavy: float
    over: float
    forecast: Forecast


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeasonOutlook:
    """Risks of all transformers, the likeliest overload first; `left_out` have no past season."""

    starts_on: date
    risks: tuple[Risk, ...]
    left_out: tuple[str, ...]
    outlook: Outlook


def read_machines(path: Path) -> dict[tuple[str, int], float]:
    """Read the power of machines by transformer and year from a file.

    Raises:
        UnreadableSheetError, InvalidInputError: see `machines_in`; or the file cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            Phrase("读不了 %(path)s：%(why)s。", path=str(path), why=reason(error))
        ) from error
    return machines_in(content, name=path.name)


def machines_in(content: bytes, *, name: str) -> dict[tuple[str, int], float]:
    """Return the power of machines by transformer and year; several rows add up.

    Raises:
        UnreadableSheetError: the table cannot be read.
        InvalidInputError: a cell cannot be used; every row is listed.
    """
    found: dict[tuple[str, int], float] = {}
    wrong: list[str] = []
    rows = sheets.read(content, name=name, headings=[TRANSFORMER, YEAR, POWER])
    for row in rows:
        number, year, power = (row.get(heading) for heading in (TRANSFORMER, YEAR, POWER))
        try:
            key, kw = (number, int(year)), float(power)
        except ValueError:
            key, kw = (number, 0), -1.0
        if not number or not EARLIEST_YEAR <= key[1] <= MOST_YEAR or not 0 <= kw < 1e6:
            wrong.append(f"第 {row.number} 行：应有{TRANSFORMER}、四位{YEAR}和不小于 0 的{POWER}。")
            continue
        found[key] = found.get(key, 0.0) + kw
    if wrong:
        raise InvalidInputError("\n".join([f"{name} 有 {len(wrong)} 行不能用：", *wrong[:30]]))
    return found


def outlook(
    store: CurveStore,
    network: Network,
    *,
    starts: Sequence[date],
    next_start: date,
    days: int,
    machines: Machines,
    power_factor: float = 0.95,
    calendar: WorkCalendar = PLAIN_WEEK,
    executor: Executor | None = None,
) -> SeasonOutlook:
    """Forecast a season from those that began on `starts`, of so many days each.

    Days of the week, days off and made-up days of `calendar` count as they did in past seasons,
    and the week before a season where it is stored.

    A year is that in which its season begins. A day of which less than 95 % of a transformer's
    meters were read at its peak is not known.

    Raises:
        InvalidInputError: nothing is stored of any season, or the dates cannot be.
        CurveStoreError: the store is damaged.
    """
    refuse_dates(starts, next_start, days)
    seasons = _stored(store, network, sorted(starts), days, machines, calendar, executor)
    if not seasons:
        raise InvalidInputError("这些日期没有一天有曲线，无从预测。请核对日期和已导入的月份。")
    before = week_before(store, network, next_start, executor=executor)
    histories = [
        History(
            id=number,
            seasons=tuple(own),
            next_machines_kw=machines.get((number, next_start.year), own[-1].machines_kw),
            next_kinds=kinds_of_days(next_start, days, calendar=calendar),
            next_before_kw=before.get(number, np.nan),
        )
        for number, own in seasons.items()
    ]
    found = forecasting.forecast(histories)
    capacity = {each.number: each.capacity_kva for each in network.transformers}
    risks = [
        _risk(history, forecast, capacity[history.id], power_factor, next_start)
        for history, forecast in zip(histories, found.forecasts, strict=True)
    ]
    risks.sort(key=lambda risk: (-risk.over, -risk.heavy, -risk.high_kw / risk.capacity_kva))
    return SeasonOutlook(
        starts_on=next_start,
        risks=tuple(risks),
        left_out=tuple(sorted(capacity.keys() - seasons.keys())),
        outlook=found,
    )


def _stored(
    store: CurveStore,
    network: Network,
    starts: Sequence[date],
    days: int,
    machines: Machines,
    calendar: WorkCalendar,
    executor: Executor | None,
) -> dict[str, list[Season]]:
    """Return the seasons of which something is stored, by transformer, in order."""
    seasons: dict[str, list[Season]] = {}
    for start in starts:
        span = Span(start, start + timedelta(days=days))
        if store.stored(span) is None:
            continue
        loads = summed(store, network, span, executor=executor)
        before = week_before(store, network, start, executor=executor)
        for number, peaks in daily_peaks(loads).items():
            if np.isfinite(peaks).any():
                made = Season(
                    year=start.year,
                    peaks_kw=peaks,
                    machines_kw=machines.get((number, start.year), 0.0),
                    kinds=kinds_of_days(start, days, calendar=calendar),
                    before_kw=before.get(number, np.nan),
                )
                seasons.setdefault(number, []).append(made)
    return seasons


def kinds_of_days(start: date, days: int, *, calendar: WorkCalendar) -> Ints:
    """Return the kind of each day from one on: of the week, off, or made up (调休)."""
    found = []
    for day in (start + timedelta(days=k) for k in range(days)):
        is_worked, is_weekday = calendar.is_working_day(day), PLAIN_WEEK.is_working_day(day)
        usual = day.weekday()
        found.append(usual if is_worked == is_weekday else MADE_UP if is_worked else OFF)
    return np.array(found, np.int64)


def week_before(
    store: CurveStore, network: Network, start: date, *, executor: Executor | None = None
) -> dict[str, float]:
    """Return the mean of the greatest loads of the days before one by transformer, in kW.

    A transformer of which less than half of the days is known is left out.

    Raises:
        CurveStoreError: the store is damaged.
    """
    span = Span(start - timedelta(days=BEFORE_DAYS), start)
    if store.stored(span) is None:
        return {}
    peaks = daily_peaks(summed(store, network, span, executor=executor))
    return {
        number: float(np.nanmean(own))
        for number, own in peaks.items()
        if np.isfinite(own).mean() > 1 / 2
    }


def refuse_dates(starts: Sequence[date], next_start: date, days: int) -> None:
    """Refuse seasons that cannot be compared.

    Raises:
        InvalidInputError: too long, two in one year, not in the past, or not at one time of year.
    """
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInputError(Phrase("一季应有 1 到 %(most)d 天。", most=MOST_DAYS))
    years = [start.year for start in starts]
    if not starts or len(set(years)) != len(years):
        raise InvalidInputError("每一年的季节写一个起始日期，至少一年。")
    if not all(EARLIEST_YEAR <= day.year <= MOST_YEAR for day in (*starts, next_start)):
        raise InvalidInputError(
            Phrase(
                "季节的起始日期应在 %(first)d 到 %(last)d 年之间。",
                first=EARLIEST_YEAR,
                last=MOST_YEAR,
            )
        )
    if max(starts) + timedelta(days=days) > next_start:
        raise InvalidInputError("要预测的一季应在各个过去的季节之后。")
    for start in starts:
        apart = abs(start.timetuple().tm_yday - next_start.timetuple().tm_yday)
        if min(apart, YEAR_DAYS - apart) > MOST_APART_DAYS:
            raise InvalidInputError(
                Phrase(
                    "%(start)s 起的一季与要预测的 %(next)s 不在一年里的同一时候，不能相比。",
                    start=f"{start}",
                    next=f"{next_start}",
                )
            )


def daily_peaks(loads: Loads) -> dict[str, Floats]:
    """Return the greatest load of each day by transformer, in kW; NaN where too little was read."""
    network, found = loads.network, {}
    for place, each in enumerate(network.transformers):
        slots = slice(int(network.first_slot[place]), int(network.first_slot[place + 1]))
        expected = int(network.expected[slots].sum())
        if not expected:
            continue
        watts = loads.load[slots].sum(axis=0).astype(np.float64)
        is_read = loads.present(slots) >= LEAST_READ * expected
        kw = np.where(is_read, watts / 1e3, -np.inf).reshape(-1, POINTS).max(axis=1)
        is_known = is_read.reshape(-1, POINTS).mean(axis=1) >= LEAST_READ
        found[each.number] = np.where(is_known, np.maximum(kw, 0.0), np.nan)
    return found


def _risk(
    history: History, forecast: Forecast, capacity_kva: float, power_factor: float, start: date
) -> Risk:
    carried_kw = capacity_kva * power_factor
    highest = dict(zip(LEVELS, forecast.highest_kw.tolist(), strict=True))
    return Risk(
        number=history.id,
        capacity_kva=capacity_kva,
        seasons=len(history.seasons),
        machines_kw=history.next_machines_kw,
        expected_kw=highest[0.5],
        high_kw=highest[0.9],
        worst_on=start + timedelta(days=int(forecast.expected_kw.argmax())),
        heavy=forecast.chance(HEAVY * carried_kw),
        over=forecast.chance(OVER * carried_kw),
        forecast=forecast,
    )


def as_area(risk: Risk, loads_kw: Floats, *, power_factor: float = 0.95) -> relief.Area:
    """Return a transformer for the relief engine as the season may load it nine times of ten.

    `loads_kw` is a curve of the last season, such as its fullest days; it is stretched so that its
    peak is `high_kw`. Its value is the chance of overload in hundredths, 1 at least.
    """
    top = float(loads_kw.max())
    stretch = risk.high_kw / top if top > 0 else 1.0
    return relief.Area(
        id=risk.number,
        capacity_kva=risk.capacity_kva,
        loads_kw=np.asarray(loads_kw * stretch, np.float64),
        power_factor=power_factor,
        value=max(1, round(100 * risk.over)),
    )
