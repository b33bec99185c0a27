"""Compute what a project saved: by weather, by output, or from a trial; pure, for job and command.

A design that cannot carry an interval gets none: the range is returned with the reason.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dianliang.engines import measurement
from dianliang.engines.measurement import BadFiguresError, Event, Finding, Status
from dianliang.flows.measuring import yearly
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, in_a_row, joined

LEVEL = 0.9
PLAIN_C = 15.0
"""One temperature for all days: nobody brought the weather, so the calendar alone explains."""
OVER_DAYS = Phrase("%(how)s；基准 %(base)d 天，报告期 %(report)d 天").message
NO_WEATHER = Phrase(
    "%(how)s；基准 %(base)d 天，报告期 %(report)d 天；没有气温数据，"
    "按工作日、休息日、节假日和季节建立基准，故只作初步筛查"
).message
MOST_PARTS = 24
"""Into so many parts the readings of one pair are cut to show their range: hours of a day."""
ENGINE, VERSION = "engines.measurement", "1"
HOURS = 24
MOST_WORDS = 300
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is computed: design, first day of the measure (ISO), events, the mechanism's bound.

    `before`, `after` and `share` are efficiencies and the part's share, None where no bound holds.
    """

    design: str
    measure_on: str
    events: Sequence[Mapping[str, Any]] = ()
    before: float | None = None
    after: float | None = None
    share: float = 1.0
    level: float = LEVEL
    agreed: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out, as plain figures that can be stored: kWh, or a share of energy (``%``).

    `low` and `high` with `level` are an interval; without `level` the range that was seen, or None.
    `held_back` says what keeps the number from being verified. `series` has what was measured and
    expected on each day, in kWh; None where there are no days.
    """

    value: float
    measure: str
    low: float | None
    high: float | None
    level: float | None
    status: str
    method: str
    base: tuple[str, str] | None
    report: tuple[str, str] | None
    fraction: float | None
    findings: tuple[str, ...]
    refusals: tuple[str, ...]
    held_back: str
    to_check: tuple[str, ...]
    suspects: tuple[Mapping[str, Any], ...]
    series: Mapping[str, Sequence[Any]] | None = None


def computed(asked: Asked, rows: Sequence[Mapping[str, Any]]) -> Result:
    """Compute a project's saving.

    Raises:
        InvalidInputError: the figures cannot carry any result; the message says why.
    """
    ways: Mapping[str, Callable[[Asked, Sequence[Mapping[str, Any]]], Result]] = {
        "weather": _by_weather,
        "calendar": _by_weather,
        "production": _by_output,
        "trial": _by_trial,
        "hourly": _by_hour,
        "samples": lambda asked, rows: _of_a_year(asked, yearly.of_samples(rows, asked.agreed)),
        "bills": lambda asked, rows: _of_a_year(asked, yearly.of_bills(rows)),
    }
    try:
        return ways[asked.design](asked, rows)
    except BadFiguresError as refusal:
        raise InvalidInputError(refusal.words) from refusal


def _by_weather(asked: Asked, rows: Sequence[Mapping[str, Any]]) -> Result:
    is_bare = asked.design == "calendar"
    days = np.array([row["on"] for row in rows], dtype="datetime64[D]")
    warm = np.full(len(rows), PLAIN_C) if is_bare else _column(rows, "temperature_c")
    kinds = np.array([row["kind"] for row in rows], np.int8) if is_bare else None
    kwh = _column(rows, "kwh")
    is_after = _split(days, asked.measure_on)
    whole = measurement.Weather.of(days, warm, kinds)
    before, after = whole.only(~is_after), whole.only(is_after)
    baselines = measurement.fit_daily(before, kwh[~is_after][:, None])
    found = measurement.savings(baselines, after, kwh[is_after][:, None], level=asked.level)
    meter = found.meter(0)
    events = [_event(one) for one in asked.events]
    strayed = (kwh[is_after] - baselines.predict(after)[:, 0]).astype(float)
    suspected = measurement.suspects(after.times, strayed)
    said = measurement.open_events(suspected, events)
    if events:
        by = measurement.adjustment(after.times, strayed, events)
        meter = measurement.adjusted(meter, by, said=said)
        findings = meter.findings
    else:
        findings = (*meter.findings, *said)
    result = _result(
        asked,
        value=meter.saved_kwh,
        ends=(meter.low_kwh, meter.high_kwh),
        fraction=meter.fraction,
        findings=findings,
        is_held=bool(said) or meter.status is not Status.VERIFIED,
        method=Phrase(
            NO_WEATHER if is_bare else OVER_DAYS,
            how=meter.method,
            base=meter.base_days,
            report=meter.report_days,
        ),
        periods=(meter.base, meter.report),
        series=_series(days, kwh, baselines.predict(whole)[:, 0]),
        best="SCREENED" if is_bare else "MEASURED",
    )
    steps = [{"on": one.on, "kwh_per_day": one.kwh_per_day} for one in suspected]
    return _with_suspects(result, steps)


def _by_output(asked: Asked, rows: Sequence[Mapping[str, Any]]) -> Result:
    days = np.array([row["on"] for row in rows], dtype="datetime64[D]")
    is_after = _split(days, asked.measure_on)
    has_hours = any(row.get("hours") is not None for row in rows)
    on = _column(rows, "hours") if has_hours else np.ones(len(rows))
    drivers = np.column_stack([_column(rows, "output"), on])
    kwh = _column(rows, "kwh")
    names = (Phrase("产量"), Phrase("开机小时") if has_hours else Phrase("开机日"))
    baseline = measurement.fit_production(
        names=names, drivers=drivers[~is_after], kwh=kwh[~is_after]
    )
    found = measurement.production_savings(
        baseline, drivers=drivers[is_after], kwh=kwh[is_after], level=asked.level
    )
    told = joined(
        "，",
        (
            Phrase("每%(driver)s %(kwh)s kWh", driver=Phrase(name), kwh=f"{value:.4g}")
            for name, value in baseline.kwh_per_unit.items()
        ),
    )
    share = found.saved_kwh / found.expected_kwh if found.expected_kwh else None
    return _result(
        asked,
        value=found.saved_kwh,
        ends=(found.low_kwh, found.high_kwh),
        fraction=share,
        findings=found.findings,
        is_held=found.status is not Status.VERIFIED,
        method=Phrase("IPMVP B，按产量折算（%(per)s）；报告期 %(n)d 天", per=told, n=found.periods),
        periods=(_ends(days[~is_after]), _ends(days[is_after])),
        series=_series(days, kwh, drivers @ baseline.coefficients),
    )


def _by_trial(asked: Asked, rows: Sequence[Mapping[str, Any]]) -> Result:
    names = list(dict.fromkeys(str(row["unit"]) for row in rows))
    units = []
    for name in names:
        sides = {
            is_with: np.array(
                [row["ratio"] for row in rows if row["unit"] == name and row["with"] is is_with],
                dtype=float,
            )
            for is_with in (False, True)
        }
        if not min(len(sides[False]), len(sides[True])):
            raise InvalidInputError(
                Phrase("“%(name)s”缺少有措施或无措施的读数，无法比较。", name=name)
            )
        units.append(
            measurement.Unit(
                name=name,
                without=sides[False],
                measured=sides[True],
                is_pair=len(names) == 1,
                days=1.0,
            )
        )
    found = measurement.trial(units, level=asked.level)
    ends = (found.low, found.high)
    days = sorted(str(row["on"]) for row in rows if row.get("on"))
    seen = _range(units[0]) if len(units) == 1 else (found.least, found.most)
    return _result(
        asked,
        value=found.fraction * 100,
        ends=tuple(None if end is None else end * 100 for end in ends),
        fraction=found.fraction,
        findings=found.findings,
        is_held=found.status is not Status.VERIFIED,
        method=Phrase("对照试验，%(n)d 个单元，单位产量能耗之比", n=len(units)),
        periods=(None, (days[0], days[-1]) if days else None),
        measure="%",
        seen=(seen[0] * 100, seen[1] * 100),
    )


def _by_hour(asked: Asked, rows: Sequence[Mapping[str, Any]]) -> Result:
    """Compute by the hours of a curve; hours without a temperature are left out."""
    days = np.array([row["on"] for row in rows], dtype="datetime64[D]")
    times = (days[:, None] + np.arange(HOURS).astype("timedelta64[h]")).ravel()
    warm, kwh = (
        np.array([row[name] for row in rows], dtype=float).ravel()
        for name in ("temperature_c", "kwh")
    )
    known = np.isfinite(warm)
    times, warm, kwh = times[known], warm[known], kwh[known]
    is_after = _split(times, asked.measure_on)
    whole = measurement.Weather.of(times, warm)
    baselines = measurement.fit_hourly(whole.only(~is_after), kwh[~is_after][:, None])
    found = measurement.hourly_savings(
        baselines, whole.only(is_after), kwh[is_after][:, None], level=asked.level
    )
    expected = float(found.expected_kwh[0])
    saved = expected - float(found.measured_kwh[0])
    ends = (float(found.low_kwh[0]), float(found.high_kwh[0]))
    read = np.isfinite(kwh)
    of_day = times.astype("datetime64[D]")
    predicted = np.where(read, baselines.predict(whole)[:, 0], 0.0)
    told, place = np.unique(of_day, return_inverse=True)
    sums = [
        np.bincount(place, side).astype(np.float64)
        for side in (np.where(read, kwh, 0.0), predicted)
    ]
    meters = len(asked.agreed.get("meters", ()))
    return _result(
        asked,
        value=saved,
        ends=tuple(None if np.isnan(end) else end for end in ends),
        fraction=saved / expected if expected > 0 else None,
        findings=found.findings[0],
        is_held=found.statuses[0] is not Status.VERIFIED,
        method=Phrase(
            "IPMVP C，按小时电量对气温；%(n)d 只表，基准 %(base)d 小时，报告期 %(report)d 小时",
            n=meters,
            base=int((read & ~is_after).sum()),
            report=int((read & is_after).sum()),
        ),
        periods=(_ends(of_day[~is_after]), _ends(of_day[is_after])),
        series=_series(told, sums[0], sums[1]),
    )


def _of_a_year(asked: Asked, told: yearly.Yearly) -> Result:
    """Return a saving that is told for the year from the measure on."""
    found, first = told.found, date.fromisoformat(asked.measure_on)
    is_measured = found.status in {Status.MEASURED, Status.VERIFIED}
    return _result(
        asked,
        value=found.saved_kwh,
        ends=(found.low_kwh, found.high_kwh),
        fraction=found.saved_kwh / told.used_kwh if told.used_kwh > 0 else None,
        findings=found.findings,
        is_held=found.status is not Status.VERIFIED,
        method=told.method,
        periods=(None, (first.isoformat(), (first + timedelta(days=364)).isoformat())),
        best="MEASURED" if is_measured else "SCREENED",
    )


def _range(unit: measurement.Unit) -> tuple[float, float]:
    """Return the least and the most that parts of a unit's readings show, in their order."""
    parts = min(MOST_PARTS, len(unit.without), len(unit.measured))
    sides = (np.array_split(side, parts) for side in (unit.without, unit.measured))
    shown = [1 - float(has.mean() / bare.mean()) for bare, has in zip(*sides, strict=True)]
    return min(shown), max(shown)


