"""Find a roster: stages of a constraint program, each kept while the next is improved.

Duties × people are yes/no variables of a CP-SAT model (OR-Tools). Rest is "at most one" over every
set of duties that clash pairwise: those that have begun at an instant and, with rest, not ended.
The stages: as few empty places and missing skills as possible; as few changes of a known roster;
duty shared out evenly; wishes. Each stage is minimised with those before it held at what they
reached, so that no wish ever costs a place.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ortools.sat.python import cp_model

from dianliang.engines.rostering._draft import drafted
from dianliang.engines.rostering._explain import shortages
from dianliang.engines.rostering._model import Duty, Load, Problem, Roster, Stage, Turn, weighted_s
from dianliang.engines.rostering._program import Program, Turns
from dianliang.engines.rostering._spans import is_night
from dianliang.engines.rostering._validate import InvalidProblemError, validate

FOUND = (cp_model.OPTIMAL, cp_model.FEASIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How hard to search: `effort` in CP-SAT's deterministic seconds for each stage."""

    effort: float = 5.0
    workers: int = 1
    seed: int = 1


DEFAULT = Params()


def solve(problem: Problem, params: Params = DEFAULT) -> Roster:
    """Return a lawful roster that lacks as few people as can be, even and as wished.

    The same problem, seed and number of workers give the same roster.

    Raises:
        InvalidProblemError: the problem contradicts itself; all that is wrong with it.
    """
    errors = validate(problem)
    if errors:
        raise InvalidProblemError(errors)
    searched = tuple(_searched(Program(problem), params))
    turns = searched[-1][0]
    return Roster(
        turns=turns,
        short=shortages(problem, turns),
        loads=loads_of(problem, turns),
        stages=tuple(stage for _, stage in searched),
    )


def _searched(program: Program, params: Params) -> Iterator[tuple[Turns, Stage]]:
    """Yield the best roster after each stage, and what the stage has reached."""
    turns = drafted(program.problem)
    for goal in program.goals():
        value = goal.count(turns)
        if value == goal.least:
            program.cp.add(goal.shown <= value)
            yield turns, Stage(name=goal.name, value=value, bound=value)
            continue
        program.start_from(turns)
        program.cp.minimize(goal.shown)
        solver = cp_model.CpSolver()
        solver.parameters.max_deterministic_time = params.effort
        solver.parameters.num_workers = params.workers
        solver.parameters.interleave_search = params.workers > 1
        solver.parameters.random_seed = params.seed
        status = solver.solve(program.cp)
        if status in FOUND:
            chosen = (turn for turn, literal in program.x.items() if solver.value(literal))
            turns = program.pinned | frozenset(chosen)
        value = goal.count(turns)
        bound = round(solver.best_objective_bound) if status in FOUND else goal.least
        yield turns, Stage(name=goal.name, value=value, bound=min(max(bound, goal.least), value))
        program.cp.add(goal.shown <= value)


def loads_of(problem: Problem, turns: Iterable[Turn]) -> tuple[Load, ...]:
    """Return what each person has by a roster."""
    duties = {duty.id: duty for duty in problem.duties}
    own: dict[str, list[Duty]] = defaultdict(list)
    for turn in turns:
        own[turn.person_id].append(duties[turn.duty_id])
    return tuple(
        Load(
            person_id=person.id,
            turns=len(own[person.id]),
            duty_s=sum(int(duty.window.duration.total_seconds()) for duty in own[person.id]),
            nights=sum(is_night(duty.window) for duty in own[person.id]),
            weighted_s=person.credit_s + sum(weighted_s(duty) for duty in own[person.id]),
        )
        for person in problem.people
    )
