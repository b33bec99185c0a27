"""Where an alert holds: shapes by position, administrative areas by code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.incidents.zones import prefix_of, zone_of
from dianliang.kernel.geo import GeoPoint

BOX = [[30.5, 119.5], [30.7, 119.5], [30.7, 119.9], [30.5, 119.9], [30.5, 119.5]]
NOTCHED = [[30.5, 119.5], [30.7, 119.5], [30.6, 119.7], [30.7, 119.9], [30.5, 119.9], [30.5, 119.5]]


@given(st.floats(30.3, 30.9), st.floats(119.3, 120.1))
def test_a_place_lies_in_a_box_when_both_coordinates_do(lat, lon):
    zone = zone_of([{"polygons": [BOX]}])

    inside = 30.5 <= lat <= 30.7 and 119.5 <= lon <= 119.9
    assert zone.holds(GeoPoint(lat, lon), code="") == inside


def test_a_bay_is_outside():
    zone = zone_of([{"polygons": [NOTCHED]}])

    assert zone.holds(GeoPoint(30.55, 119.7), code="")
    assert not zone.holds(GeoPoint(30.68, 119.7), code="")


@given(st.floats(30.0, 31.2), st.floats(119.0, 120.4), st.floats(0, 60))
def test_a_circle_is_measured_along_the_earth(lat, lon, radius_km):
    zone = zone_of([{"circles": [[30.63, 119.68, radius_km]]}])
    at = GeoPoint(lat, lon)

    assert zone.holds(at, code="") == (GeoPoint(30.63, 119.68).distance_m(at) <= 1000 * radius_km)


def test_overlapping_areas_are_one_zone():
    zone = zone_of([{"polygons": [BOX]}, {"polygons": [BOX]}, {"circles": [[30.63, 119.68, 1]]}])

    assert zone.holds(GeoPoint(30.6, 119.6), code="")


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("330000", "33"),
        ("330500", "3305"),
        ("330523", "330523"),
        ("330523000000", "330523"),
        ("330523100000", "330523100"),
        ("330523100", "330523100"),
        ("330523100203", "330523100203"),
        ("33", "33"),
        ("3305231", ""),
        ("SAME", ""),
        ("", ""),
        ("３３０５", ""),
    ],
)
def test_a_code_holds_what_lies_below_it(code, prefix):
    assert prefix_of(code) == prefix


def test_a_village_without_a_position_is_found_by_its_code():
    zone = zone_of([{"codes": ["330523000000"]}])

    assert zone.holds(None, code="330523101201")
    assert not zone.holds(None, code="330522101201")
    assert not zone.is_empty
    assert zone_of([{"codes": ["SAME"]}]).is_empty
