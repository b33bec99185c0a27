"""Find everything that is wrong with a problem before it is solved, all at once."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from dianliang.engines.covering._model import Problem

MOST_WEIGHT = 10**9
MOST_CNY = 1e12
"""More than any county has: their sums stay whole numbers that the program can hold."""


class InvalidProblemError(ValueError):
    """A problem that cannot be solved as it is; `errors` lists everything that is wrong."""

    def __init__(self, errors: tuple[str, ...]) -> None:
        super().__init__("；".join(errors[:5]))
        self.errors = errors


def validate(problem: Problem) -> tuple[str, ...]:
    """Return every error of a problem in words; an empty tuple means it can be solved."""
    return tuple(_all(problem))


def _all(problem: Problem) -> Iterator[str]:
    for what, ids in (
        ("地点", [place.id for place in problem.places]),
        ("站点", [site.id for site in problem.sites]),
    ):
        for id_, times in Counter(ids).items():
            if times > 1:
                yield f"{what} {id_} 出现了 {times} 次，请只留一个。"
    for place in problem.places:
        if not _is_whole(place.weight, MOST_WEIGHT):
            yield f"地点 {place.id} 的权重应是 0 到 {MOST_WEIGHT} 的整数。"
    for site in problem.sites:
        if not 0 <= site.cost_cny <= MOST_CNY:
            yield f"站点 {site.id} 的费用（元）应在 0 到 {MOST_CNY:.0f} 之间。"
    yield from _table(problem)
    yield from _limits(problem)


def _table(problem: Problem) -> Iterator[str]:
    shape = (len(problem.places), len(problem.sites))
    if problem.away.shape != shape:
        yield f"距离表应有 {shape[0]} 行（地点）、{shape[1]} 列（站点）。"
    elif np.isnan(problem.away).any() or (problem.away < 0).any():
        row, column = np.argwhere(np.isnan(problem.away) | (problem.away < 0))[0]
        place, site = problem.places[int(row)], problem.sites[int(column)]
        yield f"地点 {place.id} 到站点 {site.id} 的距离应不小于 0。"


def _limits(problem: Problem) -> Iterator[str]:
    if not 0 <= problem.within < np.inf:
        yield "覆盖范围应是不小于 0 的数。"
    if problem.most_new is not None and not _is_whole(problem.most_new, MOST_WEIGHT):
        yield "新建数量上限应是不小于 0 的整数。"
    if problem.budget_cny is not None and not 0 <= problem.budget_cny <= MOST_CNY:
        yield f"预算（元）应在 0 到 {MOST_CNY:.0f} 之间。"


def _is_whole(number: float, most: int) -> bool:
    return bool(0 <= number <= most) and number == int(number)
