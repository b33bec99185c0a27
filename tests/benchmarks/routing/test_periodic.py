"""OR-Tools may choose the days of a series, and chooses only such as one of its patterns names."""

from dataclasses import replace
from datetime import timedelta

import pytest
from benchmarks.routing.periodic import with_days
from benchmarks.routing.plain import priced
from benchmarks.routing.runs import Clock

from dianliang.engines.routing import Problem, Series, check
from dianliang.kernel.calendar import SHANGHAI
from tests.engines.routing.worlds import DAY, job, shift, team


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_or_tools_visits_every_series_on_days_of_one_pattern():
    days = tuple((DAY + timedelta(days=number)).date() for number in range(4))
    patterns = ((days[0], days[2]), (days[1], days[3]))
    twice = tuple(
        Series(id=f"S{n}", job_ids=(f"S{n}a", f"S{n}b"), patterns=patterns) for n in range(3)
    )
    once = Series(id="T", job_ids=("Ta",), patterns=tuple((day,) for day in days))
    series = (*twice, once)
    jobs = tuple(
        job(id_, km_east=3 * number, minutes=60)
        for number, one in enumerate(series)
        for id_ in one.job_ids
    )
    shifts = tuple(shift(day=number, lunch=False) for number in range(4))
    problem = Problem(jobs=jobs, teams=(replace(team("A"), shifts=shifts),), series=series)

    plan = priced(problem, with_days(problem, Clock(2.0)))

    visited = {
        stop.job_id: stop.start_at.astimezone(SHANGHAI).date()
        for route in plan.routes
        for stop in route.stops
    }
    assert check(problem, plan) == ()
    assert plan.unassigned == ()
    for one in series:
        assert tuple(visited[id_] for id_ in one.job_ids) in one.patterns