def _result(
    asked: Asked,
    *,
    value: float,
    ends: tuple[float | None, ...],
    fraction: float | None,
    findings: Sequence[Finding],
    method: str,
    is_held: bool,
    periods: tuple[tuple[str, str] | None, tuple[str, str] | None],
    measure: str = "kWh",
    seen: tuple[float, float] | None = None,
    series: Mapping[str, Sequence[Any]] | None = None,
    best: str = "MEASURED",
) -> Result:
    """Hold what was measured against the mechanism, and keep it as plain figures."""
    said = list(findings)
    to_check: tuple[str, ...] = ()
    if asked.before is not None and asked.after is not None and fraction is not None:
        bound = measurement.efficiency_bound(
            before=asked.before,
            after=asked.after,
            share=asked.share,
            claimed=min(1.0, max(0.0, fraction)),
        )
        said += bound.findings
        to_check = tuple(chinese for chinese, _ in bound.to_check)
    low, high = ends
    has_interval = low is not None and high is not None
    refusals = tuple(one.words for one in said if one.is_refusal)
    status = best if has_interval else "SCREENED"
    shown = (low, high) if has_interval else (seen or (None, None))
    return Result(
        value=value,
        measure=measure,
        low=shown[0],
        high=shown[1],
        level=asked.level if has_interval else None,
        status=status,
        method=method,
        base=periods[0],
        report=periods[1],
        fraction=fraction,
        findings=tuple(one.words for one in said if not one.is_refusal),
        refusals=refusals,
        held_back=_held_back(said) if is_held or to_check else "",
        to_check=to_check,
        suspects=(),
        series=series,
    )


