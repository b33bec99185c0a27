"""What batteries and balanced phases take off a load."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.relief import balance_relief, storage_relief

LOADS = st.lists(st.floats(0, 500), min_size=1, max_size=40).map(np.array)


@settings(max_examples=150, deadline=None)
@given(LOADS, st.floats(0, 200), st.floats(0, 400), st.floats(0.5, 1))
def test_a_battery_never_gives_more_than_it_holds_and_lowers_the_peak(
    loads, power_kw, energy_kwh, efficiency
):
    relief = storage_relief(loads, power_kw=power_kw, energy_kwh=energy_kwh, efficiency=efficiency)
    stored = energy_kwh
    for given_kw in relief:
        stored -= given_kw / 4 if given_kw > 0 else given_kw / 4 * efficiency
        assert -1e-6 <= stored <= energy_kwh + 1e-6

    assert np.abs(relief).max() <= power_kw + 1e-6
    assert (loads - relief).max() <= loads.max() + 1e-6


def test_a_battery_takes_the_top_off_an_evening():
    evening = np.array([100.0] * 8 + [160.0] * 8 + [100.0] * 8)

    assert (evening - storage_relief(evening, power_kw=50, energy_kwh=80)).max() == pytest.approx(
        120, abs=1e-3
    )
    assert (evening - storage_relief(evening, power_kw=20, energy_kwh=80)).max() == pytest.approx(
        140, abs=1e-3
    )


def test_balancing_leaves_the_mean_of_the_phases_and_what_cannot_be_evened():
    phases = np.array([[50.0, 30], [20, 30], [20, 30]])

    assert balance_relief(phases, left=0) == pytest.approx([60, 0])
    assert balance_relief(phases, left=0.1) == pytest.approx([51, 0])
    with pytest.raises(ValueError, match="three phases"):
        balance_relief(phases[:2])
