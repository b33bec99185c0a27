"""Ways: estimated, from a table, by road between villages, cut by a flood."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import (
    IMPASSABLE_S,
    Barrier,
    Blocked,
    Clustered,
    ErrorCode,
    GreatCircle,
    InvalidProblemError,
    InvalidTravelError,
    MaxIterations,
    Problem,
    ReasonCode,
    TravelTable,
    check,
    foresee,
    solve,
)
from dianliang.engines.routing._arrays import compile_problem
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from tests.engines.routing.worlds import SEAT, county_day, job, places, team

WORLD = st.builds(GeoPoint, st.floats(-89, 89), st.floats(-179, 179))


def km_east(km: float, km_north: float = 0.0) -> GeoPoint:
    return GeoPoint(SEAT.lat + km_north / 111.2, SEAT.lon + km / 95.7)


RIVER = Barrier(points=(km_east(5, -30), km_east(5, 30)))
"""Runs north to south, five kilometres east of the seat; its bridges are down."""


def roads_of(points, *, longer=2.0) -> TravelTable:
    seconds = GreatCircle().table(points, points) * longer
    return TravelTable(points=points, seconds=seconds, metres=seconds * 9)


@given(st.lists(WORLD, min_size=1, max_size=5), st.lists(WORLD, min_size=1, max_size=5))
def test_a_table_of_estimates_says_what_each_pair_says(origins, destinations):
    table = GreatCircle().table(origins, destinations)

    each = [[GreatCircle().between(a, b)[0] for b in destinations] for a in origins]
    assert table == pytest.approx(np.array(each), rel=1e-9, abs=1e-3)


@pytest.mark.parametrize("cell", [nan, -1.0, inf])
@pytest.mark.parametrize("what", ["seconds", "metres"])
def test_a_table_with_an_unusable_cell_names_the_pair(cell, what):
    points = (km_east(0), km_east(3), km_east(9))
    bad = np.zeros((3, 3))
    bad[1, 2] = cell

    with pytest.raises(InvalidTravelError, match=str(points[2].lon)) as refusal:
        TravelTable(
            **{"points": points, "seconds": np.zeros((3, 3)), "metres": np.zeros((3, 3)), what: bad}
        )

    assert (refusal.value.a, refusal.value.b) == (points[1], points[2])


def test_a_table_of_another_size_is_refused():
    with pytest.raises(InvalidInputError, match="2 行 2 列"):
        TravelTable(
            points=(km_east(0), km_east(1)), seconds=np.zeros((3, 3)), metres=np.zeros((3, 3))
        )


@pytest.mark.parametrize("cell", [nan, -1.0, inf])
def test_a_problem_whose_travel_has_no_length_names_job_and_team(cell):
    class Broken(GreatCircle):
        def table(self, origins, destinations):
            table = super().table(origins, destinations)
            table[[point == SEAT for point in origins]] = cell
            return table

    problem = Problem(jobs=(job("J7", km_east=4),), teams=(team("蓝天队"),), travel=Broken())

    with pytest.raises(InvalidProblemError, match="蓝天队到工单 J7") as refusal:
        solve(problem, stop=MaxIterations(limit=10))

    assert [error.code for error in refusal.value.errors] == [ErrorCode.BAD_TRAVEL]


def test_bands_of_rows_make_the_same_table(monkeypatch):
    problem = county_day(teams=3, jobs=20, seed=4)
    whole = compile_problem(problem).data.time
    monkeypatch.setattr("dianliang.engines.routing._places.BAND", 7)
    monkeypatch.setattr("dianliang.engines.routing.travel.AT_ONCE", 3)

    assert np.array_equal(compile_problem(problem).data.time, whole)


def crosses(a, b, c, d) -> bool:
    """Tell on a plane whether two segments cross, by exact arithmetic on micro-degrees."""
    ax, ay, bx, by, cx, cy, dx, dy = (
        round(value * 10**6) for point in (a, b, c, d) for value in (point.lon, point.lat)
    )

    def side(px, py, qx, qy, rx, ry):
        return (qx - px) * (ry - py) - (qy - py) * (rx - px)

    return (side(ax, ay, bx, by, cx, cy) > 0) != (side(ax, ay, bx, by, dx, dy) > 0) and (
        side(cx, cy, dx, dy, ax, ay) > 0
    ) != (side(cx, cy, dx, dy, bx, by) > 0)


def distance_from_crossing(a, b, c, d) -> float:
    """Return how far the nearest end of two segments is from the other's line, in degrees."""

    def gap(p, q, r):
        x, y = q.lon - p.lon, q.lat - p.lat
        return abs(x * (r.lat - p.lat) - y * (r.lon - p.lon)) / max(1e-12, np.hypot(x, y))

    return min(gap(a, b, c), gap(a, b, d), gap(c, d, a), gap(c, d, b))


@given(places, places, places, places)
def test_a_way_meets_a_line_where_a_map_shows_it(a, b, c, d):
    if distance_from_crossing(a, b, c, d) < 2e-4:  # a great circle bows by some metres
        return

    assert bool(Barrier(points=(c, d)).met((a,), (b,))[0, 0]) == crosses(a, b, c, d)


