"""Run ours beside the peers: ``python -m benchmarks.routing --case week --seconds 60``.

Every solver gets the same problem and the same CPU-seconds, one after the other, each in a process
of its own. Its plan is read back as sequences and priced by our objective, ours too, and verified
by the checker. Families print the gap to the best known value, cases the ratio to the best peer.
The published instances do not ship; they lie beside the project. What must hold: on every family
that PyVRP can express our mean gap is no larger than PyVRP's, and no case has a better peer.

The family mdvrptw was never used to tune the engine; how many of many optional customers are taken
in was tuned on a few of pcvrptw. Both are run when they are named, or together by ``--held-out``.
Runs for several times (``--at 10 60 300``) are separate: whoever cools down by his time limit gets
the chance to. VROOM has the whole time at each of three levels of exploration and counts with the
best of them.

Families of their own: `technicians` (skills, tools, spare parts), `dynamic` (requests that come
during the day), `homecare` (visits of two at once), `continuity`, `replanning`, `explanations`,
`stopping`. What was found: `docs/routing.md`.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from benchmarks.routing.cases import CASES
from benchmarks.routing.comparing import compared, ratio_to_best
from benchmarks.routing.instances import Instance, family
from benchmarks.routing.peers import PEERS

FAMILIES = ("vrptw", "pvrp")
HELD_OUT = ("mdvrptw", "pcvrptw")
Means = dict[str, list[float]]


def run_family(name: str, asked: argparse.Namespace, seconds: float) -> None:
    """Print every instance of a family and the mean gaps."""
    gaps: Means = defaultdict(list)
    for instance in islice(_chosen(name, asked.instance), asked.limit):
        print(f"{name} {instance.name}, {seconds:g} CPU-s, best known {instance.best_known:,.0f}")
        costs = compared(
            instance.problem,
            asked.peer,
            seconds=seconds,
            workers=asked.workers,
            best_known=instance.best_known,
        )
        for solver, cost in costs.items():
            gaps[solver].append(100 * (cost / instance.best_known - 1))
    for solver, values in gaps.items():
        mean = sum(values) / len(values)
        print(f"{name} mean gap of {len(values)}: {solver} {mean:.2f} %", flush=True)


def _chosen(name: str, wanted: list[str] | None) -> Iterator[Instance]:
    return (one for one in family(name) if wanted is None or one.name in wanted)


def run_case(name: str, asked: argparse.Namespace, seconds: float) -> None:
    """Print a case and our ratio to the best peer."""
    problem = CASES[name]()
    shifts = sum(len(team.shifts) for team in problem.teams)
    print(f"{name} ({len(problem.jobs)} jobs, {shifts} shifts), {seconds:g} CPU-s")
    ratio_to_best(name, compared(problem, asked.peer, seconds=seconds, workers=asked.workers))


def main() -> None:
    """Run the families and cases that were asked for; all that are not held out when none was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", choices=(*FAMILIES, *HELD_OUT), nargs="+", default=[])
    parser.add_argument("--held-out", action="store_true", help="the families not run otherwise")
    parser.add_argument("--instance", nargs="+", help="only these of a family")
    parser.add_argument("--case", choices=CASES, nargs="+", default=[])
    parser.add_argument("--seconds", type=float, default=30, help="CPU-seconds for each solver")
    parser.add_argument("--at", type=float, nargs="+", help="several such limits, each its own run")
    parser.add_argument("--workers", type=int, choices=(1, 2), default=1)
    parser.add_argument("--limit", type=int, help="instances of each family")
    parser.add_argument("--peer", choices=PEERS, nargs="*", default=[*PEERS])
    asked = parser.parse_args()
    families, cases = list(asked.family), list(asked.case)
    if asked.held_out:
        families += [name for name in HELD_OUT if name not in families]
    if not families and not cases:
        families, cases = list(FAMILIES), list(CASES)
    for seconds in asked.at or [asked.seconds]:
        for name in families:
            run_family(name, asked, seconds)
        for name in cases:
            run_case(name, asked, seconds)


if __name__ == "__main__":
    main()
