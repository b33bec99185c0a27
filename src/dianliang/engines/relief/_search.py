"""Choose among the sets of all clusters under the limits that they share, with a proof.

A constraint program (CP-SAT, OR-Tools): one yes/no variable for each set of a small cluster, of
which at most one is taken; for a large cluster one for each measure, and one for each point that
has to lie below the limit, so that every row of points of the rule has such a point.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from dianliang.engines.relief._judging import TOLERANCE_KW, limit_kw
from dianliang.engines.relief._knapsack import UNITS_WEIGHT
from dianliang.engines.relief._model import Area, Problem
from dianliang.engines.relief._options import (
    Cluster,
    Option,
    alternatives,
    fen,
    threatened,
)

MW_PER_KW = 1_000_000
"""Loads are whole milliwatts there: exact enough to agree with what judges them afterwards."""
FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)


class NoAnswerError(RuntimeError):
    """The search was stopped before it had found anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was chosen: measures, the value of what they relieve, and its proven upper limit."""

    measures: frozenset[str]
    value: int
    bound: int


class Program:
    """The program of a problem, or of some of its clusters."""

    def __init__(
        self, problem: Problem, small: Sequence[Sequence[Option]], large: Sequence[Cluster]
    ) -> None:
        self.problem = problem
        self.cp = cp_model.CpModel()
        self.takes: list[tuple[tuple[str, ...], cp_model.IntVar]] = []
        self.relieves: dict[str, list[cp_model.IntVar]] = {}
        self.value: list[tuple[int, cp_model.IntVar]] = []
        self.cost: list[tuple[int, cp_model.IntVar]] = []
        self.units: list[tuple[int, cp_model.IntVar]] = []
        for found in small:
            self._add_options(found)
        for part in large:
            self._add_measures(part)
        if problem.budget_cny is not None:
            self.cp.add(total(self.cost) <= fen(problem.budget_cny))
        if problem.most_units is not None:
            self.cp.add(total(self.units) <= problem.most_units)

    def _add_options(self, found: Sequence[Option]) -> None:
        taken = [self.cp.new_bool_var("") for _ in found]
        self.cp.add_at_most_one(taken)
        for option, literal in zip(found, taken, strict=True):
            self.takes.append((option.measures, literal))
            self._count(literal, option.value, option.cost_fen, option.units)
            for area_id in option.relieved:
                self.relieves.setdefault(area_id, []).append(literal)

    def _add_measures(self, part: Cluster) -> None:
        taken = [self.cp.new_bool_var("") for _ in part.measures]
        for measure, literal in zip(part.measures, taken, strict=True):
            self.takes.append(((measure.id,), literal))
            self._count(literal, 0, fen(measure.cost_cny), measure.units)
        for rows in alternatives(part.measures):
            self.cp.add_at_most_one(taken[row] for row in rows)
        for area in part.areas:
            keeps = self.cp.new_bool_var("")
            self._hold(part, area, taken, keeps)
            for measure, literal in zip(part.measures, taken, strict=True):
                if measure.to_area == area.id:
                    self.cp.add_implication(literal, keeps)
            if area.id in part.wanting:
                self.relieves.setdefault(area.id, []).append(keeps)
                self._count(keeps, area.value, 0, 0)

    def _hold(
        self, part: Cluster, area: Area, taken: Sequence[cp_model.IntVar], keeps: cp_model.IntVar
    ) -> None:
        """Let `keeps` say that in each row of points one lies below the limit."""
        points, rows, added = threatened(part, area, self.problem)
        limit = limit_kw(area, self.problem.target) - TOLERANCE_KW
        below = [self.cp.new_bool_var("") for _ in points]
        for place, (point, literal) in enumerate(zip(points, below, strict=True)):
            left = [
                (round(float(added[row, place]) * MW_PER_KW), each)
                for row, each in enumerate(taken)
                if added[row, place]
            ]
            room = int((limit - float(area.loads_kw[point])) * MW_PER_KW) - 1
            self.cp.add(total(left) <= room).only_enforce_if(literal)
        for row in rows:
            self.cp.add_bool_or(below[place] for place in row).only_enforce_if(keeps)

    def _count(self, literal: cp_model.IntVar, value: int, cost_fen: int, units: int) -> None:
        for amount, kept in ((value, self.value), (cost_fen, self.cost), (units, self.units)):
            if amount:
                kept.append((amount, literal))

    def chosen(self, solver: cp_model.CpSolver) -> frozenset[str]:
        """Return the measures that the solver has taken."""
        return frozenset(
            measure for ids, literal in self.takes if solver.value(literal) for measure in ids
        )


def total(parts: Iterable[tuple[int, cp_model.IntVar]]) -> cp_model.LinearExpr:
    """Return a weighted sum of variables."""
    weights, variables = list[int](), list[cp_model.IntVar]()
    for weight, variable in parts:
        weights.append(weight)
        variables.append(variable)
    return cp_model.LinearExpr.weighted_sum(variables, weights)


def best(program: Program, *, effort: float, workers: int, seed: int) -> Choice:
    """Return the most valuable choice; of these a cheapest one, of these one with fewest units.

    Raises:
        NoAnswerError: the effort was not enough to find any.
    """
    value, cost, units = total(program.value), total(program.cost), total(program.units)
    count = total((len(ids), literal) for ids, literal in program.takes)
    program.cp.maximize(value)
    solver = solved(program.cp, effort=effort, workers=workers, seed=seed)
    reached, bound = round(solver.objective_value), int(solver.best_objective_bound + 1e-6)
    measures = program.chosen(solver)
    program.cp.add(value >= reached)
    for goal in (cost, UNITS_WEIGHT * units + count):
        program.cp.minimize(goal)
        program.cp.clear_hints()  # type: ignore[no-untyped-call]  # untyped in OR-Tools
        for _, literal in program.takes:
            program.cp.add_hint(literal, bool(solver.value(literal)))
        solver = solved(program.cp, effort=effort, workers=workers, seed=seed)
        measures = program.chosen(solver)
        program.cp.add(goal <= round(solver.objective_value))
    return Choice(measures=measures, value=reached, bound=bound)


def cheapest(problem: Problem, part: Cluster, area_id: str, *, effort: float, seed: int) -> Option:
    """Return the cheapest measures of a large cluster that relieve one of its areas, at any price.

    Raises:
        NoAnswerError: nothing that can be done relieves it, or the effort was not enough.
    """
    program = Program(replace(problem, budget_cny=None, most_units=None), [], [part])
    program.cp.add_bool_or(program.relieves[area_id])
    program.cp.minimize(total(program.cost))
    solver = solved(program.cp, effort=effort, workers=1, seed=seed)
    ids = program.chosen(solver)
    taken = [measure for measure in part.measures if measure.id in ids]
    return Option(
        measures=tuple(measure.id for measure in taken),
        relieved=frozenset({area_id}),
        value=0,
        cost_fen=sum(fen(measure.cost_cny) for measure in taken),
        units=sum(measure.units for measure in taken),
    )


def solved(cp: cp_model.CpModel, *, effort: float, workers: int, seed: int) -> cp_model.CpSolver:
    """Return the solver after it has found an answer."""
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = effort
    solver.parameters.num_workers = workers
    solver.parameters.interleave_search = workers > 1
    solver.parameters.random_seed = seed
    if solver.solve(cp) not in FOUND:
        raise NoAnswerError
    return solver
