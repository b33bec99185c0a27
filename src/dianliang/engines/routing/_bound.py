"""How much better a plan could still be: a bound that no plan can beat, proven.

Lagrangian relaxation. The hours and the gear of shifts get prices; with these every served job pays
for its work and the way to it, every used shift is paid for its hours, and what is left is either
an assignment (each job has one that precedes and one that follows; exact, SciPy) or a choice job by
job. Any prices from zero up give a valid bound; good ones come from a linear programme (HiGHS).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from dianliang.engines.routing._model import Bound, Plan, Problem
from dianliang.engines.routing._priority import Priority
from dianliang.engines.routing._relaxed import Floats, Relaxed, relaxed
from dianliang.engines.routing._shadow import Multipliers, Prices, multipliers, prices_of
from dianliang.engines.routing._solve import compiled_or_refused

MOST_NODES = 2500
"""Most jobs and shifts for the assignment, whose time grows with the cube."""
STEPS = (1.0, 0.75, 0.5, 0.0)
"""Shares of the linear programme's prices that are tried."""
CAUTION = 1e-9
"""Share of all prices by which a bound is lowered, because sums of floats are rounded."""
WORTH_SAYING = 0.9
"""A gap beyond this says nothing about the plan."""

SINGLE = "逐单：每单至少付上门路程和迟到的价"
CHAIN = "指派：每单只有一个前一站和一个后一站"
HOURS = "班次工时和装备的影子价格"
NOBODY = "没有队伍，各单都排不进"


def bound(problem: Problem) -> Bound:
    """Return a proven lower bound of the weighted objective, and of the musts left out.

    No plan that keeps the rules has less. Links, series, balance, waiting and breaks that need not
    be taken are relaxed to nothing, so the bound may be far below the best plan, above all where
    hours of customers are narrow. Cost: under a second on 30 teams × 300 jobs; beyond `MOST_NODES`
    jobs and shifts each job is looked at by itself. Memory: 25 bytes × (jobs + shifts)².

    Raises:
        InvalidProblemError: the problem contradicts itself.
    """
    compiled = compiled_or_refused(problem)
    worth = np.array([problem.weights.worth(job) for job in problem.jobs], np.float64)
    musts = np.array([job.priority is Priority.MUST for job in problem.jobs], np.float64)
    if compiled is None or not problem.jobs:
        total = float(worth.sum()) * (1 - CAUTION)
        return Bound(total=total, unassigned_must=int(musts.sum()), methods=(NOBODY, NOBODY))
    rules = relaxed(compiled)
    way = rules.least_way()
    total, how = _highest(rules, way, prices_of(problem, compiled, rules, worth))
    out, why = _highest(rules, way, _counting(rules, musts))
    least = max(0, int(np.ceil(out - 1e-6)))
    return Bound(total=max(0.0, total), unassigned_must=least, methods=(how, why))


def gap(plan: Plan, bound: Bound) -> float | None:
    """Return by which share of its objective a plan could be better at most; None if unproven.

    Zero means that the plan is the best there is. Nothing is said where the bound is so weak that
    the share would be `WORTH_SAYING` and more.
    """
    total = plan.objective.total
    if total <= bound.total:
        return 0.0
    share = (total - bound.total) / total
    return share if share < WORTH_SAYING else None


def _counting(rules: Relaxed, musts: Floats) -> Prices:
    """Return prices that count musts left out, and nothing else."""
    n, shifts = rules.earliest.shape
    return Prices(
        worth=musts,
        own=np.where(rules.able_shifts, 0.0, np.inf),
        late=np.zeros((3, n)),
        wait=np.zeros((2, n)),
        due=np.zeros(n),
        travel=0.0,
        fixed=np.zeros(shifts),
        over=0.0,
    )


def _highest(rules: Relaxed, way: Floats, prices: Prices) -> tuple[float, str]:
    """Return the highest of several bounds, each of them valid, and its method."""
    if not prices.worth.any():
        return 0.0, SINGLE
    found = max(_bounds(rules, way, prices), key=lambda pair: pair[0])
    return found[0] - CAUTION * float(prices.worth.sum()), found[1]


