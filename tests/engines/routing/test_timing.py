"""A route timed anew from where it changed stands as if it were timed from its beginning."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._arrays import compile_problem
from dianliang.engines.routing._solve import opening
from tests.engines.routing.worlds import problems

TIMED = ("item", "begin", "leave", "spot", "way", "ahead", "latest", "calm", "cost", "work")


def state_of(tour):
    """Return all that timing writes, route by route, to the way home."""
    lengths = tour.runs["length"].tolist()
    stops = [
        [stop[name].tolist() for name in TIMED]
        for stop in (tour.stops[v, :length] for v, length in enumerate(lengths))
    ]
    homes = [
        tour.stops[v, length][["way", "latest", "calm", "ahead"]].tolist()
        for v, length in enumerate(lengths)
    ]
    runs = [tour.runs[name].tolist() for name in ("length", "home", "work", "cost")]
    return stops, homes, runs, tour.worked.tolist(), tour.spots[["where", "position"]].tolist()


@settings(max_examples=40, deadline=None)
@given(
    problem=problems(max_jobs=8).filter(lambda problem: problem.jobs),
    iterations=st.integers(0, 60),
    heat=st.sampled_from([1.0, 3000.0]),
)
def test_a_plan_that_was_changed_many_times_is_timed_as_if_it_were_new(problem, iterations, heat):
    search = opening(compile_problem(problem), seed=1, start=None)

    search.run(temperature=heat, iterations=iterations)
    changed = state_of(search.tour)
    is_fine = kernel.retime(search.data, search.tour)

    assert is_fine
    assert state_of(search.tour) == changed
    assert np.isclose(kernel.total(search.data, search.tour), search.totals[0])
