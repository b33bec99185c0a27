"""A large problem is cut into regions, and nobody is lost between them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.routing._arrays import compile_problem
from dianliang.engines.routing._nearby import plane
from dianliang.engines.routing._regions import split
from dianliang.engines.routing._state import Search
from tests.engines.routing.worlds import county_day

JOBS, TEAMS, TARGET = 120, 12, 20


@pytest.fixture(scope="module")
def county():
    compiled = compile_problem(county_day(teams=TEAMS, jobs=JOBS, seed=3))
    return compiled.data, plane(compiled.points)


@given(served=st.integers(0, JOBS), seed=st.integers(0, 99))
def test_each_team_and_each_job_is_in_one_region(county, served, seed):
    data, xy = county
    sequences = {v: list(range(v, served, TEAMS)) for v in range(TEAMS) if v < served}

    parts, _ = split(data, sequences, xy, target=TARGET, rng=np.random.default_rng(seed))

    assert len(parts) == JOBS // TARGET
    assert sorted(np.concatenate([routes for routes, _ in parts])) == list(range(TEAMS))
    assert sorted(np.concatenate([jobs for _, jobs in parts])) == list(range(JOBS))


def test_what_pricing_asks_of_a_stop_lies_on_one_line_of_the_cache(county):
    search = Search.begin(county[0], seed=1)

    for records in (search.tour.stops, search.tour.runs, search.tour.spots):
        assert records.ctypes.data % 64 == 0
        assert records.itemsize % 64 == 0
