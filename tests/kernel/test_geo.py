"""Distances and refusals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint

points = st.builds(GeoPoint, st.floats(-90, 90), st.floats(-180, 180))


@given(points, points)
def test_distance_is_symmetric_and_at_most_half_the_earth(a, b):
    assert a.distance_m(b) == pytest.approx(b.distance_m(a))
    assert 0 <= a.distance_m(b) <= math.pi * 6_371_009


def test_one_degree_of_latitude_is_about_111_km():
    assert GeoPoint(30, 119).distance_m(GeoPoint(31, 119)) == pytest.approx(111_195, abs=1)


@pytest.mark.parametrize("lat", [math.nan, math.inf, 90.1, -1e999])
def test_impossible_latitudes_are_refused_by_name(lat):
    with pytest.raises(InvalidInputError) as refusal:
        GeoPoint(lat, 119)

    assert refusal.value.field == "lat"
