"""Find a roster: stages of a constraint program, each kept while the next is improved.

Duties × people are yes/no variables of a CP-SAT model (OR-Tools). Rest is "at most one" over every
set of duties that clash pairwise: those that have begun at an instant and, with rest, not ended.
The stages: as few empty places and missing skills as possible; as few changes of a known roster;
duty shared out evenly; wishes. Each stage is minimised with those before it held at what they
reached, so that no wish ever costs a place.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from dianliang.engines.rostering._explain import shortages
from dianliang.engines.rostering._model import Duty, Load, Problem, Roster, Turn, weighted_s
from dianliang.engines.rostering._spans import is_night
from dianliang.engines.rostering._validate import InvalidProblemError, validate


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
    # OR-Tools brings pandas: a second of every process, though few of them make rosters.
    from dianliang.engines.rostering._search import search  # noqa: PLC0415 (slow to import)

    searched = tuple(
        search(problem, effort=params.effort, workers=params.workers, seed=params.seed)
    )
    turns = searched[-1][0]
    return Roster(
        turns=turns,
        short=shortages(problem, turns),
        loads=loads_of(problem, turns),
        stages=tuple(stage for _, stage in searched),
    )


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
