"""Savings of a population: intervals hold what they promise, and are refused where they cannot."""

import numpy as np
import pytest

from dianliang.engines.measurement import Code, Status, Weather, fit_daily, savings
from tests.engines.measurement.worlds import load, weather

METERS = 240
RNG = np.random.default_rng(5)
DAYS = weather(RNG)
KWH = load(RNG, DAYS, METERS)
IS_BASE = np.arange(730) < 365
BASE = fit_daily(DAYS.only(IS_BASE), KWH[IS_BASE])


def placebo(start, days):
    chosen = (np.arange(730) >= 365 + start) & (np.arange(730) < 365 + start + days)
    return savings(BASE, DAYS.only(chosen), KWH[chosen])


def test_nine_intervals_in_ten_hold_the_nothing_that_was_saved():
    covered = []
    for start, days in ((120, 30), (200, 90), (0, 365)):
        found = placebo(start, days)
        covered.append(((found.low_kwh <= 0) & (found.high_kwh >= 0)).mean())
        assert found.total_low_kwh <= 0 <= found.total_high_kwh

    assert 0.87 <= np.mean(covered) <= 0.93
    assert min(covered) >= 0.85
    assert max(covered) <= 0.96


def test_a_tenth_saved_is_found_and_verified():
    after = DAYS.only(~IS_BASE)
    found = savings(BASE, after, KWH[~IS_BASE] * 0.9)
    first = found.meter(0)

    assert first.fraction == pytest.approx(0.1, abs=0.02)
    assert found.total_saved_kwh == pytest.approx(0.1 * found.expected_kwh.sum(), rel=0.05)
    assert (first.status, first.base_days, first.report_days) == (Status.VERIFIED, 365, 365)
    assert first.low_kwh < first.saved_kwh < first.high_kwh
    assert Code.CORRELATED in {finding.code for finding in first.findings}
    assert all(finding.words and finding.english for finding in first.findings)


def test_a_population_is_surer_than_its_meters_but_not_of_what_moves_them_all():
    apart = placebo(0, 90)
    shared = KWH[:, :60] + 5 * (KWH[:, 60:61] - KWH[:, 60:61].mean())
    chosen = (np.arange(730) >= 365) & (np.arange(730) < 455)
    fits = fit_daily(DAYS.only(IS_BASE), shared[IS_BASE])
    together = savings(fits, DAYS.only(chosen), shared[chosen])

    width = (apart.high_kwh - apart.low_kwh).mean()
    assert apart.total_high_kwh - apart.total_low_kwh < 1.5 * width * np.sqrt(METERS)
    width = (together.high_kwh - together.low_kwh).mean()
    assert together.total_high_kwh - together.total_low_kwh > 4 * width * np.sqrt(60)


def test_half_a_year_says_nothing_of_the_other_half():
    half = np.arange(730) < 182
    later = (np.arange(730) >= 200) & (np.arange(730) < 300)
    found = savings(fit_daily(DAYS.only(half), KWH[half, :3]), DAYS.only(later), KWH[later, :3])

    assert np.isnan(found.low_kwh).all()
    assert np.isnan(found.total_low_kwh)
    assert found.meter(0).low_kwh is None
    assert found.statuses[0] is Status.SCREENED
    assert Code.SEASON_UNSEEN in {finding.code for finding in found.findings[0]}


def test_gaps_and_short_spells_hold_a_saving_back():
    kwh = KWH[:, :3].copy()
    kwh[:365, 0][np.random.default_rng(9).random(365) < 0.2] = np.nan
    kwh[:, 1] = np.nan
    fits = fit_daily(DAYS.only(IS_BASE), kwh[IS_BASE])
    chosen = (np.arange(730) >= 365) & (np.arange(730) < 375)
    found = savings(fits, DAYS.only(chosen), kwh[chosen] * 0.7)
    codes = [{finding.code for finding in of} for of in found.findings]

    assert {Code.MANY_MISSING, Code.SHORT_REPORT} <= codes[0]
    assert codes[1] == {Code.NO_READINGS}
    assert found.statuses[:2] == (Status.MEASURED, Status.SCREENED)
    assert found.meter(1).fraction is None
    with pytest.raises(ValueError, match="one row per reporting day"):
        savings(fits, DAYS.only(chosen), kwh)
    with pytest.raises(ValueError, match="level"):
        savings(fits, DAYS.only(chosen), kwh[chosen], level=90)


def test_more_warmth_than_ever_seen_refuses_an_interval():
    chosen = (np.arange(730) >= 500) & (np.arange(730) < 590)
    days = DAYS.only(chosen)
    hot = Weather.of(days.times, days.temperature_c + 15)
    found = savings(BASE, hot, KWH[chosen])
    assert Code.TEMPERATURE_UNSEEN in {finding.code for finding in found.findings[0]}


def test_more_energy_is_no_interval_that_holds_zero():
    """Half more was used: shown where there is an interval, told where there is none."""
    chosen = (np.arange(730) >= 500) & (np.arange(730) < 590)
    days = DAYS.only(chosen)
    hot = Weather.of(days.times, days.temperature_c + 15)

    shown = savings(BASE, days, KWH[chosen] * 1.5).findings[0]
    refused = savings(BASE, hot, KWH[chosen] * 3).findings[0]

    for findings in (shown, refused):
        codes = {finding.code for finding in findings}
        assert Code.USED_MORE in codes
        assert Code.NOT_SHOWN not in codes
    refused_saving = savings(BASE, hot, KWH[chosen] * 0.9999).findings[0]
    assert Code.NOT_SHOWN not in {finding.code for finding in refused_saving}
