"""How places are numbered: each once, and neighbours near each other in the table of ways."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import KDTree

from dianliang.engines.routing import GreatCircle, Job, Problem, Shift, Team
from dianliang.engines.routing._places import places_of
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

MORNING = datetime(2026, 6, 8, tzinfo=UTC)
HOURS = TimeWindow(MORNING, MORNING + timedelta(hours=9))
ONE_BASE = (Shift(window=HOURS, start=GeoPoint(30.6, 119.6)),)


def visits(points: list[GeoPoint]) -> Problem:
    """Return a day on which one team is to visit each of some points."""
    jobs = tuple(Job(id=f"j{i}", at=at, duration_s=600) for i, at in enumerate(points))
    team = Team(id="t", shifts=ONE_BASE)
    return Problem(jobs=jobs, teams=(team,), travel=GreatCircle(detour=1.3, speed_m_s=8.0))


few = st.sampled_from([30.5, 30.6, 30.75])
corners = st.lists(st.builds(GeoPoint, few, few), max_size=12)


@given(corners)
@settings(deadline=None)
def test_every_job_and_shift_keeps_its_own_point_and_no_point_has_two_numbers(
    points: list[GeoPoint],
) -> None:
    problem = visits(points)
    found, waits, numbers = places_of(problem, ONE_BASE)
    wanted = [*points, *points, ONE_BASE[0].start, ONE_BASE[0].start]
    assert [found[number] for number in numbers] == wanted
    assert len(set(found)) == len(found) == len(waits)


def test_neighbours_on_the_map_are_neighbours_in_the_table_whatever_order_jobs_come_in() -> None:
    rng = np.random.default_rng(1)
    at = rng.uniform((30.0, 119.0), (30.5, 119.5), (600, 2))
    problem = visits([GeoPoint(float(lat), float(lon)) for lat, lon in at])
    _, _, numbers = places_of(problem, ONE_BASE)
    own = numbers[:600]
    near = KDTree(at).query(at, k=9)[1][:, 1:]
    apart = np.abs(own[near] - own[:, None])
    assert np.median(apart) < 600 / 20  # in an order drawn at random it is 600 / 3.4
