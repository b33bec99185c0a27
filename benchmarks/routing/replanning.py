"""Re-plan the flood day after an urgent job: ``python -m benchmarks.routing.replanning``.

Prints the median and the 95th percentile of what a caller waits for, compiling and explaining
included, in seconds of one core, and how many visits changed. Goals: a re-plan of 184 teams and
5922 jobs within 5 s and 5 changed visits; a recommendation on a week of 1500 visits within 200 ms.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from benchmarks.routing.cases import flood, week
from dianliang.engines.routing import (
    Desk,
    Job,
    MaxIterations,
    MaxSeconds,
    Plan,
    Priority,
    Problem,
    check,
    recommend,
    replan,
    solve,
    warm,
)

REPLAN_S, RECOMMEND_S, MOST_CHANGES = 5.0, 0.2, 5
URGENT_VALUE = 200_000.0


def urgent_jobs(problem: Problem, count: int, *, seed: int) -> list[Job]:
    """Draw urgent jobs like those of a problem: anywhere, at any hour, not to be left out."""
    rng = np.random.default_rng(seed)
    return [
        replace(
            problem.jobs[int(rng.integers(len(problem.jobs)))],
            id=f"urgent{number}",
            windows=(),
            priority=Priority.MUST,
            value=URGENT_VALUE,
        )
        for number in range(count)
    ]


def timed(ask: Callable[[Job], object], jobs: list[Job]) -> list[float]:
    """Return the seconds of one core that each question takes."""
    seconds = list[float]()
    for job in jobs:
        began = time.process_time()
        ask(job)
        seconds.append(time.process_time() - began)
    return seconds


def told(what: str, seconds: list[float], goal_s: float) -> None:
    """Print a line with the percentiles and whether the goal is met."""
    p50, p95 = np.percentile(seconds, [50, 95])
    met = "met" if p95 <= goal_s else "MISSED"
    print(f"{what:34} p50 {p50:7.3f} s  p95 {p95:7.3f} s  goal {goal_s} s: {met}", flush=True)


def replanning(problem: Problem, plan: Plan, jobs: list[Job], search_s: float) -> None:
    """Re-plan after each urgent job by itself."""
    seconds, changes, placed, grew = list[float](), list[int](), 0, list[float]()
    for job in jobs:
        wider = replace(problem, jobs=(*problem.jobs, job))
        stop = MaxSeconds(limit_s=search_s, clock=time.process_time)
        began = time.process_time()
        done = replan(wider, plan, stop=stop, most_changes=MOST_CHANGES)
        seconds.append(time.process_time() - began)
        changes.append(len(done.chosen) + len(done.forced))
        placed += done.plan.stop_of(job.id) is not None
        grew.append(done.plan.objective.total - plan.objective.total)
        if job is jobs[0]:
            assert check(wider, done.plan) == ()
    told("re-plan the flood day", seconds, REPLAN_S)
    met = "met" if max(changes) <= MOST_CHANGES else "MISSED"
    print(f"changed visits: most {max(changes)}, mean {np.mean(changes):.1f}: {met}")
    print(f"urgent jobs placed: {placed} of {len(jobs)}; objective +{np.mean(grew):.0f} on average")


def recommending(problem: Problem, plan: Plan, jobs: list[Job]) -> None:
    """Ask for the best slots, each time from nothing and at a desk."""
    told("recommend on the week", timed(partial(recommend, problem, plan), jobs), RECOMMEND_S)
    told("  the same at a desk", timed(Desk(problem, plan).recommend, jobs), RECOMMEND_S)


def main() -> None:
    """Plan both cases, then change them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=20)
    parser.add_argument("--iterations", type=int, default=100_000, help="of the first plans")
    parser.add_argument("--search-seconds", type=float, default=1.0, help="of a re-plan")
    asked = parser.parse_args()
    warm()
    county = week()
    plan = solve(county, stop=MaxIterations(limit=asked.iterations))
    recommending(county, plan, urgent_jobs(county, asked.jobs, seed=7))
    region = flood()
    plan = solve(region, stop=MaxIterations(limit=asked.iterations))
    replanning(region, plan, urgent_jobs(region, asked.jobs, seed=7), asked.search_seconds)


if __name__ == "__main__":
    main()
