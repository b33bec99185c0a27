"""Which sets of measures relieve which areas, for areas that no other choice concerns.

Areas between which load can be moved, or of which one customer's measures exclude each other, form
a cluster; clusters share nothing but the budget. The sets of a small cluster are all tried, and of
those only the ones are kept that no other set beats in value, price and units at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.relief._judging import TOLERANCE_KW, is_kept, limit_kw, room_kw, windows
from dianliang.engines.relief._model import Area, Measure, Problem, Rule

MOST_TRIED = 4096
"""Sets of a cluster up to which all of them are tried: these cost a few milliseconds."""
FEN = 100
"""Money is counted in whole fen where it is added up exactly."""


def fen(cost_cny: float) -> int:
    """Return an amount in whole fen."""
    return round(cost_cny * FEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Areas that share measures; `wanting` are those to be relieved."""

    areas: tuple[Area, ...]
    measures: tuple[Measure, ...]
    wanting: frozenset[str]

    @property
    def sets(self) -> int:
        """Return how many sets of its measures go together, the empty one with them."""
        return prod(len(rows) + 1 for rows in alternatives(self.measures))


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A set of measures that keeps every rule of its cluster, with what it relieves."""

    measures: tuple[str, ...]
    relieved: frozenset[str]
    value: int
    cost_fen: int
    units: int


def clusters(problem: Problem) -> Iterator[Cluster]:
    """Yield the clusters with an area to be relieved and something that can be done."""
    areas = {area.id: area for area in problem.areas}
    leader, by_group = {id_: id_ for id_ in areas}, dict[str, str]()

    def led(id_: str) -> str:
        while leader[id_] != id_:
            leader[id_] = id_ = leader[leader[id_]]
        return id_

    for measure in problem.measures:
        first_of = by_group.setdefault(measure.group or measure.id, measure.area_id)
        for other in (measure.to_area, first_of):
            if other is not None:
                leader[led(other)] = led(measure.area_id)
    wanting = {
        area.id
        for area in problem.areas
        if not is_kept(area.loads_kw, area, problem.screen, problem.begins)
    }
    members, means = dict[str, list[Area]](), dict[str, list[Measure]]()
    for area in problem.areas:
        members.setdefault(led(area.id), []).append(area)
    for measure in problem.measures:
        means.setdefault(led(measure.area_id), []).append(measure)
    for first, own in members.items():
        wanted = wanting & {area.id for area in own}
        if wanted:
            yield Cluster(
                areas=tuple(own), measures=tuple(means.get(first, ())), wanting=frozenset(wanted)
            )


def changes(cluster: Cluster, area: Area, rule: Rule) -> NDArray[np.float64]:
    """Return what each measure of the cluster adds to an area's load: (measures, points) in kW.

    What a larger transformer carries below a rule's limit counts as load that is gone.
    """
    added = np.zeros((len(cluster.measures), len(area.loads_kw)))
    for row, measure in enumerate(cluster.measures):
        if measure.area_id == area.id:
            added[row] = -measure.relief_kw - room_kw(measure, area, rule)
        elif measure.to_area == area.id:
            added[row] = measure.relief_kw
    return added


def threatened(
    cluster: Cluster, area: Area, problem: Problem
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return what matters of an area: rows of points that could break the target, and by what.

    The first array holds the points that matter, the second, (rows, points of a row), the rows as
    places among those points; the third the measures' changes there, (measures, points).
    """
    rule, added = problem.target, changes(cluster, area, problem.target)
    worst = area.loads_kw + np.clip(added, 0, None).sum(axis=0)
    above = worst >= limit_kw(area, rule) - TOLERANCE_KW
    firsts = windows(problem.begins, len(worst), rule.points)
    rows = firsts[:, None] + np.arange(rule.points)
    rows = rows[above[rows].all(axis=1)] if len(rows) else rows
    points, places = np.unique(rows, return_inverse=True)
    return points, places.reshape(rows.shape), added[:, points]


def options(cluster: Cluster, problem: Problem) -> list[Option]:
    """Return the sets worth choosing, without the empty one, cheapest first."""
    chosen = _sets(cluster)
    if not len(chosen):
        return []
    keeps = np.stack([_keeps(cluster, area, problem, chosen) for area in cluster.areas], axis=1)
    takes_over = np.stack(
        [chosen[:, _into(cluster, area.id)].any(axis=1) for area in cluster.areas], axis=1
    )
    allowed = (keeps | ~takes_over).all(axis=1)
    is_wanting = np.array([area.id in cluster.wanting for area in cluster.areas])
    relieved = keeps & is_wanting
    values = relieved @ np.array([area.value for area in cluster.areas])
    costs = chosen @ np.array([fen(measure.cost_cny) for measure in cluster.measures])
    units = chosen @ np.array([measure.units for measure in cluster.measures])
    sizes = chosen.sum(axis=1)
    worth = np.flatnonzero(allowed & relieved.any(axis=1))
    order = worth[
        np.lexsort((sizes[worth], units[worth], costs[worth], np.negative(values[worth])))
    ]
    kept = list[int]()
    for row in order:
        is_beaten = any(
            values[other] >= values[row]
            and costs[other] <= costs[row]
            and units[other] <= units[row]
            and relieved[other][relieved[row]].all()
            for other in kept
        )
        if not is_beaten:
            kept.append(int(row))
    kept.sort(key=lambda row: (int(costs[row]), int(units[row]), -int(values[row])))
    return [
        Option(
            measures=tuple(
                measure.id
                for measure, is_in in zip(cluster.measures, chosen[row], strict=True)
                if is_in
            ),
            relieved=frozenset(
                area.id for area, is_in in zip(cluster.areas, relieved[row], strict=True) if is_in
            ),
            value=int(values[row]),
            cost_fen=int(costs[row]),
            units=int(units[row]),
        )
        for row in kept
    ]


def _into(cluster: Cluster, area_id: str) -> list[int]:
    return [row for row, each in enumerate(cluster.measures) if each.to_area == area_id]


def alternatives(measures: Sequence[Measure]) -> list[list[int]]:
    """Return the places of all measures, those together of which at most one can be done."""
    found = dict[tuple[str, str], list[int]]()
    for row, measure in enumerate(measures):
        found.setdefault(measure.excludes or ("measure", measure.id), []).append(row)
    return [*found.values()]


def _sets(cluster: Cluster) -> NDArray[np.bool_]:
    """Return every set whose measures go together, without the empty one: (sets, measures)."""
    chosen = np.zeros((1, len(cluster.measures)), np.bool_)
    for rows in alternatives(cluster.measures):
        parts = [chosen]
        for row in rows:
            part = chosen.copy()
            part[:, row] = True
            parts.append(part)
        chosen = np.concatenate(parts)
    return chosen[1:]


def _keeps(
    cluster: Cluster, area: Area, problem: Problem, chosen: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell for each set whether the area keeps the target with it."""
    points, rows, added = threatened(cluster, area, problem)
    if not len(rows):
        return np.ones(len(chosen), np.bool_)
    own = np.flatnonzero(added.any(axis=1))
    sets, back = np.unique(chosen[:, own], axis=0, return_inverse=True)
    left = area.loads_kw[points] + sets.astype(np.float64) @ added[own]
    above = left >= limit_kw(area, problem.target) - TOLERANCE_KW
    broken = np.zeros(len(sets), np.bool_)
    for row in rows:
        broken |= above[:, row].all(axis=1)
    return ~broken[back.ravel()]
