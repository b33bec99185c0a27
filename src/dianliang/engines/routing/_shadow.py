"""What an hour of each kind of shift and each piece of gear is worth, from a linear programme."""

from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from dianliang.engines.routing._arrays import Compiled
from dianliang.engines.routing._kernel import NEVER
from dianliang.engines.routing._model import Problem
from dianliang.engines.routing._relaxed import Floats, Relaxed


@dataclass(frozen=True, slots=True)
class Prices:
    """What counts, in weighted seconds: of leaving out, of serving, of driving, of going out."""

    worth: Floats  # (n,)
    own: Floats  # (n, V): lateness at the first begin, another team; infinite where impossible
    late: Floats  # (3, n): a second at first, most of that, a second without end
    wait: Floats  # (2, n): a second from the first opening, most of that
    due: Floats  # (n,): from when on lateness is priced
    travel: float
    fixed: Floats  # (V,)
    over: float

    def lateness(self, begin: Floats) -> Floats:
        """Return the price of beginning each job at a time, its wait included. Shape (…, n)."""
        steep, most, gentle = self.late
        late = np.maximum(0.0, begin - self.due)
        waited = np.minimum(self.wait[0] * begin, self.wait[1])
        cost: Floats = waited + np.minimum(steep * late, most) + gentle * late
        return cost


@dataclass(frozen=True, slots=True)
class Multipliers:
    """Prices from zero up: of a second of each kind of shift, of a piece of each kind of gear."""

    hours: Floats  # (K,)
    gear: Floats  # (2 g,)

    def scaled(self, share: float) -> "Multipliers":
        """Return a share of all of them."""
        return Multipliers(self.hours * share, self.gear * share)


def prices_of(problem: Problem, compiled: Compiled, rules: Relaxed, worth: Floats) -> Prices:
    """Return the prices of a problem's own objective."""
    d, n = compiled.data, len(compiled.jobs)
    jobs = d.items[:n]
    prices = Prices(
        worth=worth,
        own=np.zeros_like(rules.earliest),
        late=np.array([jobs["late_price"], jobs["late_most"], jobs["late_rest"]]),
        wait=np.array([jobs["wait_price"], jobs["wait_most"]]),
        due=np.array([_priced_from(job.due_at, compiled) for job in compiled.jobs]),
        travel=float(problem.weights.travel_per_s),
        fixed=d.routes["fixed"].astype(np.float64),
        over=float(problem.weights.overtime_per_s),
    )
    can = rules.able_shifts
    late = prices.lateness(np.where(can, rules.earliest, 0.0).T).T
    return replace(prices, own=np.where(can, late + d.extra, np.inf))


def _priced_from(due_at: datetime | None, compiled: Compiled) -> float:
    """Return from when on lateness is priced: not before anybody could begin, and rounded up."""
    if due_at is None:
        return float(NEVER)
    due_s = (due_at - compiled.epoch).total_seconds()
    return int(due_s) + ceil(max(0.0, -due_s))


def multipliers(rules: Relaxed, way: Floats, prices: Prices) -> Multipliers:
    """Return what hours and gear are worth when jobs may be served in part (HiGHS).

    Served time of each class of jobs is shared out over the kinds of shift that are able. A
    programme that is not solved gives prices of zero, which are valid as well.
    """
    classes, kinds = rules.able.shape
    own = prices.own.min(axis=1, initial=np.inf)
    takes, price = rules.service + way, own + prices.travel * way
    jobs = np.flatnonzero(price < prices.worth)
    of, at = np.nonzero(rules.able)
    n, flows, pieces = len(jobs), len(of), rules.needs.shape[1]
    count = np.bincount(rules.kind_of, minlength=kinds).astype(np.float64)
    room, over, fixed = (
        np.bincount(rules.kind_of, weights=values, minlength=kinds)
        for values in (rules.room, rules.over, prices.fixed)
    )
    nothing = Multipliers(np.zeros(kinds), np.zeros(pieces))
    if not n or not kinds:
        return nothing
    x, f, o, y = np.arange(n), n + np.arange(flows), n + flows, n + flows + kinds
    k, ones = np.arange(kinds), np.ones(kinds)
    piece, job = np.nonzero(rules.needs[jobs].T)
    entries = [
        (rules.class_of[jobs], x, takes[jobs]),
        (of, f, -np.ones(flows)),
        (classes + at, f, np.ones(flows)),
        (classes + k, o + k, -ones),
        (classes + k, y + k, -room / count),
        (classes + kinds + piece, job, rules.needs[jobs][job, piece]),
        (classes + kinds + pieces + k, o + k, ones),
        (classes + kinds + pieces + k, y + k, -over / count),
    ]
    rows, columns, values = (np.concatenate(part) for part in zip(*entries, strict=True))
    shape = (classes + 2 * kinds + pieces, n + flows + 2 * kinds)
    limits = np.zeros(shape[0])
    limits[classes + kinds : classes + kinds + pieces] = rules.stock.sum(axis=0)
    solved = linprog(
        np.concatenate(
            [price[jobs] - prices.worth[jobs], np.zeros(flows), prices.over * ones, fixed / count]
        ),
        A_ub=coo_array((values, (rows, columns)), shape=shape).tocsr(),
        b_ub=limits,
        bounds=np.column_stack(
            [
                np.zeros(shape[1]),
                np.concatenate([np.ones(n), np.full(flows + kinds, np.inf), count]),
            ]
        ),
        method="highs",
    )
    if solved.status != 0:
        return nothing
    dual = np.maximum(0.0, -solved.ineqlin.marginals)
    first = classes + kinds
    return Multipliers(dual[classes:first], dual[first : first + pieces])
