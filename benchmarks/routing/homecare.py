"""Home care with synchronised visits: ``python -m benchmarks.routing.homecare --seconds 60``.

The instances of Mankowska, Meisel & Bierwirth (2014) in the format of the University of Udine,
beside the best known values of its repository. They do not ship. Every plan is verified by the
checker; one that breaks a rule counts as no plan. The limit is CPU time on one core, counted from
the reading of the problem, after the kernel was compiled. The search was tuned on the instances
marked with a star, by sets of parameters for all of them alike. What must hold: the mean gap to the
best known values is negative on 50 patients and more.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.routing.instances import DATA as ROUTING
from benchmarks.routing.measuring import UntilOver
from benchmarks.routing.runs import Clock
from dianliang.engines.routing import MaxIterations
from dianliang.engines.routing.homecare import (
    Care,
    Carer,
    Customer,
    HomeCareProblem,
    check,
    solve_home_care,
)

DATA = ROUTING / "hhcrsp"
TUNED_ON = {(75, number) for number in (2, 6, 10)}


def published(path: Path) -> HomeCareProblem:
    """Read an instance: place 0 is the office, where every caregiver leaves at time 0."""
    told = json.loads(path.read_text())
    usual = {service["id"]: service.get("default_duration") for service in told["services"]}
    customers = list[Customer]()
    for row, patient in enumerate(told["patients"], start=1):
        lags = patient.get("synchronization", {}).get("distance", (0, 0))
        opens, due = patient["time_window"]
        cares = tuple(
            Care(
                skill=care["service"],
                duration=float(care.get("duration", usual[care["service"]])),
            )
            for care in patient["required_caregivers"]
        )
        customers.append(
            Customer(
                id=patient["id"],
                place=row,
                opens_at=float(opens),
                due_at=float(due),
                cares=cares,
                lag_from=float(lags[0]),
                lag_to=float(lags[1]),
            )
        )
    carers = tuple(
        Carer(id=one["id"], skills=frozenset(one["abilities"])) for one in told["caregivers"]
    )
    travel = np.array(told["distances"], float)
    return HomeCareProblem(customers=tuple(customers), carers=carers, travel=travel)


def best_known() -> dict[str, float]:
    """Return the best known value of each instance, from the table of the repository."""
    rows = (line.split("|") for line in (DATA / "best_known.md").read_text().splitlines())
    cells = [[cell.strip() for cell in row] for row in rows]
    return {row[1].removesuffix(".json"): float(row[5]) for row in cells if ".json" in row[1]}


def numbers_in(name: str) -> tuple[int, int]:
    """Return how many patients an instance has, and which of that size it is."""
    size, number = name.split("_")[-2:]
    return int(size), int(number)


def chosen(sizes: list[int], numbers: list[int] | None) -> Iterator[tuple[int, int, Path]]:
    """Yield size, number and file of the instances asked for that are here."""
    for path in sorted(DATA.glob("*.json"), key=lambda path: numbers_in(path.stem)):
        size, number = numbers_in(path.stem)
        if size in sizes and (numbers is None or number in numbers):
            yield size, number, path


def gap_of(path: Path, *, seconds: float, seed: int, is_tuned_on: bool) -> float:
    """Solve an instance, print its line, and return the gap in per cent; infinite without plan."""
    best, clock = best_known()[path.stem], Clock(seconds)
    problem = published(path)
    plan = solve_home_care(problem, stop=UntilOver(clock), seed=seed)
    passed_s, broken = clock.passed_s(), check(problem, plan)
    gap = float("inf") if broken else 100 * (plan.cost.total / best - 1)
    print(
        f"{path.stem}{'*' if is_tuned_on else ' '}  {plan.cost.total:9.3f}  best {best:9.3f}"
        f"  gap {gap:7.3f} %  travel {plan.cost.travel:8.2f}"
        f"  tardiness {plan.cost.total_tardiness:7.2f} worst {plan.cost.worst_tardiness:6.2f}"
        f"  {plan.iterations:9,} iterations  CPU {passed_s:5.1f} s"
        + (f"  BREAKS {len(broken)} rules" if broken else ""),
        flush=True,
    )
    return gap


def main() -> None:
    """Run what was asked for, and print the mean gap of each size and of 50 patients and more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="CPU-seconds for each instance")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 25, 50, 75, 100, 200, 300])
    parser.add_argument("--numbers", type=int, nargs="+", help="only these of each size")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    instances = list(chosen(asked.sizes, asked.numbers))
    if not instances:
        parser.error(f"no such instance in {DATA}")
    solve_home_care(published(instances[0][2]), stop=MaxIterations(limit=100))
    gaps: dict[int, list[float]] = defaultdict(list)
    for size, number, path in instances:
        is_tuned_on = (size, number) in TUNED_ON
        gap = gap_of(path, seconds=asked.seconds, seed=asked.seed, is_tuned_on=is_tuned_on)
        gaps[size].append(gap)
    for size, values in gaps.items():
        print(f"{size} patients: mean gap of {len(values)} {np.mean(values):.3f} %")
    large = [gap for size, values in gaps.items() if size >= 50 for gap in values]
    if large:
        print(f"50 patients and more: mean gap of {len(large)} {np.mean(large):.3f} %")


if __name__ == "__main__":
    main()
