"""Hostile figures: every public function refuses them in words, or answers with finite figures."""

from dataclasses import fields, is_dataclass, replace
from math import isfinite

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.measurement import (
    BadFiguresError,
    Claim,
    Code,
    Event,
    Factor,
    FactorTable,
    HourlySavings,
    Savings,
    Spread,
    Status,
    Unit,
    Weather,
    adjusted,
    adjustment,
    calibrated,
    compared,
    drawn_order,
    efficiency_bound,
    fit_daily,
    fit_hourly,
    fit_production,
    half_width,
    hourly_savings,
    key_parameter,
    matched,
    open_events,
    planned,
    production_savings,
    rebased,
    roll_up,
    savings,
    suspects,
    trial,
)
from tests.engines.measurement.worlds import load, weather

NAN, INF = float("nan"), float("inf")
HOSTILE = (NAN, INF, -INF, -1.0, 0.0, 5e-324, 1e-200, 1.0, 1 - 1e-16, 2.0, 90.0, 1e15, 1e300, 1e308)
RNG = np.random.default_rng(3)
DAYS = weather(RNG, 430)
KWH = load(RNG, DAYS, 2)
LATER = np.arange(430) >= 366
BASE = fit_daily(DAYS.only(~LATER), KWH[~LATER])
REPORT, MEASURED = DAYS.only(LATER), KWH[LATER] * 0.7
METER = savings(BASE, REPORT, MEASURED).meter(0)
HOURS = Weather.of(
    np.datetime64("2024-01-01T00") + np.arange(70 * 24), np.repeat(DAYS.temperature_c[:70], 24)
)
HOURLY = np.repeat(KWH[:70, :1] / 24, 24, axis=0)
BY_HOUR = fit_hourly(HOURS, HOURLY)
DRIVERS = np.column_stack([np.full(30, 8.0), RNG.uniform(100, 300, 30)])
USED = DRIVERS @ [6.0, 0.5] + RNG.normal(0, 5, 30)
PRODUCED = fit_production(names=("hours", "kg"), drivers=DRIVERS, kwh=USED)
UNITS = [
    Unit(name=f"M{k}", without=one, measured=one[::-1] * 0.8, is_pair=False, days=3, is_random=True)
    for k, one in enumerate(0.6 * np.exp(RNG.normal(0, 0.1, (4, 40))))
]
BILLS = RNG.uniform(80, 120, 12)
LEFT = RNG.normal(0, 5, 100)
EVENT = Event(name="泵", first="2024-01-20", last="2024-02-02", kwh_per_day=3.0)
STEP = adjustment(DAYS.times[:100], LEFT, [EVENT])
FACTOR = Factor(
    year=2023, level="", area="浙江", kind="average", kg_per_kwh=0.5, source="", seen_in=""
)
SHAPE = {"days": 3, "spells": 2, "is_crossover": True, "spread": Spread()}
PUBLIC = {
    key_parameter: {
        "before_kw": BILLS,
        "after_kw": BILLS * 0.7,
        "hours": 4000.0,
        "hours_error": 9.0,
        "level": 0.9,
    },
    calibrated: {
        "billed_kwh": BILLS,
        "modelled_kwh": BILLS * 1.01,
        "with_measure_kwh": BILLS * 0.5,
        "level": 0.9,
    },
    compared: {
        "treated": RNG.normal(0.1, 0.01, 12),
        "others": RNG.normal(0, 0.01, 12),
        "placebo": (RNG.normal(0, 0.01, 12), RNG.normal(0, 0.01, 12)),
        "level": 0.9,
    },
    matched: {"treated": RNG.uniform(1, 3, (2, 4)), "pool": RNG.uniform(1, 3, (3, 4))},
    efficiency_bound: {"before": 0.85, "after": 0.99, "share": 0.9, "claimed": 0.1},
    roll_up: {
        "claim": Claim(machines=3, fraction=0.3, saved_kwh=9e3, co2_t=5.0, cost_cny=7e3),
        "factors": [FACTOR],
        "most_fraction": 0.15,
    },
    FactorTable(version=1, factors=()).edited: {"factor": FACTOR},
    trial: {"units": UNITS, "level": 0.9},
    drawn_order: {"machines": ["a", "b"], "spells": 4, "seed": 1},
    half_width: {"units": 4, **SHAPE, "level": 0.9},
    planned: {"wanted": 0.05, "spread": Spread(), "machines": 9, "level": 0.9, "most_days": 4},
    fit_production: {"names": ("hours", "kg"), "drivers": DRIVERS, "kwh": USED},
    production_savings: {"baseline": PRODUCED, "drivers": DRIVERS, "kwh": USED * 0.7, "level": 0.9},
    suspects: {"times": DAYS.times[:100], "residuals_kwh": LEFT},
    adjustment: {"times": DAYS.times[:100], "residuals_kwh": LEFT, "events": [EVENT]},
    adjusted: {"meter": METER, "by": STEP},
    open_events: {"suspected": [], "events": [EVENT]},
    fit_daily: {"days": REPORT, "kwh": MEASURED},
    rebased: {"days": REPORT, "kwh": MEASURED, "changed_on": "2025-01-10"},
    savings: {"baselines": BASE, "days": REPORT, "kwh": MEASURED, "level": 0.9},
    fit_hourly: {"hours": HOURS, "kwh": HOURLY},
    hourly_savings: {"baselines": BY_HOUR, "hours": HOURS, "kwh": HOURLY * 0.7, "level": 0.9},
}
FITTED = (BASE, PRODUCED, BY_HOUR, METER)
HEAVY = {fit_daily: 8, rebased: 8, savings: 6, fit_hourly: 4, hourly_savings: 4}


