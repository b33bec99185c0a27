"""Everyone on one problem: who can take part, what each found, and how we stand to the best."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from benchmarks.routing.measuring import OURS, Measured, measured
from benchmarks.routing.peers import PEERS
from benchmarks.routing.plain import priced, relaxations, unspeakable
from dianliang.engines.routing import Plan, Problem, check


def able_peers(asked: Sequence[str], problem: Problem) -> Iterator[str]:
    """Yield the peers that can take part; say of the others why not, and of all what is relaxed."""
    missing = unspeakable(problem)
    has_longest = any(team.shift_limit_s for team in problem.teams)
    for name in asked:
        peer = PEERS[name]
        if not peer.is_installed:
            print(f"  {name}: not installed (benchmarks/routing/peers.py says how)")
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
    problem: Problem,
    peers: Sequence[str],
    *,
    seconds: float,
    workers: int,
    best_known: float | None = None,
) -> dict[str, float]:
    """Run everyone on one problem; return their costs, a peer's as the best of its variants."""
    solvers = [OURS, *able_peers(peers, problem)]
    costs = {
        name: told(
            name,
            problem,
            measured(name, problem, limit_s=seconds, workers=workers),
            best_known=best_known,
        )
        for name in solvers
    }
    best: dict[str, float] = {}
    for name, cost in costs.items():
        whose = name if name == OURS else PEERS[name].variant_of or name
        best[whose] = min(cost, best.get(whose, cost))
    return best


def ratio_to_best(name: str, costs: Mapping[str, float]) -> float | None:
    """Print and return our cost in terms of the best peer's; None if no peer has a plan."""
    theirs = {peer: cost for peer, cost in costs.items() if peer != OURS and isfinite(cost)}
    if not theirs:
        return None
    best = min(theirs, key=lambda peer: theirs[peer])
    ratio = costs[OURS] / theirs[best]
    print(f"{name} ours / best peer ({best}) {ratio:.3f}", flush=True)
    return ratio
