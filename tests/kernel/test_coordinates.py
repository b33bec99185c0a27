"""WGS 84 and GCJ-02: known places, a shift of some hundred metres, and the way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.kernel.coordinates import from_gcj02, to_gcj02
from dianliang.kernel.geo import GeoPoint

in_china = st.builds(GeoPoint, st.floats(18.2, 53.5), st.floats(73.6, 135.0))
abroad = st.builds(GeoPoint, st.floats(-80, 0.5), st.floats(-170, 170))


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_known_places_in_shanghai_shenzhen_and_beijing(wgs, gcj):
    assert to_gcj02(GeoPoint(*wgs)).distance_m(GeoPoint(*gcj)) < 0.01


@given(in_china)
def test_the_way_back_ends_where_it_began(point):
    assert from_gcj02(to_gcj02(point)).distance_m(point) < 0.01


@given(in_china)
def test_the_shift_is_some_hundred_metres(point):
    assert 20 < to_gcj02(point).distance_m(point) < 1500


@given(abroad)
def test_abroad_nothing_is_shifted(point):
    assert to_gcj02(point) == point == from_gcj02(point)