def spoilt(draw, value):
    """Return the same with something wrong in it: a figure, a length, a date, all sizes."""
    if any(value is one for one in FITTED[:3]) or isinstance(value, bool):
        return value
    if isinstance(value, int | float | str):
        wrong = ["", "soon", "0001-01-01"] if isinstance(value, str) else HOSTILE
        return draw(st.sampled_from(wrong))
    if isinstance(value, np.ndarray):
        return spoilt_array(draw, value)
    if isinstance(value, list | tuple):
        at = draw(st.integers(0, max(len(value) - 1, 0)))
        return type(value)(spoilt(draw, v) if n == at else v for n, v in enumerate(value))
    if is_dataclass(value):
        known = [one.name for one in fields(value) if is_figure(getattr(value, one.name))]
        name = draw(st.sampled_from(known))
        return replace(value, **{name: spoilt(draw, getattr(value, name))})
    return value


def is_figure(value):
    return isinstance(value, int | float | np.ndarray) and not isinstance(value, bool)


def spoilt_array(draw, value):
    kind = draw(st.sampled_from(["one", "one", "one", "all", "times", "short", "empty"]))
    if kind in ("short", "empty"):
        return value[: len(value) - 1 if kind == "short" else 0]
    if value.dtype.kind == "M":
        return value[::-1] if kind == "one" else np.full_like(value, "NaT")
    number, out = draw(st.sampled_from(HOSTILE)), value.astype(float)
    if kind == "times":
        with np.errstate(all="ignore"):
            return out * number
    out[... if kind == "all" else tuple(n // 2 for n in out.shape)] = number
    return out


def figures_of(found):
    """Yield every figure of an answer but bounds that were refused, NaN in an array of meters."""
    if isinstance(found, Savings):
        yield from figures_of([found.meter(n) for n in range(len(found.expected_kwh))])
    elif isinstance(found, HourlySavings):
        yield from [*found.expected_kwh, *found.measured_kwh]
        shown = np.array([status is not Status.SCREENED for status in found.statuses])
        yield from [*found.low_kwh[shown], *found.high_kwh[shown]]
    elif isinstance(found, int | float | np.floating):
        yield float(found)
    elif isinstance(found, np.ndarray) and found.dtype.kind == "f":
        yield from found[~np.isnan(found)].ravel().tolist()
    elif isinstance(found, list | tuple):
        for one in found:
            yield from figures_of(one)
    elif isinstance(found, dict):
        yield from figures_of(list(found.values()))
    elif is_dataclass(found):
        yield from figures_of([getattr(found, one.name) for one in fields(found)])


NAMED = [
    *((key_parameter, {name: NAN}) for name in ("hours", "hours_error", "level")),
    (key_parameter, {"hours": INF}),
    *((key_parameter, {"level": level}) for level in (2, -1, 0, 1)),
    (key_parameter, {"before_kw": np.array([-1.0, 20, 20])}),
    (key_parameter, {"after_kw": np.array([NAN, 20, 20])}),
    *((calibrated, {name: BILLS * NAN}) for name in ("billed_kwh", "with_measure_kwh")),
    (calibrated, {"level": 2}),
    *((trial, {"level": level}) for level in (90, 1)),
    *(
        (trial, {"units": [*UNITS, replace(UNITS[0], measured=np.array([x]))]})
        for x in (INF, 1e308)
    ),
    (trial, {"units": [*UNITS, replace(UNITS[0], days=NAN)]}),
    *((savings, {"kwh": MEASURED * by}) for by in (INF, 1e300)),
    (fit_daily, {"kwh": MEASURED * INF}),
    (fit_daily, {"days": replace(REPORT, times=HOURS.times[: len(REPORT)])}),
    (fit_hourly, {"kwh": HOURLY * INF}),
    (half_width, {"units": 0}),
    (half_width, {"spread": Spread(rho=1.0)}),
    (compared, {"treated": np.full(12, NAN)}),
    (compared, {"placebo": (np.ones(1), np.ones(9))}),
    (production_savings, {"level": 2}),
    (production_savings, {"kwh": USED * INF}),
    (efficiency_bound, {"claimed": NAN}),
    (adjustment, {"residuals_kwh": np.full(100, INF)}),
    (adjustment, {"events": [replace(EVENT, kwh_per_day=NAN)]}),
    (adjustment, {"events": [replace(EVENT, first="2024-03-01")]}),
    (drawn_order, {"machines": ["a", "a"]}),
    (planned, {"wanted": NAN}),
]


@pytest.mark.parametrize(("function", "wrong"), NAMED)
def test_what_once_passed_for_a_figure_is_refused(function, wrong):
    with pytest.raises(BadFiguresError):
        function(**{**PUBLIC[function], **wrong})


def test_an_endless_reading_is_named_by_its_row_and_a_missing_one_is_missing():
    kwh = MEASURED.copy()
    kwh[4, 1], kwh[5, 0] = INF, NAN
    with pytest.raises(BadFiguresError, match="row 5, column 2") as told:
        savings(BASE, REPORT, kwh)
    assert "第 5 行第 2 列" in told.value.words


def test_what_nothing_bounds_carries_no_interval():
    far = [replace(UNITS[k], measured=UNITS[k].measured * 1e9 ** (k % 2)) for k in range(3)]
    found = trial(far, level=0.9999)
    assert (found.low, found.status) == (None, Status.SCREENED)
    assert Code.UNBOUNDED in {one.code for one in found.findings}
    free = roll_up(PUBLIC[roll_up]["claim"], factors=[replace(FACTOR, kg_per_kwh=0.0)])
    assert (free.beside[0].times, free.findings[0].code) == (None, Code.ABOVE_ZERO)


def test_days_that_are_never_whole_carry_no_interval():
    open_ = np.arange(len(HOURS)) % 24 > 0
    fits = fit_hourly(HOURS.only(open_), HOURLY[open_])
    assert fits.hours[0] / 24 > 60
    found = hourly_savings(fits, HOURS, HOURLY * 0.7)
    assert found.statuses == (Status.SCREENED,)


@pytest.mark.parametrize("function", PUBLIC, ids=lambda one: one.__name__)
def test_hostile_figures_are_refused_in_words_or_answered_in_finite_figures(function):
    @settings(max_examples=HEAVY.get(function, 20), deadline=None, derandomize=True)
    @given(st.data())
    def hostile(data):
        kept = dict(PUBLIC[function])
        name = data.draw(st.sampled_from(sorted(kept)))
        try:
            kept[name] = spoilt(data.draw, kept[name])
            found = function(**kept)
        except BadFiguresError as error:
            found = len(error.words) / len(error.english)
        alone = function is half_width and kept["units"] == 1
        assert alone or all(map(isfinite, figures_of(found)))

    assert all(map(isfinite, figures_of(function(**PUBLIC[function]))))
    hostile()
