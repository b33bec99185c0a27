"""Energy by output: a busy month is no saving, and an unknown output carries no interval."""

import numpy as np
import pytest

from dianliang.engines.measurement import (
    Code,
    Status,
    fit_production,
    production_savings,
)
from tests.engines.measurement.worlds import ar1

NAMES = ("hours", "kg of chairs", "kg of arms")
TRUTH = np.array([6.0, 0.55, 0.9])


def shifts(rng, n, *, busy=1.0, saved=0.0):
    drivers = np.column_stack(
        [np.full(n, 8.0), busy * rng.uniform(100, 300, n), busy * rng.uniform(0, 150, n)]
    )
    return drivers, drivers @ TRUTH * (1 - saved) + 8 * ar1(rng, (n,), 0.4)


def test_output_explains_a_busy_month_and_a_saving_is_what_is_left():
    rng = np.random.default_rng(1)
    drivers, kwh = shifts(rng, 120)
    kwh[7] = np.nan
    baseline = fit_production(names=NAMES, drivers=drivers, kwh=kwh)
    same, taken = shifts(rng, 60)
    quiet = production_savings(baseline, drivers=same, kwh=taken)
    later, used = shifts(rng, 60, saved=0.12)
    found = production_savings(baseline, drivers=later, kwh=used, level=0.99)

    assert baseline.dropped == 1
    assert list(baseline.kwh_per_unit.values()) == pytest.approx(TRUTH, rel=0.15)
    assert quiet.low_kwh <= 0 <= quiet.high_kwh
    assert found.saved_kwh / found.expected_kwh == pytest.approx(0.12, abs=0.02)
    assert found.low_kwh <= 0.12 * later.sum(axis=0) @ TRUTH <= found.high_kwh
    assert (found.status, found.periods) == (Status.VERIFIED, 60)
    assert found.intensity_after < found.intensity_before


def test_nine_intervals_in_ten_hold_nothing_saved():
    rng = np.random.default_rng(3)
    held = []
    for _ in range(100):
        drivers, kwh = shifts(rng, 160)
        both = fit_production(names=NAMES, drivers=drivers[:120], kwh=kwh[:120])
        found = production_savings(both, drivers=drivers[120:], kwh=kwh[120:])
        held.append(found.low_kwh <= 0 <= found.high_kwh)
    assert 0.82 <= np.mean(held) <= 0.97


def test_unknown_output_and_short_bases_are_refused():
    rng = np.random.default_rng(5)
    drivers, kwh = shifts(rng, 15)
    baseline = fit_production(names=NAMES, drivers=drivers, kwh=kwh)
    more, used = shifts(rng, 30, busy=3)
    found = production_savings(baseline, drivers=more, kwh=used)
    codes = {one.code for one in found.findings}

    assert {Code.FEW_BLOCKS, Code.OUTPUT_UNSEEN} <= codes
    assert (found.low_kwh, found.status) == (None, Status.SCREENED)
    assert all(one.words and one.english for one in found.findings)
    with pytest.raises(ValueError, match="one row per period"):
        fit_production(names=NAMES, drivers=drivers[1:], kwh=kwh)
    with pytest.raises(ValueError, match="more whole periods"):
        fit_production(names=NAMES, drivers=drivers[:3], kwh=kwh[:3])
    with pytest.raises(ValueError, match="no reporting period"):
        production_savings(baseline, drivers=more, kwh=np.full(30, np.nan))
