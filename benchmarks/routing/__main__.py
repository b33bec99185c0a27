"""Run ours beside the peers: ``python -m benchmarks.routing --case week --seconds 60``.

Every solver gets the same problem and the same CPU-seconds, one after the other, each in a process
of its own. Its plan is read back as sequences and priced by our objective, ours too, and verified
by the checker. Families print the gap to the best known value, cases the ratio to the best peer.
The published instances do not ship; they lie beside the project. What must hold: on every family
that PyVRP can express our mean gap is no larger than PyVRP's, and no case has a better peer.

The families mdvrptw and pcvrptw were never used to tune the engine: they are run when they are
named, or all together by ``--held-out``. Runs for several times (``--at 10 60 300``) are separate:
whoever cools down by his time limit gets the chance to.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice

from benchmarks.routing.cases import CASES
from benchmarks.routing.instances import Instance, family
from benchmarks.routing.measuring import OURS, Measured, measured
from benchmarks.routing.peers import PEERS
from benchmarks.routing.plain import priced, relaxations, unspeakable
from dianliang.engines.routing import Plan, Problem, check

FAMILIES = ("vrptw", "pvrp")
HELD_OUT = ("mdvrptw", "pcvrptw")
Means = dict[str, list[float]]


def able_peers(asked: list[str], problem: Problem) -> Iterator[str]:
    """Yield the peers that can take part; say of the others why not, and of all what is relaxed."""
    missing = unspeakable(problem)
    has_longest = any(team.shift_limit_s for team in problem.teams)
    for name in asked:
        peer = PEERS[name]
        if not peer.is_installed:
            print(f"  {name}: not installed (uv sync --group peers)")
        elif missing:
            print(f"  {name}: cannot express {', '.join(missing)}")
        elif has_longest and not peer.has_longest_shift:
            print(f"  {name}: cannot express a longest shift")
        else:
            for words in relaxations(problem, has_soft_promises=peer.has_soft_promises):
                print(f"  {name}: {words}")
            yield name


def left_out(problem: Problem, plan: Plan) -> str:
    """Return how many jobs are left out, dearest first."""
    worth = {job.id: problem.weights.worth(job) for job in problem.jobs}
    out = Counter(worth[left.job_id] for left in plan.unassigned)
    return "/".join(str(out[price]) for price in sorted(set(worth.values()), reverse=True)[:6])


def told(name: str, problem: Problem, found: Measured, *, best_known: float | None) -> float:
    """Print a solver's line and return its cost; a plan that breaks a rule costs everything."""
    if found.trouble:
        print(f"  {name:12} no plan: {found.trouble}", flush=True)
        return float("inf")
    plan = priced(problem, found.sequences)
    broken, o = check(problem, plan), plan.objective
    gap = "" if best_known is None else f"  gap {100 * (o.total / best_known - 1):7.2f} %"
    first = "     –" if found.first_s is None else f"{found.first_s:6.1f}"
    print(
        f"  {name:12} cost {o.total:13,.0f}{gap}  travel {o.travel_s:11,}"
        f"  left out {left_out(problem, plan)}  other team {o.other_team + o.series_teams}"
        f"  first {first} s  CPU {found.cpu_s:6.1f} s  wall {found.wall_s:6.1f} s"
        f"  {found.memory_mb:6.0f} MB" + (f"  BREAKS {len(broken)} rules" if broken else ""),
        flush=True,
    )
    return float("inf") if broken else o.total


def compared(
    problem: Problem, asked: argparse.Namespace, *, seconds: float, best_known: float | None
) -> dict[str, float]:
    """Run everyone on one problem; return their costs."""
    solvers = [OURS, *able_peers(asked.peer, problem)]
    return {
        name: told(
            name,
            problem,
            measured(name, problem, limit_s=seconds, workers=asked.workers),
            best_known=best_known,
        )
        for name in solvers
    }


def run_family(name: str, asked: argparse.Namespace, seconds: float) -> None:
    """Print every instance of a family and the mean gaps."""
    gaps: Means = defaultdict(list)
    for instance in islice(_chosen(name, asked.instance), asked.limit):
        print(f"{name} {instance.name}, {seconds:g} CPU-s, best known {instance.best_known:,.0f}")
        costs = compared(instance.problem, asked, seconds=seconds, best_known=instance.best_known)
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
    costs = compared(problem, asked, seconds=seconds, best_known=None)
    mine, theirs = costs.pop(OURS), min(costs.items(), key=lambda item: item[1], default=None)
    if theirs is not None and theirs[1] < float("inf"):
        print(f"{name} ours / best peer ({theirs[0]}) {mine / theirs[1]:.3f}", flush=True)


def main() -> None:
    """Run the families and cases that were asked for; all that are not held out when none was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", choices=(*FAMILIES, *HELD_OUT), nargs="+", default=[])
    parser.add_argument("--held-out", action="store_true", help="the families kept from tuning")
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
