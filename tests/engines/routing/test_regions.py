"""A large problem is cut into regions: how many, and nobody is lost between them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.engines.routing._arrays import compile_problem
from dianliang.engines.routing._nearby import plane
from dianliang.engines.routing._regions import split
from tests.engines.routing.worlds import county_day

JOBS, TEAMS, TARGET = 120, 12, 20


@pytest.fixture(scope="module")
def county():
    compiled = compile_problem(county_day(teams=TEAMS, jobs=JOBS, seed=3))
    return compiled.data, plane(compiled.points)


def cut(county, *, served, seed=1):
    """Cut a county in which each of twelve teams serves its part of the first jobs."""
    data, xy = county
    sequences = {v: list(range(v, served, TEAMS)) for v in range(TEAMS) if v < served}
    parts, _ = split(data, sequences, xy, target=TARGET, rng=np.random.default_rng(seed))
    return parts


@pytest.mark.parametrize(("served", "regions"), [(120, 6), (60, 6), (59, 3), (31, 2), (12, 1)])
def test_where_most_are_left_out_regions_are_measured_by_what_is_served(county, served, regions):
    assert len(cut(county, served=served)) == regions


@given(served=st.integers(0, JOBS), seed=st.integers(0, 99))
def test_each_team_and_each_job_is_in_one_region(county, served, seed):
    parts = cut(county, served=served, seed=seed)

    assert sorted(np.concatenate([routes for routes, _ in parts])) == list(range(TEAMS))
    assert sorted(np.concatenate([jobs for _, jobs in parts])) == list(range(JOBS))
