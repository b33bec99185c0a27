"""The constraint program of maximal covering (CP-SAT, OR-Tools)."""

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from dianliang.engines.covering._model import Problem

FEN = 100
FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)


def best(
    problem: Problem, near: NDArray[np.bool_], effort: float, workers: int, seed: int
) -> tuple[frozenset[int], int]:
    """Return the sites to open, by their places among all, and what no choice can exceed.

    Places that the same sites reach are one column: few differ in a county.
    """
    cp = cp_model.CpModel()
    free = [column for column, site in enumerate(problem.sites) if not site.is_open]
    was_open = [column for column, site in enumerate(problem.sites) if site.is_open]
    opens = {column: cp.new_bool_var("") for column in free}
    weight_of, must_of = dict[tuple[int, ...], int](), dict[tuple[int, ...], int]()
    held = 0
    for row, place in enumerate(problem.places):
        if near[row, was_open].any():
            held += place.weight
            continue
        reach = tuple(column for column in free if near[row, column])
        if reach:
            weight_of[reach] = weight_of.get(reach, 0) + place.weight
            must_of[reach] = must_of.get(reach, 0) + place.must
    covers = {reach: cp.new_bool_var("") for reach in weight_of}
    for reach, literal in covers.items():
        cp.add_bool_or(opens[column] for column in reach).only_enforce_if(literal)
    costs = [round(problem.sites[column].cost_cny * FEN) for column in free]
    count = cp_model.LinearExpr.sum([opens[column] for column in free])
    cost = cp_model.LinearExpr.weighted_sum([opens[column] for column in free], costs)
    if problem.most_new is not None:
        cp.add(count <= problem.most_new)
    if problem.budget_cny is not None:
        cp.add(cost <= round(problem.budget_cny * FEN))
    keys = list(covers)
    musts = cp_model.LinearExpr.weighted_sum(
        [covers[key] for key in keys], [must_of[key] for key in keys]
    )
    weight = cp_model.LinearExpr.weighted_sum(
        [covers[key] for key in keys], [weight_of[key] for key in keys]
    )
    solver, bound = cp_model.CpSolver(), held
    for goal, sign in ((musts, -1), (weight, -1), (cost, 1), (count, 1)):
        cp.minimize(sign * goal)
        solver = cp_model.CpSolver()
        solver.parameters.max_deterministic_time = effort
        solver.parameters.num_workers = workers
        solver.parameters.interleave_search = workers > 1
        solver.parameters.random_seed = seed
        if solver.solve(cp) not in FOUND:
            raise RuntimeError("to open nothing is always allowed")
        if goal is weight:
            bound = held + int(-solver.best_objective_bound + 1e-6)
        cp.add(sign * goal <= round(solver.objective_value))
        cp.clear_hints()  # type: ignore[no-untyped-call]  # untyped in OR-Tools
        for literal in opens.values():
            cp.add_hint(literal, bool(solver.value(literal)))
    return frozenset(column for column in free if solver.value(opens[column])), bound
