"""Daily baselines: right where the truth is known, alone as among others, whatever is missing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.measurement import HOLIDAY, Weather, _daily, fit_daily
from dianliang.engines.measurement._candidates import Family
from tests.engines.measurement.worlds import load, weather

RNG = np.random.default_rng(1)
DAYS = weather(RNG, 365)
KWH = load(RNG, DAYS, 6)
FITTED = fit_daily(DAYS, KWH)


def test_every_shape_leaves_what_least_squares_leaves():
    family = Family.of(DAYS)
    columns = family.columns(DAYS)
    asked = KWH[:, :1] - KWH[:, :1].mean()
    blocks = [_daily._block(family, columns, number) for number in range(6)]
    criteria, _ = _daily._weigh(blocks, asked, np.array([365.0]))
    for shape in np.random.default_rng(9).choice(len(criteria), 60, replace=False):
        block, pair = divmod(int(shape), len(family.pairs))
        chosen = columns[:, family.levels(block) + family.slopes(block, pair)]
        left = asked - chosen @ np.linalg.lstsq(chosen, asked, rcond=None)[0]
        heat, cool = family.pairs[pair]
        parameters = chosen.shape[1] + (heat is not None) + (cool is not None)
        criterion = 365 * np.log((left**2).sum() / 365) + parameters * np.log(365)
        assert criteria[shape, 0] == pytest.approx(criterion, abs=1e-3)


def test_balance_points_and_slopes_are_found_without_noise():
    warm = DAYS.temperature_c
    truth = 50 + 2 * np.maximum(12 - warm, 0) + 3 * np.maximum(warm - 20, 0)
    fits = fit_daily(DAYS, truth[:, None])
    shape = fits.shape(0)

    assert (shape.calendar, shape.has_seasons) == ("flat", False)
    assert (shape.heating_c, shape.cooling_c) == (12.0, 20.0)
    assert fits.predict(DAYS)[:, 0] == pytest.approx(truth, rel=1e-4)


@given(factor=st.floats(1e-3, 1e5), offset=st.floats(-1e3, 1e5))
@settings(max_examples=3, deadline=None)
def test_another_unit_or_base_load_changes_nothing_else(factor, offset):
    moved = fit_daily(DAYS, KWH[:, :1] * factor + offset * factor)
    expected = (FITTED.predict(DAYS)[:, :1] + offset) * factor
    assert moved.predict(DAYS) == pytest.approx(expected, rel=1e-3, abs=1e-2 * factor)


def test_a_meter_is_fitted_alike_alone_and_among_others_and_meets_its_year():
    alone = fit_daily(DAYS, KWH[:, 3:4])
    assert alone.predict(DAYS)[:, 0] == pytest.approx(FITTED.predict(DAYS)[:, 3])
    assert np.abs(FITTED.residuals.sum(axis=0)).max() < 1e-6
    assert FITTED.weights.sum(axis=0).max() <= 1 + 1e-9


def test_missing_days_are_as_if_they_had_never_been():
    few, many = KWH[:, :2].copy(), KWH[:, :2].copy()
    gone = np.random.default_rng(9).random(365)
    few[gone < 0.05, 0] = np.nan
    many[gone < 0.4, 0] = np.nan
    for kwh, most in ((few, 0.006), (many, 1e-9)):
        known = np.isfinite(kwh[:, 0])
        part = fit_daily(DAYS, kwh)
        shorter = _refitted(known, kwh)
        error = np.abs(part.predict(DAYS)[:, 0] - shorter) / 100
        assert error.max() <= most
        assert part.n[0] == known.sum()


def _refitted(known, kwh):
    family = Family.of(DAYS)
    columns = family.columns(DAYS)
    blocks = [_daily._block(family, columns[known], number) for number in range(6)]
    fits = _daily._fit(family, blocks, columns[known], kwh[known, :1])
    return columns @ fits.coefficients[:, 0]


def test_meters_without_life_or_readings_do_no_harm():
    kwh = np.column_stack([np.zeros(365), np.full(365, 7.0), np.full(365, np.nan), KWH[:, 0]])
    fits = fit_daily(DAYS, kwh)
    assert fits.predict(DAYS)[:, :3] == pytest.approx(np.tile([0.0, 7.0, 0.0], (365, 1)))
    assert fits.n.tolist() == [365, 365, 0, 365]
    assert fits.predict(DAYS)[:, 3] == pytest.approx(FITTED.predict(DAYS)[:, 0])


def test_a_festival_has_a_level_of_its_own():
    kinds = DAYS.kinds.copy()
    kinds[40:55] = HOLIDAY
    days = Weather.of(DAYS.times, DAYS.temperature_c, kinds)
    kwh = KWH.copy()
    kwh[40:55] -= 70
    found = fit_daily(days, kwh).predict(days)[40:55].mean()
    assert found == pytest.approx(kwh[40:55].mean(), abs=3)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="one row per day"):
        fit_daily(DAYS, KWH[1:])
    with pytest.raises(ValueError, match="rise strictly"):
        Weather.of(DAYS.times[::-1], DAYS.temperature_c)
    with pytest.raises(ValueError, match="leave out"):
        Weather.of(DAYS.times, np.full(365, np.nan))
