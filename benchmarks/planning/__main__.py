"""Plan a county day: ``python -m benchmarks.planning [--teams 30] [--jobs 300] [--seconds 20]``.

Two parts in one run. The whole problem as the product has it (lunch, promises, overtime, windows,
skills, gear): time to the first plan that could be published, and how many jobs are left out after
some seconds; every plan is verified by the independent checker, and every way out that a left-out
job names is tried. Then the part of it that PyVRP can express (no lunch, no promises), solved by
both for the same time on the same machine: travel seconds plus the price of what is left out.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime
from tests.engines.routing.worlds import county_day

from dianliang.engines import routing
from dianliang.engines.routing._arrays import compile_problem

GOAL_S = 20.0
FAR = 10**7
SAMPLE = 60


def whole(problem: routing.Problem, *, seconds: float) -> routing.Plan:
    """Print when the first plan is there and how the search goes on; return the last plan."""
    began = time.perf_counter()
    first = routing.solve(problem, stop=routing.MaxIterations(limit=0))
    told(problem, first, time.perf_counter() - began, "first plan")
    marks = iter([mark for mark in (1.0, 2.0, 5.0, 10.0) if mark < seconds])
    due = next(marks, None)
    began = time.perf_counter()

    def progress(now: routing.Progress) -> bool:
        nonlocal due
        passed = time.perf_counter() - began
        if due is not None and passed >= due:
            print(f"  {passed:6.2f} s  objective {now.best:12,.0f}  left out {now.unassigned}")
            due = next(marks, None)
        return True

    stop = routing.MaxSeconds(limit_s=seconds, clock=time.perf_counter)
    last = routing.solve(problem, stop=stop, progress=progress)
    told(problem, last, time.perf_counter() - began, "last plan")
    return last


def told(problem: routing.Problem, plan: routing.Plan, passed: float, what: str) -> None:
    """Print a plan's figures; a plan that breaks a rule is an error."""
    broken = routing.check(problem, plan)
    assert not broken, broken[:3]
    o = plan.objective
    left = f"must {o.unassigned_must} should {o.unassigned_should} may {o.unassigned_may}"
    print(f"  {passed:6.2f} s  objective {o.total:12,.0f}  left out {left}  ({what}, checked)")


def ways_out(problem: routing.Problem, plan: routing.Plan) -> tuple[int, int]:
    """Try the cheapest way out of a sample of left-out jobs; return how many held, of how many."""
    sample = [left for left in plan.unassigned if left.fix is not None][:SAMPLE]
    held = 0
    for left in sample:
        helped = routing.apply_fix(problem, left.fix, job_id=left.job_id)
        wanted = next(job for job in helped.jobs if job.id == left.job_id)
        after = routing.insert_job(helped, plan, wanted)
        held += not routing.check(helped, after) and after.stop_of(left.job_id) is not None
    return held, len(sample)


def plain(problem: routing.Problem) -> routing.Problem:
    """Leave away what PyVRP cannot express: lunch, promises, overtime."""
    return replace(
        problem,
        jobs=tuple(replace(job, due_at=None) for job in problem.jobs),
        teams=tuple(
            replace(
                team,
                shifts=tuple(replace(s, lunch=None, overtime_limit_s=0) for s in team.shifts),
            )
            for team in problem.teams
        ),
    )


def as_pyvrp(problem: routing.Problem) -> pyvrp.ProblemData:
    """Write a plain problem for PyVRP: one depot, profile and vehicle per team, jobs with prizes.

    What a team may not serve is very far away in its profile.
    """
    a = compile_problem(problem).arrays
    n, teams = len(problem.jobs), len(problem.teams)
    points = [job.at for job in problem.jobs] + [team.shifts[0].start for team in problem.teams]
    locations = [pyvrp.Location(point.lon, point.lat) for point in points]
    opens = np.maximum(0, a.window_from[:, 0])
    closes = np.where(a.window_to[:, 0] > FAR, FAR, a.window_to[:, 0] - a.duration)
    clients = [
        pyvrp.Client(
            location=j,
            delivery=a.job_gear[j].tolist(),
            service_duration=int(a.duration[j]),
            tw_early=int(opens[j]),
            tw_late=int(closes[j]),
            prize=int(a.penalty[j]),
            required=False,
        )
        for j in range(n)
    ]
    depots = [pyvrp.Depot(location=n + t) for t in range(teams)]
    vehicles = [
        pyvrp.VehicleType(
            capacity=a.route_gear[t].tolist(),
            start_depot=t,
            end_depot=t,
            tw_early=int(a.route_from[t]),
            tw_late=int(a.route_to[t]),
            profile=t,
        )
        for t in range(teams)
    ]
    tables = list(_profiles(a.seconds[: n + teams, : n + teams], a.able))
    return pyvrp.ProblemData(locations, clients, depots, vehicles, tables, tables)


def _profiles(seconds: np.ndarray, able: np.ndarray) -> Iterator[np.ndarray]:
    for team in range(able.shape[1]):
        table = seconds.copy()
        closed = np.flatnonzero(~able[:, team])
        table[closed, :] = FAR
        table[:, closed] = FAR
        np.fill_diagonal(table, 0)
        yield table


def compared(problem: routing.Problem, *, seconds: float, seed: int) -> None:
    """Solve a plain problem by both for the same time and print cost and what is left out."""
    stop = routing.MaxSeconds(limit_s=seconds, clock=time.perf_counter)
    ours = routing.solve(problem, stop=stop, seed=seed)
    assert not routing.check(problem, ours)
    data = as_pyvrp(problem)
    result = pyvrp.solve(data, MaxRuntime(seconds), seed=seed, collect_stats=False)
    theirs, missing = result.cost(), result.best.num_missing_clients()
    assert result.is_feasible()
    total = ours.objective.total
    print(f"  ours   {total:12,.0f}  left out {len(ours.unassigned)}")
    print(f"  PyVRP  {theirs:12,.0f}  left out {missing}")
    print(f"  ours / PyVRP {total / theirs:.3f} (seed {seed}, {seconds:.0f} s each)")


def main() -> None:
    """Run both parts; exit 1 if a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--teams", type=int, default=30)
    options.add_argument("--jobs", type=int, default=300)
    options.add_argument("--seconds", type=float, default=GOAL_S)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    routing.solve(county_day(teams=2, jobs=8, seed=9), stop=routing.MaxIterations(limit=40))
    problem = county_day(teams=asked.teams, jobs=asked.jobs, seed=asked.seed)
    print(f"{asked.teams} teams × {asked.jobs} jobs, {routing.VERSION}, kernel already compiled")
    last = whole(problem, seconds=asked.seconds)
    scarce = county_day(teams=max(1, asked.teams // 3), jobs=asked.jobs, seed=asked.seed)
    crowded = routing.solve(
        scarce, stop=routing.MaxSeconds(limit_s=2, clock=time.perf_counter), seed=asked.seed
    )
    held, tried = ways_out(scarce, crowded)
    print(
        f"  cheapest way out tried for {tried} jobs of a day with a third of the teams: {held} hold"
    )
    print("the part that PyVRP can express:")
    compared(plain(problem), seconds=asked.seconds, seed=asked.seed)
    if last.objective.unassigned_must or held < tried:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
