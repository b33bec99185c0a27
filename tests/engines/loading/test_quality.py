"""Readings that are spoiled on purpose: each is doubted for its own reason, and no other is."""

from datetime import timedelta

import numpy as np
import pytest

from dianliang.engines.loading import (
    NO_W,
    POINTS,
    Doubt,
    Meter,
    Network,
    QualityRules,
    Span,
    Transformer,
    conclude,
    examine,
)
from tests.engines.loading.days import FIRST_ON, readings

METERS, DAYS = 12, 6
SPAN = Span(FIRST_ON, FIRST_ON + timedelta(days=DAYS))
NETWORK = Network.of(
    [Meter(number=f"M{i}", transformer="T") for i in range(METERS + 1)],
    [Transformer(number="T", capacity_kva=100.0)],
)


def judged(power, voltage, network=NETWORK):
    batch = readings(power, voltage)
    halves = [batch.slice(0, batch.num_rows // 2), batch.slice(batch.num_rows // 2)]
    parts = [examine([half], network, QualityRules()) for half in halves]
    found = conclude(parts, network, SPAN, QualityRules())
    return {one.number: one for one in found}


def town():
    """Households behind one transformer: their voltages wander together."""
    rng = np.random.default_rng(11)
    power = rng.integers(100, 3_000, (METERS, DAYS, POINTS))
    common = np.cumsum(rng.normal(0, 6, DAYS * POINTS)).reshape(1, DAYS, POINTS)
    voltage = 2_300 + common - common.mean() + rng.normal(0, 4, (METERS, DAYS, POINTS))
    return power, voltage


def test_sound_readings_raise_no_doubt_and_a_meter_without_any_is_named():
    found = judged(*town())

    assert {one.number: one.doubts for one in found.values() if one.doubts} == {
        f"M{METERS}": (Doubt.SILENT,)
    }
    assert found["M0"].words == "正常"


def test_each_fault_is_told_for_what_it_is():
    power, voltage = town()
    power[0, 1, 5:20] = NO_W
    power[1, 2, 30:50] = 777
    power[2, 3, 40] = 60_000
    power[7, 3, 40] = 150_000
    voltage[4] = np.roll(voltage[4].ravel(), 3).reshape(DAYS, POINTS)
    power[5, 2, 30:50] = 0

    found = judged(power, voltage)

    doubts = {one.number: one.doubts for one in found.values() if one.doubts}
    assert doubts == {
        "M0": (Doubt.GAPS,),
        "M1": (Doubt.STUCK,),
        "M2": (Doubt.SPIKES,),
        "M7": (Doubt.SPIKES,),
        "M4": (Doubt.CLOCK,),
        f"M{METERS}": (Doubt.SILENT,),
    }
    assert (found["M0"].gaps, found["M0"].longest_gap, found["M1"].stuck) == (1, 15, 20)
    assert found["M4"].words == "时钟快约 45 分钟"


@pytest.mark.parametrize("points", [-2, 1])
def test_a_slow_clock_is_told_from_a_fast_one(points):
    """A clock that is slow writes an early time beside what happens late."""
    power, voltage = town()
    voltage[4] = np.roll(voltage[4].ravel(), points).reshape(DAYS, POINTS)

    assert judged(power, voltage)["M4"].clock_minutes == -15 * points


def test_without_a_register_nobody_judges_clocks():
    found = judged(*town(), network=None)

    assert {one.clock_minutes for one in found.values()} == {None}
