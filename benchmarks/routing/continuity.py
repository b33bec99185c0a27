"""Price the steward whom people know: ``python -m benchmarks.routing.continuity --seconds 60``.

The county week with its pairs of visits, planned for the same CPU time as if nobody minded who
comes, with one steward for both visits of a pair at several prices, and also with last week's
steward for two customers in five. What must hold: at one of the prices at least 95 % of the pairs
have one steward for at most 3 % more travel, with no more visits left out. How far last week's
stewards can be kept, and what it takes, depends on how different this week's hours are.
``--visits 300 --seconds 4 --pair 50 200 --known 300`` takes a minute.
"""

import argparse
import time
from dataclasses import dataclass, replace

from benchmarks.routing.cases import loyal
from dianliang.engines.routing import Plan, Problem, check, solve, warm

LEAST_KEPT, MOST_TRAVEL = 0.95, 1.03
PAIR_PRICES_S = (50.0, 100.0, 200.0, 400.0, 1200.0)
KNOWN_PRICES_S = (150.0, 300.0, 600.0, 1200.0)


@dataclass(frozen=True, slots=True)
class UntilUsed:
    """Stop after so many seconds of one core."""

    limit_s: float
    began_s: float

    def share(self, *, iteration: int, best: float) -> float:
        """Return the share of the CPU time that is used up."""
        del iteration, best
        return (time.process_time() - self.began_s) / self.limit_s


def planned(name: str, problem: Problem, *, seconds: float, seed: int) -> Plan:
    """Return a plan that the checker accepts, and print what it keeps."""
    stop = UntilUsed(seconds, time.process_time())
    plan = solve(problem, stop=stop, seed=seed)
    broken = check(problem, plan)
    assert not broken, broken[:3]
    print(
        f"{name:22} pairs {kept_pairs(problem, plan):6.1%}  known {kept_known(problem, plan):6.1%}"
        f"  travel {plan.objective.travel_s:9,} s  left out {len(plan.unassigned)}",
        flush=True,
    )
    return plan


def kept_pairs(problem: Problem, plan: Plan) -> float:
    """Return the share of pairs to which one steward comes both times."""
    team_of = {stop.job_id: route.team_id for route in plan.routes for stop in route.stops}
    held = [len({team_of.get(id_) for id_ in each.job_ids}) == 1 for each in problem.series]
    return sum(held) / len(held)


def kept_known(problem: Problem, plan: Plan) -> float:
    """Return the share of visits to which last week's steward comes, where that is wanted."""
    team_of = {stop.job_id: route.team_id for route in plan.routes for stop in route.stops}
    known = [job for job in problem.jobs if job.preferred_team]
    return sum(team_of.get(job.id) == job.preferred_team for job in known) / len(known)


def main() -> None:
    """Plan the weeks; exit 1 if pairs are kept together too seldom or at too much travel."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="CPU-seconds for each plan")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--visits", type=int, default=1500)
    parser.add_argument("--pair", type=float, nargs="+", default=[*PAIR_PRICES_S])
    parser.add_argument("--known", type=float, nargs="*", default=[*KNOWN_PRICES_S])
    asked = parser.parse_args()
    warm()
    wanted = loyal(visits=asked.visits, stewards=max(2, asked.visits // 25))

    def priced(name: str, *, pair_s: float, known_s: float) -> Plan:
        weights = replace(wanted.weights, series_team=pair_s, other_team=known_s)
        problem = replace(wanted, weights=weights)
        return planned(name, problem, seconds=asked.seconds, seed=asked.seed)

    free = priced("nobody minds", pair_s=0.0, known_s=0.0)
    is_met = False
    for price_s in asked.pair:
        plan = priced(f"pairs at {price_s:.0f} s", pair_s=price_s, known_s=0.0)
        ratio = plan.objective.travel_s / free.objective.travel_s
        print(f"  travel x {ratio:.3f} (goals: {LEAST_KEPT:.0%} of the pairs, {MOST_TRAVEL})")
        is_whole = len(plan.unassigned) <= len(free.unassigned)
        is_met |= is_whole and kept_pairs(wanted, plan) >= LEAST_KEPT and ratio <= MOST_TRAVEL
    for price_s in asked.known:
        priced(f"and known at {price_s:.0f} s", pair_s=asked.pair[-1], known_s=price_s)
    if not is_met:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
