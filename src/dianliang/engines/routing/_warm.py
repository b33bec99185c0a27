"""Compile the kernel before somebody waits for it."""

from datetime import UTC, datetime, timedelta

from dianliang.engines.routing._anneal import Params
from dianliang.engines.routing._desk import recommend
from dianliang.engines.routing._disruption import replan
from dianliang.engines.routing._model import Job, Link, Lunch, Problem, Series, Shift, Team
from dianliang.engines.routing._replan import insert_job
from dianliang.engines.routing._solve import solve
from dianliang.engines.routing.barriers import Barrier, Blocked
from dianliang.engines.routing.stop import MaxIterations
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

MORNING = datetime(2026, 1, 5, 8, tzinfo=UTC)
HERE, THERE = GeoPoint(lat=30.6, lon=119.7), GeoPoint(lat=30.7, lon=119.8)


def lunch(day: datetime) -> Lunch:
    """Return a break of an hour at noon."""
    noon = TimeWindow(day + timedelta(hours=3), day + timedelta(hours=5))
    return Lunch(window=noon, duration_s=3600)


def warm() -> None:
    """Have everything compiled that a plan needs, and kept on disk for the next process.

    Cost: about 22 s of one core where this version never ran, else one.
    """
    days = [MORNING + timedelta(days=day) for day in range(2)]
    shifts = tuple(
        Shift(window=TimeWindow(day, day + timedelta(hours=8)), start=HERE, lunch=lunch(day))
        for day in days
    )
    beyond = Job(id="beyond", at=HERE, duration_s=600, skills=frozenset({"none"}))
    problem = Problem(
        jobs=(beyond, *(Job(id=name, at=HERE, duration_s=600) for name in "abcde")),
        teams=tuple(Team(id=name, shifts=shifts) for name in ("A", "B")),
        travel=Blocked(barriers=(Barrier(points=(HERE, THERE), factor=1.0),)),
        links=(Link(first="a", then="b"),),
        series=(Series(id="s", job_ids=("c", "d")),),
    )
    urgent = Job(id="urgent", at=HERE, duration_s=600)
    plan = solve(problem, stop=MaxIterations(limit=100))
    solve(problem, stop=MaxIterations(limit=10), params=Params(region_jobs=3))
    recommend(problem, plan, urgent)
    insert_job(problem, plan, urgent)
    replan(problem, plan, stop=MaxIterations(limit=10), before=MORNING)
