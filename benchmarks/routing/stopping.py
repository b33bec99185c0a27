"""Try when the web stops early: ``python -m benchmarks.routing.stopping --seconds 60``.

A county's ordinary days, as the product has them (lunch, promises, overtime, windows, skills,
gear), are planned twice: for the whole time, and until the web's criterion says that a long search
has found nothing better. Time is CPU time of one core, so that a crowded machine changes nothing.
What must hold: the plan that stopped early is at most 1 % dearer in the mean, and at worst twice
that.
"""

import argparse
import os
import time
from collections.abc import Sequence
from statistics import fmean

from tests.engines.routing.worlds import county_day

from dianliang.engines.routing import (
    FirstOf,
    MaxSeconds,
    NoImprovement,
    Plan,
    Problem,
    StopCriterion,
    check,
    solve,
    warm,
)

MOST_DEARER = 0.01


def patience(jobs: int) -> int:
    """Return how many rounds without a better plan the web waits."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dianliang.config.test_settings")
    django.setup()
    from dianliang.flows.planning.computing import LEAST_PATIENCE, PATIENCE_PER_JOB

    return max(LEAST_PATIENCE, PATIENCE_PER_JOB * jobs)


def planned(problem: Problem, stop: StopCriterion) -> tuple[Plan, float]:
    """Return a plan that the checker accepts, and the CPU-seconds it took."""
    began = time.process_time()
    plan = solve(problem, stop=stop)
    passed = time.process_time() - began
    broken = check(problem, plan)
    assert not broken, broken[:3]
    return plan, passed


def main(arguments: Sequence[str] | None = None) -> None:
    """Plan days both ways; exit 1 if stopping early costs too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="the whole time, of one core")
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args(arguments)
    rounds = patience(asked.jobs)
    warm()
    dearer = list[float]()
    for seed in range(1, asked.seeds + 1):
        day = county_day(teams=max(2, asked.jobs // 10), jobs=asked.jobs, seed=seed)
        time_is_up = MaxSeconds(limit_s=asked.seconds, clock=time.process_time)
        whole, whole_s = planned(day, time_is_up)
        stop = FirstOf(
            criteria=(
                MaxSeconds(limit_s=asked.seconds, clock=time.process_time),
                NoImprovement(patience=rounds),
            )
        )
        early, early_s = planned(day, stop)
        dearer.append(early.objective.total / whole.objective.total - 1)
        print(
            f"day {seed}  whole time {whole.objective.total:12,.0f} ({whole_s:5.1f} s)"
            f"  early {early.objective.total:12,.0f} ({early_s:5.1f} s)  {dearer[-1]:+.2%}",
            flush=True,
        )
    print(f"stopped early: mean {fmean(dearer):+.2%}, worst {max(dearer):+.2%}")
    if fmean(dearer) > MOST_DEARER or max(dearer) > 2 * MOST_DEARER:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
