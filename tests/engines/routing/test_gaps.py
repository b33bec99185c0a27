"""A table with missing cells is made whole: over other points, by estimate, or not at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse.csgraph import shortest_path

from dianliang.engines.routing import IMPASSABLE_S, GreatCircle, InvalidTravelError
from dianliang.engines.routing.gaps import make_whole
from dianliang.kernel.geo import GeoPoint

NO = np.nan
POINTS = tuple(GeoPoint(30.5 + i / 50, 119.5) for i in range(4))


def whole(rows, points=POINTS):
    seconds = np.array(rows, float)
    return make_whole(points[: len(seconds)], seconds, seconds * 10)


def test_a_way_that_is_missing_goes_over_another_village():
    made = whole([[0, 60, NO], [60, 0, 90], [NO, 90, 0]])

    assert made.table.seconds.tolist() == [[0, 60, 150], [60, 0, 90], [150, 90, 0]]
    assert made.table.metres[0, 2] == 1500
    assert (made.bridged, made.shut, made.estimated) == (2, 0, ())


def test_a_point_off_the_network_is_estimated():
    made = whole([[0, 60, NO], [60, 0, NO], [NO, NO, 0]])

    assert made.estimated == (POINTS[2],)
    assert made.table.between(POINTS[0], POINTS[2]) == GreatCircle().between(POINTS[0], POINTS[2])
    assert made.table.seconds[0, 1] == 60


def test_two_networks_without_a_ferry_stay_apart():
    made = whole([[0, 60, NO, NO], [60, 0, NO, NO], [NO, NO, 0, 70], [NO, NO, 70, 0]])

    assert (made.table.seconds[:2, 2:] == IMPASSABLE_S).all()
    assert made.shut == 8


def test_a_one_way_road_is_shut_the_other_way():
    made = whole([[0, 60], [NO, 0]])

    assert made.table.seconds.tolist() == [[0, 60], [IMPASSABLE_S, 0]]


def test_nothing_and_one_point_are_whole():
    assert whole(np.zeros((0, 0))).table.points == ()
    assert whole([[NO]]).table.seconds.tolist() == [[0]]


def test_a_negative_cell_is_no_gap():
    with pytest.raises(InvalidTravelError):
        whole([[0, -1], [5, 0]])


@given(arrays(float, (6, 6), elements=st.sampled_from([NO, 10.0, 25.0, 70.0, 300.0])))
def test_missing_ways_are_the_shortest_over_others(seconds):
    """SciPy's Dijkstra agrees."""
    np.fill_diagonal(seconds, 0.0)
    points = tuple(GeoPoint(30.5 + i / 50, 119.5) for i in range(6))

    made = make_whole(points, seconds, seconds)

    shortest = shortest_path(np.nan_to_num(seconds), method="D")
    on = [i for i, point in enumerate(points) if point not in made.estimated]
    for i in on:
        for j in on:
            told = seconds[i, j]
            wanted = told if not np.isnan(told) else min(shortest[i, j], IMPASSABLE_S)
            assert made.table.seconds[i, j] == wanted
