"""Open the sites that cover most: maximal covering (Church and ReVelle 1974), with a proof."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.covering._model import Choice, Finding, Opened, Outcome, Problem
from dianliang.engines.covering._validate import InvalidProblemError, validate
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How hard to search: `effort` in CP-SAT's deterministic seconds for each stage."""

    effort: float = 20.0
    workers: int = 1
    seed: int = 1


DEFAULT = Params()


def solve(problem: Problem, params: Params = DEFAULT) -> Choice:
    """Return the choice that covers most weight; of these a cheapest, of these with fewest sites.

    Places that must be covered come before all weight, as many of them as can be. The same
    problem, seed and number of workers give the same choice.

    Raises:
        InvalidProblemError: the problem contradicts itself; all that is wrong with it.
    """
    errors = validate(problem)
    if errors:
        raise InvalidProblemError(errors)
    # OR-Tools brings pandas: a second of every process, though few of them choose sites.
    from dianliang.engines.covering._search import best  # noqa: PLC0415 (slow to import)

    near = problem.away <= problem.within
    new, bound = best(problem, near, params.effort, params.workers, params.seed)
    return told(problem, new, bound=bound)


def told(problem: Problem, new: Collection[int], *, bound: int) -> Choice:
    """Return what it means to open some sites, by their places among all."""
    near = problem.away <= problem.within
    was_open = [column for column, site in enumerate(problem.sites) if site.is_open]
    is_open = [*was_open, *sorted(new)]
    weights = np.array([place.weight for place in problem.places], np.int64)
    before, after = near[:, was_open].any(axis=1), near[:, is_open].any(axis=1)
    counts = near[:, is_open].sum(axis=1)
    ids = [place.id for place in problem.places]
    return Choice(
        opened=tuple(
            Opened(
                site_id=problem.sites[column].id,
                covers=_named(ids, near[:, column]),
                alone=_named(ids, near[:, column] & (counts == 1)),
            )
            for column in sorted(new)
        ),
        findings=tuple(_finding(problem, row, near, was_open, is_open) for row in range(len(ids))),
        before=int(weights[before].sum()),
        covered=int(weights[after].sum()),
        bound=bound,
        total=int(weights.sum()),
        cost_cny=sum(problem.sites[column].cost_cny for column in new),
    )


def _named(ids: Sequence[str], which: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(id_ for id_, is_in in zip(ids, which, strict=True) if is_in)


def _nearest(problem: Problem, row: int, columns: Sequence[int]) -> tuple[str | None, float]:
    if not columns:
        return None, np.inf
    away = problem.away[row, list(columns)]
    first = int(away.argmin())
    if not np.isfinite(away[first]):
        return None, np.inf
    return problem.sites[columns[first]].id, float(away[first])


def _finding(
    problem: Problem,
    row: int,
    near: NDArray[np.bool_],
    was_open: Sequence[int],
    is_open: Sequence[int],
) -> Finding:
    before_id, before = _nearest(problem, row, was_open)
    after_id, after = _nearest(problem, row, is_open)
    helps = [int(column) for column in np.flatnonzero(near[row]) if column not in is_open]
    helps.sort(key=lambda column: (float(problem.away[row, column]), column))
    would_help = tuple(problem.sites[column].id for column in helps)
    if before <= problem.within:
        outcome, words, would_help = Outcome.COVERED, Phrase("已有站点覆盖"), ()
    elif after <= problem.within:
        outcome, words, would_help = Outcome.NEWLY, Phrase("新建后覆盖"), ()
    elif helps:
        outcome = Outcome.LEFT_OUT
        words = Phrase("这次没有覆盖，有 %(n)d 个候选站点能覆盖它", n=len(helps))
    else:
        outcome = Outcome.OUT_OF_REACH
        words = Phrase("范围内没有候选站点，请补充候选或放宽范围")
    return Finding(
        place_id=problem.places[row].id,
        outcome=outcome,
        before_id=before_id,
        before=before,
        after_id=after_id,
        after=after,
        words=words,
        would_help=would_help,
    )
