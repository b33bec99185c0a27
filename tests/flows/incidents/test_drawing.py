"""Areas as people draw and write them: read back, and holding what lies in them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.domain.incidents.zones import Reach, zone_of
from dianliang.flows.incidents.drawing import MOST_SHAPES, read_shapes, written
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from tests.flows.incidents.things import RING

lats, lons = st.floats(30.4, 30.8), st.floats(119.4, 119.9)


@given(st.lists(st.tuples(lats, lons), max_size=8), lats, lons, st.floats(0.5, 30))
@settings(max_examples=10, deadline=None)
def test_customers_are_affected_by_where_they_live(places, lat, lon, radius_km):
    """Circle, polygon and township: whoever lies in any is found, and nobody else."""
    circle = {"polygons": [], "circles": [[lat, lon, radius_km]], "codes": []}
    reach = Reach(zone=zone_of([circle, *read_shapes(RING)]), paths=("/C/T1/",))
    for number, (at_lat, at_lon) in enumerate(places):
        at = GeoPoint(at_lat, at_lon)
        path = ("/C/T1/V1/", "/C/T2/V3/")[number % 2]
        near = GeoPoint(lat, lon).distance_m(at) <= 1000 * radius_km
        boxed = 30.50 <= at_lat <= 30.55 and 119.55 <= at_lon <= 119.65
        assert reach.holds(at, path=path) == (near or boxed or path.startswith("/C/T1/"))


@given(
    st.lists(st.tuples(lats, lons, st.floats(0, 50)), max_size=3),
    st.lists(st.tuples(st.floats(30.4, 30.8), st.floats(119.4, 119.9), st.floats(0.01, 0.2))),
)
def test_what_is_written_about_shapes_is_read_back(circles, squares):
    polygons = [
        [[lat, lon], [lat, lon + side], [lat + side, lon + side], [lat + side, lon], [lat, lon]]
        for lat, lon, side in squares[:3]
    ]
    zone = {"words": "", "polygons": polygons, "circles": [[*one] for one in circles], "codes": []}

    assert read_shapes(written([zone])) == ([zone] if polygons or circles else [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("30.5,119.5 30.6,119.5", "第 1 行"),
        (f"{RING}\n圆 30.6,119.5", "第 2 行"),
        ("119.5,30.5 119.6,30.5 119.6,30.6", "写反"),
        ("圆 30.6,119.5 0\n" * (MOST_SHAPES + 1), "最多划"),
    ],
)
def test_what_bounds_nothing_is_refused_with_its_line(text, words):
    with pytest.raises(InvalidInputError, match=words):
        read_shapes(text)