def test_a_flood_is_met_from_outside_and_from_within():
    water = Barrier(
        points=tuple(km_east(x, y) for x, y in ((1, -1), (3, -1), (3, 1), (1, 1))), is_closed=True
    )
    west, east, within, north = km_east(0), km_east(4), km_east(2), km_east(2, 5)

    met = water.met((west, within), (west, east, within, north))

    assert met.tolist() == [[False, True, True, False], [True, True, True, True]]


def test_a_slow_way_is_longer_by_the_worst_factor_only():
    slow = Blocked(barriers=(replace(RIVER, factor=3.0), replace(RIVER, factor=2.0)))
    west, east = km_east(0), km_east(8)
    plain = GreatCircle().between(west, east)

    assert slow.between(west, east) == pytest.approx((plain[0] * 3, plain[1] * 3))
    assert slow.table((west, east), (west, east)) == pytest.approx(
        np.array([[0, plain[0] * 3], [plain[0] * 3, 0]])
    )


def test_who_stays_on_his_side_of_the_river_is_not_slower():
    a, b = km_east(0), km_east(4, 2)

    assert Blocked(barriers=(RIVER,)).between(a, b) == GreatCircle().between(a, b)


@pytest.mark.parametrize(
    ("points", "is_closed", "factor"),
    [(1, False, 2), (2, True, 2), (3, True, 0.5), (3, False, nan)],
)
def test_a_barrier_without_sense_is_refused(points, is_closed, factor):
    with pytest.raises(InvalidInputError, match=r"应不小于|至少"):
        Barrier(points=tuple(km_east(i) for i in range(points)), is_closed=is_closed, factor=factor)


def test_jobs_beyond_a_broken_bridge_go_to_the_team_that_is_there():
    jobs = tuple(job(f"J{i}", km_east=8 + i) for i in range(3))
    there = team("there")
    there = replace(there, shifts=tuple(replace(s, start=km_east(20)) for s in there.shifts))
    problem = Problem(jobs=jobs, teams=(team("here"), there), travel=Blocked(barriers=(RIVER,)))

    plan = solve(problem, stop=MaxIterations(limit=300))

    assert check(problem, plan) == ()
    assert {route.team_id for route in plan.routes if route.stops} == {"there"}
    assert plan.unassigned == ()


def test_a_job_that_nobody_gets_to_is_said_to_be_cut_off():
    problem = Problem(
        jobs=(job("near"), job("beyond", km_east=8)),
        teams=(team("here"),),
        travel=Blocked(barriers=(RIVER,)),
    )

    plan = solve(problem, stop=MaxIterations(limit=300))

    (left,) = plan.unassigned
    assert (left.job_id, left.reasons[0].code) == ("beyond", ReasonCode.CUT_OFF)
    assert [out.job_id for out in foresee(problem)] == ["beyond"]
    assert check(problem, plan) == ()


def test_at_the_centres_the_road_itself_counts():
    centres = (km_east(0), km_east(10), km_east(0, 12))
    roads = roads_of(centres)

    county = Clustered(roads=roads)

    assert county.table(centres, centres) == pytest.approx(roads.seconds)
    assert county.between(centres[0], centres[2]) == pytest.approx(
        roads.between(centres[0], centres[2])
    )


def test_within_a_village_the_estimate_counts():
    a, b = km_east(0.3), km_east(-0.4, 0.2)

    county = Clustered(roads=roads_of((km_east(0), km_east(10))))

    assert county.between(a, b) == GreatCircle().between(a, b)


@settings(max_examples=40)
@given(
    st.lists(places, min_size=2, max_size=6),
    st.lists(places, min_size=2, max_size=4, unique=True),
    st.floats(0.4, 8),
)
def test_by_clusters_no_way_is_shorter_or_longer_than_over_the_centres(points, centres, longer):
    roads = roads_of(tuple(centres), longer=longer)
    county, estimate = Clustered(roads=roads), GreatCircle()

    table = county.table(points, points)

    each = np.array([[county.between(a, b)[0] for b in points] for a in points])
    assert table == pytest.approx(each, rel=1e-6, abs=1e-3)
    for i, a in enumerate(points):
        for j, b in enumerate(points):
            near_a, near_b = (min(centres, key=p.distance_m) for p in (a, b))
            if near_a != near_b:
                road = roads.between(near_a, near_b)[0]
                access = estimate.between(a, near_a)[0] + estimate.between(b, near_b)[0]
                assert road - access - 1e-3 <= table[i, j] <= road + access + 1e-3


def test_a_village_that_no_road_leads_to_stays_out_of_reach():
    centres = (km_east(0), km_east(10))
    shut = np.array([[0, IMPASSABLE_S], [IMPASSABLE_S, 0.0]])
    county = Clustered(roads=TravelTable(points=centres, seconds=shut, metres=np.zeros((2, 2))))

    assert county.table((km_east(1),), (km_east(9),)).tolist() == [[IMPASSABLE_S]]


def test_barriers_and_villages_go_together():
    county = Clustered(roads=roads_of((km_east(0), km_east(10))))
    cut = Blocked(barriers=(replace(RIVER, factor=2.0),), travel=county)
    a, b = km_east(1), km_east(9)

    assert cut.between(a, b)[0] == pytest.approx(2 * county.between(a, b)[0])
