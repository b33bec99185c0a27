"""What changed besides: found where it is, quiet where nothing is, adjusted for or started anew."""

import numpy as np
import pytest

from dianliang.engines.measurement import (
    Code,
    Event,
    Status,
    adjusted,
    adjustment,
    efficiency_bound,
    fit_daily,
    open_events,
    rebased,
    savings,
    suspects,
)
from tests.engines.measurement.worlds import ar1, load, weather

TIMES = np.datetime64("2025-01-01") + np.arange(300)


def test_a_step_is_found_where_it_is_and_noise_is_left_alone():
    rng = np.random.default_rng(2)
    quiet = 5 * ar1(rng, (300, 80), 0.5)
    alarms = [len(suspects(TIMES, one)) > 0 for one in quiet.T]
    left = 5 * ar1(rng, (300,), 0.5)
    left[180:] += 12
    left[40] = np.nan
    (found,) = suspects(TIMES, left)

    assert np.mean(alarms) <= 0.05
    assert abs(int((np.datetime64(found.on) - TIMES[180]).astype(int))) <= 5
    assert found.kwh_per_day == pytest.approx(12, abs=3)
    assert suspects(TIMES[:20], left[:20]) == ()


def test_confirmed_events_are_taken_out_and_open_ones_hold_back():
    rng = np.random.default_rng(4)
    left = 5 * ar1(rng, (300,), 0.3)
    left[100:160] += 20
    event = Event(name="新增生产线", first="2025-04-11", last="2025-06-09")
    found = adjustment(TIMES, left, [event])
    rated = Event(name="抽水", first="2025-01-01", last="2025-01-10", kwh_per_day=3.0)

    assert found.days == 60
    assert abs(found.kwh - 1200) <= 3 * np.sqrt(found.variance)
    assert found.findings[0].code is Code.EVENT_ADJUSTED
    assert adjustment(TIMES, left, [rated]).by_event == {"抽水": 30.0}
    assert adjustment(TIMES, left, []).kwh == 0
    assert open_events(suspects(TIMES, left), [event]) == ()
    (open_one,) = open_events(suspects(TIMES, left), [])
    assert (open_one.code, open_one.figures["n"]) == (Code.EVENT_OPEN, 2)
    with pytest.raises(ValueError, match="share a day"):
        adjustment(TIMES, left, [event, event])
    with pytest.raises(ValueError, match="too few days"):
        adjustment(TIMES, left, [Event(name="长", first="2025-01-01", last="2025-12-01")])


def test_a_meters_saving_is_given_its_events_back_and_held_against_its_mechanism():
    rng = np.random.default_rng(8)
    days = weather(rng, 730)
    kwh = load(rng, days, 1)
    kwh[365:] *= 0.7
    kwh[500:560] += 40
    base, later = np.arange(730) < 365, np.arange(730) >= 365
    fits = fit_daily(days.only(base), kwh[base])
    meter = savings(fits, days.only(later), kwh[later]).meter(0)
    left = (kwh[later] - fits.predict(days.only(later)))[:, 0]
    first, last = str(days.times[500]), str(days.times[559])
    by = adjustment(days.times[later], left, [Event(name="外借", first=first, last=last)])
    bound = efficiency_bound(before=0.85, after=0.998, claimed=0.3)
    found = adjusted(meter, by)

    assert found.saved_kwh == pytest.approx(meter.saved_kwh + by.kwh)
    assert found.fraction == pytest.approx(0.3, abs=0.03)
    assert found.high_kwh - found.low_kwh > meter.high_kwh - meter.low_kwh
    assert found.status is Status.VERIFIED
    assert adjusted(meter, by, said=bound.findings).status is Status.MEASURED


def test_a_lasting_change_starts_a_baseline_of_its_own():
    rng = np.random.default_rng(6)
    days = weather(rng, 730)
    kwh = load(rng, days, 1)
    kwh[300:] += 40
    fits, (said,) = rebased(days.only(np.arange(730) < 690), kwh[:690], changed_on="2024-10-27")
    later = np.arange(730) >= 690
    found = savings(fits, days.only(later), kwh[later])

    assert said.code is Code.REBASED
    assert said.figures["n"] == 390
    assert found.low_kwh[0] <= 0 <= found.high_kwh[0]
    with pytest.raises(ValueError, match="no day"):
        rebased(days, kwh, changed_on="2030-01-01")
