"""Choose the measures that relieve most under a budget, and say what becomes of every area."""

from collections.abc import Sequence
from dataclasses import dataclass

from dianliang.engines.relief import _knapsack as knapsack
from dianliang.engines.relief._explain import explained
from dianliang.engines.relief._model import Outcome, Plan, Problem
from dianliang.engines.relief._options import (
    FEN,
    MOST_TRIED,
    Cluster,
    Option,
    clusters,
    fen,
    options,
)
from dianliang.engines.relief._validate import InvalidProblemError, validate


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How hard to search: `effort` in CP-SAT's deterministic seconds for each stage."""

    effort: float = 20.0
    workers: int = 1
    seed: int = 1


DEFAULT = Params()


def solve(problem: Problem, params: Params = DEFAULT) -> Plan:
    """Return the plan of most value; of these a cheapest one, of these one with fewest units.

    The same problem, seed and number of workers give the same plan.

    Raises:
        InvalidProblemError: the problem contradicts itself; all that is wrong with it.
        NoAnswerError: the effort was not enough to find anything.
    """
    errors = validate(problem)
    if errors:
        raise InvalidProblemError(errors)
    parts = list(clusters(problem))
    small = [
        found for part in parts if part.sets <= MOST_TRIED if (found := options(part, problem))
    ]
    large = [part for part in parts if part.sets > MOST_TRIED]
    chosen, bound = _chosen(problem, small, large, params)
    measures = {measure.id: measure for measure in problem.measures}
    taken = tuple(id_ for id_ in measures if id_ in chosen)
    cheapest = _cheapest(problem, small, large, params)
    findings = explained(problem, taken, cheapest)
    relieved = {each.area_id for each in findings if each.outcome is Outcome.RELIEVED}
    cost = sum(fen(measures[id_].cost_cny) for id_ in taken) / FEN
    areas = [area for area in problem.areas if area.id in relieved]
    priced = {area.id: area.enlarging_cny for area in areas if area.enlarging_cny is not None}
    spent = sum(measures[id_].cost_cny for id_ in taken if measures[id_].area_id in priced)
    return Plan(
        measures=taken,
        findings=findings,
        value=sum(area.value for area in areas),
        bound=bound,
        cost_cny=cost,
        units=sum(measures[id_].units for id_ in taken),
        avoided_cny=sum(priced.values()) - spent,
        by_area={each.area_id: each for each in findings},
    )


def _chosen(
    problem: Problem,
    small: Sequence[Sequence[Option]],
    large: Sequence[Cluster],
    params: Params,
) -> tuple[frozenset[str], int]:
    """Return the best measures, and what no others exceed: by a table, else by a search."""
    if not large:
        budget = None if problem.budget_cny is None else fen(problem.budget_cny)
        found = knapsack.chosen(small, budget_fen=budget, most_units=problem.most_units)
        if found is not None:
            taken = frozenset(measure for option in found for measure in option.measures)
            return taken, sum(option.value for option in found)
    # OR-Tools brings pandas: a second of every process, though few of them plan relief.
    from dianliang.engines.relief._search import Program, best  # noqa: PLC0415 (slow to import)

    program = Program(problem, small, large)
    choice = best(program, effort=params.effort, workers=params.workers, seed=params.seed)
    return choice.measures, choice.bound


def _cheapest(
    problem: Problem,
    small: Sequence[Sequence[Option]],
    large: Sequence[Cluster],
    params: Params,
) -> dict[str, Option]:
    """Return what would relieve each area by itself at the lowest price, where anything would."""
    found = dict[str, Option]()
    for option in sorted(
        (each for sets in small for each in sets),
        key=lambda each: (each.cost_fen, each.units, each.measures),
    ):
        for area_id in option.relieved:
            found.setdefault(area_id, option)
    if not large:
        return found
    from dianliang.engines.relief._search import (  # noqa: PLC0415 (slow to import)
        NoAnswerError,
        cheapest,
    )

    for part in large:
        for area_id in sorted(part.wanting):
            try:
                found[area_id] = cheapest(
                    problem, part, area_id, effort=params.effort, seed=params.seed
                )
            except NoAnswerError:
                continue
    return found