def _bounds(rules: Relaxed, way: Floats, prices: Prices) -> Iterator[tuple[float, str]]:
    best = multipliers(rules, way, prices)
    is_small = sum(rules.earliest.shape) <= MOST_NODES
    chained = _Chained.of(rules, prices) if is_small else None
    for share in STEPS:
        shadow = best.scaled(share)
        hours = f"，并计入{HOURS}" if share else ""
        yield single(rules, way, prices, shadow), f"{SINGLE}{hours}"
        if chained is not None:
            yield chained.bound(rules, prices, shadow), f"{CHAIN}{hours}"


def single(rules: Relaxed, way: Floats, prices: Prices, shadow: Multipliers) -> float:
    """Return the bound when each job pays for its work and the least way to it, or is left out."""
    hour = np.where(rules.able, shadow.hours, np.inf).min(axis=1, initial=np.inf)
    hour[np.isinf(hour)] = 0.0  # of jobs that nobody can do, whose own price is infinite
    served = (
        prices.own.min(axis=1, initial=np.inf)
        + prices.travel * way
        + hour[rules.class_of] * (rules.service + way)
        + rules.needs @ shadow.gear
    )
    back = np.where(rules.able_shifts.T, rules.home, np.inf).min(axis=1, initial=np.inf)
    back = np.where(np.isfinite(back), back, 0.0)
    used = _used(rules, prices, shadow)
    used += (prices.travel + shadow.hours[rules.kind_of]) * back
    return float(np.minimum(prices.worth, served).sum() + np.minimum(0.0, used).sum())


def _used(rules: Relaxed, prices: Prices, shadow: Multipliers) -> Floats:
    """Return what it costs to go out at all, less the price of all that the shift holds."""
    hour = shadow.hours[rules.kind_of]
    beyond = np.maximum(0.0, hour - prices.over) * rules.over
    return prices.fixed - hour * rules.room - beyond - rules.stock @ shadow.gear


@dataclass(frozen=True, slots=True)
class _Chained:
    """The assignment's prices that do not depend on the multipliers, infinite where impossible."""

    arcs: Floats  # (n, n)
    starts: Floats  # (V, n)
    ends: Floats  # (n, V)

    @classmethod
    def of(cls, rules: Relaxed, prices: Prices) -> "_Chained":
        every = slice(0, len(rules.service))
        usable = rules.is_usable(every)
        done = rules.first + rules.service
        late = np.full(usable.shape, np.inf)
        for day in range(len(done)):
            begin = np.maximum(done[day][:, None] + rules.ways, rules.first[day])
            in_time = begin <= rules.last[day]
            cost = prices.lateness(np.where(in_time, begin, 0.0))
            np.minimum(late, cost, out=late, where=in_time)
        own = prices.own.min(axis=1, initial=np.inf)
        arcs = np.maximum(late, own) + prices.travel * rules.ways
        starts = prices.own.T + prices.travel * rules.out
        ends = np.where(rules.able_shifts, prices.travel * rules.home.T, np.inf)
        return cls(np.where(usable, arcs, np.inf), starts, ends)

    def bound(self, rules: Relaxed, prices: Prices, shadow: Multipliers) -> float:
        """Return the bound when each served job has one that precedes and one that follows."""
        n, shifts = self.ends.shape
        hour, gear = shadow.hours[rules.kind_of], rules.needs @ shadow.gear
        cost = np.full((n + shifts, n + shifts), np.inf)
        takes = rules.ways + rules.service
        cost[:n, :n] = self.arcs + takes * _between(rules, shadow) + gear
        cost[n:, :n] = self.starts + hour[:, None] * (rules.out + rules.service) + gear
        cost[n:, :n] += _used(rules, prices, shadow)[:, None]
        cost[:n, n:] = self.ends + hour * rules.home.T
        np.fill_diagonal(cost, [*prices.worth, *np.zeros(shifts)])
        rows, columns = linear_sum_assignment(cost)
        return float(cost[rows, columns].sum())


def _between(rules: Relaxed, shadow: Multipliers) -> Floats:
    """Return the least price of an hour among those who could do both jobs, zero if nobody."""
    classes = len(rules.able)
    price = np.full((classes, classes), np.inf)
    for kind, hour in enumerate(shadow.hours):
        both = np.outer(rules.able[:, kind], rules.able[:, kind])
        price[both] = np.minimum(price[both], hour)
    price[np.isinf(price)] = 0.0
    pairs: Floats = price[rules.class_of][:, rules.class_of]
    return pairs
