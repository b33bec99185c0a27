"""A problem in the kernel's arrays, and a search on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing.homecare import _kernel as kernel
from dianliang.engines.routing.homecare._kernel import Data, Scratch, Tour
from dianliang.engines.routing.homecare._model import HomeCareProblem

NEIGHBOURS = 60
APART_IN_TIME = 0.3
"""Customers whose due times lie this much apart in travel count as one unit away."""


def compile_problem(problem: HomeCareProblem) -> Data:
    """Return a valid problem in arrays. Cost: the square of the customers."""
    customers, carers = problem.customers, problem.carers
    m = sum(len(customer.cares) for customer in customers)
    visits = np.zeros(m + len(carers), kernel.VISIT)
    first = np.zeros(len(customers), np.int64)
    able = np.zeros((m, len(carers)), np.int64)
    able_count = np.zeros(m, np.int64)
    v = 0
    for number, customer in enumerate(customers):
        first[number] = v
        lags = (customer.lag_from, -customer.lag_to)
        for care, part in enumerate(customer.cares):
            mate = v + 1 - 2 * care if len(customer.cares) == 2 else -1
            visits[v] = (
                customer.place,
                number,
                mate,
                lags[care],
                customer.opens_at,
                customer.due_at,
                part.duration,
            )
            who = [c for c, carer in enumerate(carers) if part.skill in carer.skills]
            able[v, : len(who)], able_count[v] = who, len(who)
            v += 1
    visits["place"][m:] = [carer.place for carer in carers]
    visits["mate"][m:] = -1
    due, place = visits["due"][first], visits["place"][first]
    homes = np.unique(visits["place"][m:])
    w = problem.weights
    time = np.ascontiguousarray(problem.travel, np.float64)
    return Data(
        time=time,
        visits=visits,
        first=first,
        able=able,
        able_count=able_count,
        near=neighbours(time[place][:, place], due),
        key_due=due.copy(),
        key_far=time[homes][:, place].min(axis=0),
        prices=np.array([w.travel, w.total_tardiness, w.worst_tardiness], np.float64),
    )


def neighbours(apart: NDArray[np.float64], due: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the nearest customers of each, in travel and in time."""
    distance = apart + APART_IN_TIME * np.abs(due[:, None] - due[None, :])
    np.fill_diagonal(distance, np.inf)
    count = min(NEIGHBOURS, len(due) - 1)
    return np.argsort(distance, axis=1, kind="stable")[:, :count].astype(np.int64)


def empty_tour(problem: HomeCareProblem, d: Data) -> Tour:
    """Return rounds without visits."""
    m, nodes = len(d.able), len(d.visits)
    spots = np.zeros(nodes, kernel.SPOT)
    spots["who"] = -1
    spots["prev"] = spots["next"] = np.arange(nodes)
    spots["begin"][m:] = [carer.starts_at for carer in problem.carers]
    spots["latest"][m:] = kernel.INFEASIBLE
    return Tour(spots=spots, figures=np.zeros(3))


def scratch_for(d: Data) -> Scratch:
    """Return room for the inner loops."""
    n, m, nodes = len(d.first), len(d.able), len(d.visits)
    moves = (kernel.MOST_MOVES + 1) * m + 8
    return Scratch(
        queue=np.zeros(nodes + 1, np.int64),
        queued=np.zeros(nodes, np.bool_),
        log_visit=np.zeros(moves, np.int64),
        log_begin=np.zeros(moves),
        removed=np.zeros(n, np.int64),
        keys=np.zeros(n),
        is_out=np.zeros(n, np.bool_),
        is_cut=np.zeros(nodes - m, np.bool_),
        ring=np.zeros(nodes, np.int64),
        halves=np.zeros((2, kernel.CANDIDATES + 1), kernel.CHOICE),
    )


@dataclass(slots=True)
class Search:
    """A search in progress: the plan being changed, the present one, the best, their prices."""

    data: Data
    tour: Tour
    kept: Tour
    best: Tour
    scratch: Scratch
    totals: NDArray[np.float64]
    state: NDArray[np.uint64]

    @classmethod
    def begin(cls, problem: HomeCareProblem, *, seed: int) -> "Search":
        """Return a search on a first plan: soonest due first, each where it is cheapest."""
        d = compile_problem(problem)
        tour, kept, best = (empty_tour(problem, d) for _ in range(3))
        state = np.array([(seed * 2654435761 + 88172645463325252) % 2**63 | 1], np.uint64)
        search = cls(d, tour, kept, best, scratch_for(d), np.zeros(2), state)
        order = np.argsort(d.key_due, kind="stable")
        search.totals[:] = kernel.build(d, search.tour, search.scratch, order, state)
        kernel.copy(search.tour, search.kept)
        kernel.copy(search.tour, search.best)
        return search

    def mean_leg(self) -> float:
        """Return the mean price of a leg of the present plan: the unit of temperature."""
        legs = len(self.data.visits)
        return float(self.data.prices[0] * self.kept.figures[0] / legs)

    def run(self, *, temperature: float, iterations: int) -> None:
        """Ruin and recreate a number of times at one temperature."""
        kernel.improve(
            self.data,
            self.tour,
            self.scratch,
            self.kept,
            self.best,
            self.totals,
            self.state,
            temperature,
            iterations,
        )