def _series(
    days: NDArray[np.datetime64], kwh: Floats, expected: Floats
) -> Mapping[str, Sequence[Any]]:
    """Return what was measured and expected by day, None where a figure is missing."""
    return {
        "on": [str(day) for day in days],
        "kwh": [_told(value) for value in kwh],
        "expected": [_told(value) for value in expected],
    }


def _told(value: float) -> float | None:
    return round(float(value), 2) if np.isfinite(value) else None


def _held_back(findings: Sequence[Finding]) -> str:
    return in_a_row((one.words for one in findings), most=MOST_WORDS)


def _with_suspects(result: Result, steps: Sequence[Mapping[str, Any]]) -> Result:
    values = {name: getattr(result, name) for name in Result.__slots__}
    return Result(**{**values, "suspects": tuple(steps)})


def _split(days: NDArray[np.datetime64], measure_on: str) -> NDArray[np.bool_]:
    is_after = np.asarray(days >= np.datetime64(measure_on))
    if is_after.all() or not is_after.any():
        raise InvalidInputError(
            Phrase(
                "措施日期 %(measure_on)s 前后都要有数据：之前是基准期，之后是报告期。",
                measure_on=measure_on,
            ),
            field="measure_on",
        )
    return is_after


def _column(rows: Sequence[Mapping[str, Any]], name: str) -> Floats:
    return np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=float)


def _ends(days: NDArray[np.datetime64]) -> tuple[str, str]:
    return str(days.min()), str(days.max())


def _event(told: Mapping[str, Any]) -> Event:
    return Event(
        name=str(told["name"]),
        first=str(told["first"]),
        last=str(told["last"]),
        kwh_per_day=told.get("kwh_per_day"),
    )
