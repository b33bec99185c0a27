"""Plan a county day: ``python -m benchmarks.planning [--teams 30] [--jobs 300] [--seconds 20]``.

The whole problem as the product has it (lunch, promises, overtime, windows, skills, gear): time to
the first plan that could be published, and what is left out after some seconds; every plan is
verified by the independent checker. The same day beside the peers, in as far as they can express
it, is ``python -m benchmarks.routing --case day``; whether its explanations hold,
``python -m benchmarks.routing.explanations``. What must hold: no must is left out.
"""

import argparse
import time

from tests.engines.routing.worlds import county_day

from dianliang.engines import routing

GOAL_S = 20.0


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


def main() -> None:
    """Plan the day; exit 1 if a must is left out."""
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
    if last.objective.unassigned_must:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
