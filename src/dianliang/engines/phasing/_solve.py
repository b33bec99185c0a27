"""Choose moves by constraint programming, point by point as points turn out to matter."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from dianliang.engines.phasing._descent import by_phase, descended, spared
from dianliang.engines.phasing._model import LETTERS, PHASES, Customer, Floats, Move, Plan, Problem
from dianliang.kernel.phrases import Phrase

WATTS = 1000.0
"""Loads are counted in whole watts: sums of a solver must be exact."""
MOST_KW = 1e5
MOST_ROUNDS = 8
ADDED = 6
"""Points that join the program after each round: those that the last plan leaves fullest."""


class InvalidProblemError(ValueError):
    """A problem that cannot be solved as it is; the message lists everything that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How hard to try: `slack` is the share of the peak that is given up for fewer moves.

    `work` is deterministic time of CP-SAT for each program: the same on any machine, so that a
    plan can be repeated.
    """

    slack: float = 0.01
    work: float = 0.5
    seed: int = 1


DEFAULT = Params()


def balance(problem: Problem, *, params: Params = DEFAULT) -> Plan:
    """Move customers so that the fullest phase of any point is as low as it can be.

    First the least peak is looked for, with its bound; then the fewest moves that keep it within
    `slack`. Local search finds, CP-SAT improves and proves on the points that matter: a plan is
    checked on all points, and those it leaves fullest join the program until there are none. A
    bound holds because leaving points out only makes things easier. For a dozen customers the plan
    is proven best; for a hundred the gap is told.

    Raises:
        InvalidProblemError: curves are missing, of different lengths, or hold no numbers.
    """
    if wrong := problems(problem):
        raise InvalidProblemError("；".join(wrong))
    loads = np.array([each.loads_kw for each in problem.customers]).reshape(
        len(problem.customers), problem.others_kw.shape[1]
    )
    program = _Program(problem, loads, params)
    start = [each.phase for each in problem.customers]
    chosen, bound = program.least_peak(start)
    peak = _peak(problem, loads, chosen)
    chosen, is_fewest = program.fewest(chosen, peak * (1 + params.slack))
    after = by_phase(problem, loads, chosen)
    return Plan(
        moves=tuple(
            _move(customer, to)
            for customer, to in zip(problem.customers, chosen, strict=True)
            if customer.phase != to
        ),
        before_kw=by_phase(problem, loads, start),
        after_kw=after,
        peak_kw=float(after.max()),
        bound_kw=min(bound, float(after.max())),
        is_fewest=is_fewest,
    )


def problems(problem: Problem) -> list[str]:
    """Return everything that is wrong with a problem."""
    found: list[str] = []
    shape = problem.others_kw.shape
    if len(shape) != 2 or shape[0] != PHASES or shape[1] == 0:
        return ["三相以外的负荷应是 3 行、每个时刻一列"]
    if not (np.abs(problem.others_kw) <= MOST_KW).all():
        found.append("三相以外的负荷里有不能用的数")
    ids = [each.id for each in problem.customers]
    found += [f"用户 {id_} 出现了不止一次" for id_ in sorted({x for x in ids if ids.count(x) > 1})]
    for each in problem.customers:
        if each.loads_kw.shape != (shape[1],):
            found.append(f"用户 {each.id} 的曲线应有 {shape[1]} 个点")
        elif not (np.abs(each.loads_kw) <= MOST_KW).all():
            found.append(f"用户 {each.id} 的曲线里有不能用的数")
        if each.phase not in range(PHASES):
            found.append(f"用户 {each.id} 的相别应是 A、B 或 C")
    if problem.most_moves is not None and problem.most_moves < 0:
        found.append("最多调整的户数不应小于 0")
    return found


def _moved(problem: Problem, phases: Sequence[int]) -> int:
    return sum(each.phase != to for each, to in zip(problem.customers, phases, strict=True))


def _peak(problem: Problem, loads: Floats, phases: Sequence[int]) -> float:
    return float(by_phase(problem, loads, phases).max())


def _move(customer: Customer, to: int) -> Move:
    words = Phrase(
        "%(customer)s 由 %(before)s 相改接 %(after)s 相",
        customer=customer.id,
        before=LETTERS[customer.phase],
        after=LETTERS[to],
    )
    return Move(customer=customer.id, from_phase=customer.phase, to_phase=to, words=words)


class _Program:
    """The program of one problem; the points that matter are kept from one question to the next."""

    def __init__(self, problem: Problem, loads: Floats, params: Params) -> None:
        self.problem, self.loads, self.params = problem, loads, params
        self.watts = np.rint(loads * WATTS).astype(np.int64)
        self.others = np.rint(problem.others_kw * WATTS).astype(np.int64)
        total = self.watts.sum(axis=0) + self.others.sum(axis=0)
        self.points = [int(point) for point in np.argsort(-total, kind="stable")[:ADDED]]

    def least_peak(self, start: Sequence[int]) -> tuple[list[int], float]:
        """Return phases with the least peak found, and its bound in kW."""
        best = descended(self.problem, self.loads, start)
        best_peak, bound = _peak(self.problem, self.loads, best), self._even_kw()
        self._admit(best, bound)
        for _ in range(MOST_ROUNDS):
            if best_peak <= bound * (1 + self.params.slack / 10) + 1e-3:
                break
            found, least = self._solved(None, best)
            bound = max(bound, least / WATTS)
            if found is None:
                break
            peak = _peak(self.problem, self.loads, found)
            if peak < best_peak:
                best, best_peak = found, peak
            if not self._admit(found, bound):
                break
        return best, bound

    def _even_kw(self) -> float:
        """Return the peak if load could be cut at will: a third of the fullest point."""
        return float((self.loads.sum(axis=0) + self.problem.others_kw.sum(axis=0)).max()) / PHASES

    def fewest(self, known: Sequence[int], most_kw: float) -> tuple[list[int], bool]:
        """Return phases with few moves that keep a peak, and whether no fewer do."""
        best = spared(self.problem, self.loads, known, most_kw)
        for _ in range(MOST_ROUNDS):
            found, least = self._solved(most_kw, best)
            if found is None:
                break
            if _moved(self.problem, best) <= least + 1e-6:
                return best, True
            if _peak(self.problem, self.loads, found) <= most_kw + 1e-3:
                best = min(best, found, key=lambda one: _moved(self.problem, one))
                return best, _moved(self.problem, best) <= least + 1e-6
            if not self._admit(found, most_kw):
                break
        return best, False

    def _admit(self, phases: Sequence[int], above_kw: float) -> bool:
        """Let in the points that a plan leaves fullest; tell whether there were any."""
        fullest = by_phase(self.problem, self.loads, phases).max(axis=0)
        order = [int(p) for p in np.argsort(-fullest, kind="stable")[: 4 * ADDED]]
        new = [p for p in order if fullest[p] > above_kw and p not in self.points][:ADDED]
        self.points += new
        return bool(new)

    def _solved(self, most_kw: float | None, hint: Sequence[int]) -> tuple[list[int] | None, float]:
        """Solve for the peak, or under a peak for the number of moves; return phases and bound."""
        model = cp_model.CpModel()
        customers = self.problem.customers
        every = range(len(customers))
        on = [[model.new_bool_var(f"{i}/{p}") for p in range(PHASES)] for i in every]
        for i, each in enumerate(customers):
            model.add_exactly_one(on[i])
            for p in range(PHASES):
                model.add_hint(on[i][p], hint[i] == p)
            if each.is_fixed:
                model.add(on[i][each.phase] == 1)
        moves = sum(1 - on[i][each.phase] for i, each in enumerate(customers))
        if self.problem.most_moves is not None:
            model.add(moves <= self.problem.most_moves)
        top = int(np.abs(self.watts).sum(axis=0).max() + np.abs(self.others).max()) + 1
        peak = model.new_int_var(-top, top, "peak")
        if most_kw is not None:
            model.add(peak <= int(most_kw * WATTS))
        for point in self.points:
            for p in range(PHASES):
                drawn = sum(int(self.watts[i, point]) * on[i][p] for i in every)
                model.add(drawn + int(self.others[p, point]) <= peak)
        carried = by_phase(self.problem, self.loads, hint)[:, self.points].max()
        model.add_hint(peak, int(np.ceil(carried * WATTS)) + len(customers))
        model.minimize(peak if most_kw is None else moves)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self.params.seed
        solver.parameters.max_deterministic_time = self.params.work
        if most_kw is None:
            solver.parameters.relative_gap_limit = self.params.slack / 10
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, 0.0
        phases = [
            next(p for p in range(PHASES) if solver.boolean_value(on[i][p]))
            for i in range(len(customers))
        ]
        return phases, solver.best_objective_bound
