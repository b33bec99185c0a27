"""A day's figures against plain Python."""

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dianliang.engines.loading import NO_DV, NO_W, POINTS, Rules, features
from tests.engines.loading.days import readings


def plain(power, voltage, valley=(92, 28)):
    read = [(i, w) for i, w in enumerate(power) if w != NO_W]
    volts = [v for v in voltage if v != NO_DV]
    total = sum(w for _, w in read)
    peak = max((w for _, w in read), default=None)
    first, end = valley
    lies = (
        (first <= i < end for i, _ in read)
        if first < end
        else (not end <= i < first for i, _ in read)
    )
    night = sum(w for (_, w), counts in zip(read, lies, strict=True) if counts)
    return {
        "points": len(read),
        "energy_kwh": total / 4000 if read else None,
        "peak_w": peak,
        "peak_minute": next((15 * i for i, w in read if w == peak), None),
        "load_factor": total / (len(read) * peak) if read and peak > 0 else None,
        "valley_share": night / total if read and total > 0 else None,
        "voltage_points": len(volts),
        "low_minutes": 15 * sum(v < 1980 for v in volts),
        "high_minutes": 15 * sum(v > 2354 for v in volts),
        "least_dv": min(volts, default=None),
        "most_dv": max(volts, default=None),
    }


points = st.integers(0, POINTS)
valleys = st.just((92, 28)) | st.tuples(points, points).filter(lambda valley: len({*valley}) == 2)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.2, 1.0]), valleys)
@example(seed=2, missing=0.2, valley=(44, 56))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_figures_of_a_day_are_those_of_plain_arithmetic(seed, missing, valley):
    rng = np.random.default_rng(seed)
    power = rng.integers(-3_000, rng.choice([-1_000, 10, 2_000_000_000]), (3, 2, POINTS))
    voltage = rng.integers(1_970, 2_365, (3, 2, POINTS))
    power[rng.random(power.shape) < missing] = NO_W
    voltage[rng.random(voltage.shape) < missing] = NO_DV

    rows = features(readings(power, voltage), rules=Rules(valley=valley)).to_pylist()

    for row, p, v in zip(rows, power.reshape(-1, POINTS), voltage.reshape(-1, POINTS), strict=True):
        expected = plain(p.tolist(), v.tolist(), valley)
        assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("valley", [(92, 5_000), (-1, 28), (28, 28)])
def test_a_valley_that_is_not_within_a_day_is_refused(valley):
    with pytest.raises(ValueError, match="not within a day"):
        Rules(valley=valley)


def test_the_limits_of_gb_t_12325_themselves_are_right():
    voltage = np.full((1, 1, POINTS), 2_200)
    voltage[0, 0, :4] = [1_980, 1_979, 2_354, 2_355]

    (row,) = features(readings(np.zeros((1, 1, POINTS)), voltage)).to_pylist()

    assert (row["low_minutes"], row["high_minutes"]) == (15, 15)
