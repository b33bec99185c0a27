"""How tight the proven bound is: ``python -m benchmarks.routing.bounds --seconds 10``.

Each case is planned for a short time; the gap holds what the plan lacks and what the bound lacks.
On published instances the bound is compared with the best known cost as well, where only its own
weakness is left. No plan may be below its bound.
"""

import argparse
import time
from itertools import islice

from benchmarks.routing.cases import CASES
from benchmarks.routing.instances import family
from dianliang.engines.routing import MaxSeconds, Problem, bound, solve

SHOWN = ("day", "week", "tea", "villages", "flood")


def told(name: str, problem: Problem, *, seconds: float, best_known: float | None = None) -> None:
    """Print plan, bound and gap of one problem."""
    began = time.monotonic()
    proven = bound(problem)
    took_s = time.monotonic() - began
    plan = solve(problem, stop=MaxSeconds(limit_s=seconds, clock=time.monotonic))
    cost = plan.objective.total
    if proven.total > cost + 1e-6:
        raise SystemExit(f"{name}: the plan {cost} is below its bound {proven.total}")
    share = 1 - proven.total / cost if cost else 0.0
    known = "" if best_known is None else f"  of best known {proven.total / best_known:6.1%}"
    print(
        f"{name:10} plan {cost:12,.0f}  bound {proven.total:12,.0f}  gap {share:6.1%}{known}"
        f"  musts out {plan.objective.unassigned_must} (proven {proven.unassigned_must})"
        f"  {took_s:5.2f} s  {proven.methods[0]}",
        flush=True,
    )


def main() -> None:
    """Print the cases, then the first instances of the published family where they lie beside."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=CASES, nargs="*", default=SHOWN)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--limit", type=int, default=6, help="published VRPTW instances")
    asked = parser.parse_args()
    for name in asked.case:
        told(name, CASES[name](), seconds=asked.seconds)
    for one in islice(family("vrptw"), asked.limit):
        told(one.name, one.problem, seconds=asked.seconds, best_known=one.best_known)


if __name__ == "__main__":
    main()
