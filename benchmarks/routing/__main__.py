"""Run families beside PyVRP: ``python -m benchmarks.routing [--family NAME] [--seconds 30]``.

Both get the same seconds one after the other on one core, in the same run. Prints the gap of each
to the best known value. What must hold: our mean gap is no larger than PyVRP's on every family
that it can express. The instances do not ship; they lie beside the project.
"""

import argparse
import time

import pyvrp
import pyvrp.stop

from benchmarks.routing.instances import DATA, Instance, family
from dianliang.engines.routing import MaxIterations, MaxSeconds, check, solve

FAMILIES = ("vrptw", "pcvrptw", "mdvrptw", "pvrp")
ROUNDING = {"vrptw": "dimacs", "pcvrptw": "dimacs", "mdvrptw": "exact"}
"""How PyVRP must round each family to count as its best known values do."""


def ours(instance: Instance, seconds: float) -> float:
    """Plan an instance and return its cost; the checker must find nothing."""
    stop = MaxSeconds(limit_s=seconds, clock=time.process_time)
    plan = solve(instance.problem, stop=stop)
    assert check(instance.problem, plan) == (), instance.name
    return instance.cost(plan)


def peer(instance: Instance, seconds: float) -> float | None:
    """Solve the instance with PyVRP used plainly, if it can express it."""
    if instance.family not in ROUNDING:
        return None
    path = DATA / instance.family / f"{instance.name}.vrp"
    data = pyvrp.read(str(path), round_func=ROUNDING[instance.family])
    found = pyvrp.solve(data, pyvrp.stop.MaxRuntime(seconds), seed=1, display=False)
    return float(found.cost()) if found.is_feasible() else float("inf")


def main() -> None:
    """Print a line per instance and the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", choices=FAMILIES, action="append")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--limit", type=int, default=1000, help="instances of each family")
    asked = parser.parse_args()
    for name in asked.family or FAMILIES:
        gaps: list[tuple[float, float | None]] = []
        for number, instance in enumerate(family(name)):
            if number == asked.limit:
                break
            if number == 0:
                solve(instance.problem, stop=MaxIterations(limit=0))
            mine, theirs = ours(instance, asked.seconds), peer(instance, asked.seconds)
            gap = 100 * (mine / instance.best_known - 1)
            other = None if theirs is None else 100 * (theirs / instance.best_known - 1)
            gaps.append((gap, other))
            shown = "cannot express it" if other is None else f"{other:6.2f} %"
            print(f"{name:8} {instance.name:10} ours {gap:6.2f} %  PyVRP {shown}", flush=True)
        mean = sum(gap for gap, _ in gaps) / max(1, len(gaps))
        print(f"{name:8} mean of {len(gaps)}: ours {mean:.2f} %", end="")
        others = [other for _, other in gaps if other is not None]
        print(f", PyVRP {sum(others) / len(others):.2f} %" if others else "")


if __name__ == "__main__":
    main()
