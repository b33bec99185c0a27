"""Run the constraint program of a roster, stage after stage."""

from collections.abc import Iterator

from ortools.sat.python import cp_model

from dianliang.engines.rostering._draft import drafted
from dianliang.engines.rostering._model import Problem, Stage
from dianliang.engines.rostering._program import Program, Turns

FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)


def search(
    problem: Problem, *, effort: float, workers: int, seed: int
) -> Iterator[tuple[Turns, Stage]]:
    """Yield the best roster after each stage, and what the stage has reached."""
    program = Program(problem)
    turns = drafted(problem)
    for goal in program.goals():
        value = goal.count(turns)
        if value == goal.least:
            program.cp.add(goal.shown <= value)
            yield turns, Stage(name=goal.name, value=value, bound=value)
            continue
        program.start_from(turns)
        program.cp.minimize(goal.shown)
        solver = cp_model.CpSolver()
        solver.parameters.max_deterministic_time = effort
        solver.parameters.num_workers = workers
        solver.parameters.interleave_search = workers > 1
        solver.parameters.random_seed = seed
        status = solver.solve(program.cp)
        if status in FOUND:
            chosen = (turn for turn, literal in program.x.items() if solver.value(literal))
            turns = program.pinned | frozenset(chosen)
        value = goal.count(turns)
        bound = round(solver.best_objective_bound) if status in FOUND else goal.least
        yield turns, Stage(name=goal.name, value=value, bound=min(max(bound, goal.least), value))
        program.cp.add(goal.shown <= value)
