"""Judge loads by a rule: is a transformer too full, and for how long."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.relief._model import Area, Measure, Profile, Rule, Strain

HOURS_A_POINT = 0.25
TOLERANCE_KW = 1e-6
"""Far below what a meter shows, far above what sums of floats lose."""


def limit_kw(area: Area, rule: Rule) -> float:
    """Return the load at which a rule's limit is reached."""
    return rule.limit * area.capacity_kva * area.power_factor


def room_kw(measure: Measure, area: Area, rule: Rule) -> float:
    """Return by how much a measure raises the load at which a rule's limit is reached.

    A larger transformer relieves as a load does that is smaller by this at every point.
    """
    if measure.area_id != area.id or measure.to_capacity_kva is None:
        return 0.0
    return rule.limit * (measure.to_capacity_kva - area.capacity_kva) * area.power_factor


def windows(begins: Sequence[int], points: int, run: int) -> NDArray[np.int64]:
    """Return the first point of every row of `run` points that lies within one stretch."""
    edges = [*sorted(begins), points]
    found = [
        np.arange(begin, end - run + 1) for begin, end in pairwise(edges) if end - begin >= run
    ]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def is_kept(loads_kw: Profile, area: Area, rule: Rule, begins: Sequence[int]) -> bool:
    """Tell whether loads keep a rule: no row of its points reaches its limit."""
    return strain(loads_kw, area, rule, begins).run_points < rule.points


def strain(loads_kw: Profile, area: Area, rule: Rule, begins: Sequence[int]) -> Strain:
    """Return how full a transformer is with these loads."""
    limit = limit_kw(area, rule)
    above = loads_kw >= limit - TOLERANCE_KW
    longest = 0
    edges = [*sorted(begins), len(loads_kw)]
    for begin, end in pairwise(edges):
        padded = np.concatenate(([False], above[begin:end], [False]))
        turns = np.flatnonzero(padded[1:] != padded[:-1])
        if turns.size:
            longest = max(longest, int((turns[1::2] - turns[::2]).max()))
    return Strain(
        highest=float(loads_kw.max()) / (area.capacity_kva * area.power_factor),
        run_points=longest,
        above_kwh=float(np.clip(loads_kw - limit, 0, None).sum()) * HOURS_A_POINT,
    )
