"""Hourly baselines: no failure, whatever the hours look like, and honest sums."""

import numpy as np
import pytest

from dianliang.engines.measurement import Code, Status, Weather, fit_hourly, hourly_savings
from tests.engines.measurement.worlds import ar1, weather

RNG = np.random.default_rng(11)
METERS = 60
DAYS = weather(RNG, 240)
HOURS = (DAYS.times[0].astype("datetime64[h]") + np.arange(240 * 24)).astype("datetime64[h]")
WARM = np.repeat(DAYS.temperature_c, 24) + 4 * np.sin(np.arange(240 * 24) * 2 * np.pi / 24)
ALL = Weather.of(HOURS, WARM)
OF_DAY = np.arange(240 * 24) % 24
SHAPE = 3 + 2 * ((OF_DAY >= 8) & (OF_DAY < 18) & (ALL.kinds == 0))
TRUTH = SHAPE + 0.15 * np.maximum(18 - WARM, 0)
KWH = TRUTH[:, None] + np.repeat(ar1(RNG, (240, METERS), 0.4), 24, axis=0) * 0.4
KWH += 0.5 * ar1(RNG, KWH.shape, 0.6)
IS_BASE = np.arange(240 * 24) // 24 % 40 < 32
"""Eight days in forty are left out: in every month the base saw enough."""
FITTED = fit_hourly(ALL.only(IS_BASE), KWH[IS_BASE])
LATER = ALL.only(~IS_BASE)


def test_the_shape_of_days_and_the_weather_is_learnt():
    wrong = FITTED.predict(LATER).mean(axis=1) - TRUTH[~IS_BASE]
    assert np.sqrt((wrong**2).mean()) < 0.06 * TRUTH.mean()


def test_a_saving_is_found_and_nothing_saved_is_covered():
    placebo = hourly_savings(FITTED, LATER, KWH[~IS_BASE])
    covered = (placebo.low_kwh <= 0) & (placebo.high_kwh >= 0)
    found = hourly_savings(FITTED, LATER, KWH[~IS_BASE] * 0.85)
    fraction = 1 - found.measured_kwh / found.expected_kwh

    assert covered.mean() >= 0.8
    assert fraction.mean() == pytest.approx(0.15, abs=0.02)
    assert found.statuses[0] is Status.VERIFIED


def test_gaps_dead_meters_and_a_missing_season_do_not_fail():
    hours = ALL.only(np.arange(len(HOURS)) < 24 * 70)
    kwh = KWH[: 24 * 70, :5].copy()
    kwh[np.random.default_rng(1).random(24 * 70) < 0.05, 0] = np.nan
    kwh[200:1200, 1] = np.nan
    kwh[:, 2] = np.nan
    kwh[:, 3] = 0
    fits = fit_hourly(hours, kwh)
    found = hourly_savings(fits, LATER, KWH[~IS_BASE][:, :5])

    assert np.isfinite(fits.predict(ALL)).all()
    assert np.abs(fits.predict(hours)[:, 0] - TRUTH[: 24 * 70]).mean() < 0.45
    assert {one.code for one in found.findings[2]} == {Code.NO_READINGS}
    assert {Code.SHORT_BASE, Code.SEASON_UNSEEN} <= {one.code for one in found.findings[1]}
    assert fits.predict(hours)[:, 3] == pytest.approx(0, abs=1e-9)
    with pytest.raises(ValueError, match="one row per hour"):
        fit_hourly(hours, KWH)


def test_a_ridge_from_sums_is_the_ridge_of_all_hours():
    from dianliang.engines.measurement import _hourly

    some, warm = ALL.only(np.arange(len(HOURS)) < 24 * 120), WARM[: 24 * 120]
    design = _hourly._design(
        some, np.quantile(warm, _hourly.KNOTS), np.quantile(warm, _hourly.SLOW_KNOTS), ()
    )
    ridge = _hourly._Ridge.of(design, _hourly._cells(some))
    off = KWH[: 24 * 120, :4] - KWH[: 24 * 120, :4].mean(axis=0)
    slopes, best, level = ridge._solve(off.astype(np.float32))
    scaled = ridge.scaled.astype(float)
    weight = len(off) * np.array(_hourly.RIDGES)[best]
    gram, moments = scaled.T @ scaled, scaled.T @ off
    for meter in range(4):
        normal = gram + weight[meter] * np.eye(len(gram))
        expected = np.linalg.solve(normal, moments[:, meter])
        assert scaled @ slopes[:, meter] == pytest.approx(scaled @ expected, abs=2e-3)
    assert level == pytest.approx(0, abs=1e-4)


def test_one_day_of_report_is_never_verified():
    first = np.arange(len(LATER)) < 24
    found = hourly_savings(FITTED, LATER.only(first), KWH[~IS_BASE][first] * 0.5)

    assert {one.code for one in found.findings[0]} == {Code.SHORT_REPORT}
    assert Status.VERIFIED not in found.statuses


def test_seasons_that_no_hour_was_seen_of_refuse_an_interval():
    """Spring says nothing of summer, however many hours of it there are."""
    spring = np.arange(len(HOURS)) < 24 * 120
    summer = np.arange(len(HOURS)) >= 24 * 180
    fits = fit_hourly(ALL.only(spring), KWH[spring][:, :2])

    found = hourly_savings(fits, ALL.only(summer), KWH[summer][:, :2] * 0.8)

    assert {Code.SEASON_UNSEEN, Code.TEMPERATURE_UNSEEN} <= {x.code for x in found.findings[0]}
    assert Code.NOT_SHOWN not in {x.code for x in found.findings[0]}
    assert np.isnan(found.low_kwh).all()
    assert np.isnan(found.high_kwh).all()
    assert found.statuses[0] is Status.SCREENED
    assert (found.expected_kwh > found.measured_kwh).all()
