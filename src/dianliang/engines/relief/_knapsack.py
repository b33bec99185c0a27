"""Choose one set for each cluster under a budget and a number of units, exactly.

Clusters share nothing but the two limits, so a table is enough: the least cost for each value and
number of units that can be reached (dynamic programming; the knapsack with several choices of
Kellerer, Pferschy and Pisinger 2004, chapter 11). Cost grows with clusters × values × units.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.relief._options import Option

MOST_CELLS = 200_000_000
"""Cells of all tables together: some two CPU-seconds, and a byte or two of memory for each."""
NEVER = 1 << 62
UNITS_WEIGHT = 1000
"""Of two choices with the same cost the one with fewer units is taken, then with fewer measures."""
Ints = NDArray[np.int64]


def chosen(
    groups: Sequence[Sequence[Option]], *, budget_fen: int | None, most_units: int | None
) -> list[Option] | None:
    """Return the most valuable choice; of these a cheapest one, of these one with fewest units.

    None where the table would be too large, or its figures would not fit.
    """
    measures = sum(max(len(each.measures) for each in group) for group in groups)
    units = sum(max(each.units for each in group) for group in groups)
    factor = UNITS_WEIGHT * (units + 1) + measures + 1
    dearest = sum(max(each.cost_fen for each in group) for group in groups)
    if dearest * factor >= NEVER // 2 or _cells(groups, most_units) > MOST_CELLS:
        return None
    least: Ints = np.zeros((1, 1), np.int64)
    taken = list[NDArray[np.uint16]]()
    for group in groups:
        least, choice = _with(least, group, factor, most_units)
        taken.append(choice)
    allowed = least < NEVER if budget_fen is None else least // factor <= budget_fen
    value = int(np.flatnonzero(allowed.any(axis=1)).max())
    costs = np.where(allowed[value], least[value], NEVER)
    return _traced(groups, taken, value, int(costs.argmin()), most_units)


def _steps(option: Option, most_units: int | None) -> int:
    """Return by how many columns an option moves: none where units have no limit."""
    return 0 if most_units is None else option.units


def _cells(groups: Sequence[Sequence[Option]], most_units: int | None) -> int:
    """Return how many cells all tables have, once for each option."""
    value = units = cells = 0
    for group in groups:
        value += max(each.value for each in group)
        units += max(_steps(each, most_units) for each in group)
        width = units if most_units is None else min(units, most_units)
        cells += (value + 1) * (width + 1) * (len(group) + 1)
    return cells


def _with(
    least: Ints, group: Sequence[Option], factor: int, most_units: int | None
) -> tuple[Ints, NDArray[np.uint16]]:
    """Return the table with one cluster more, and which of its options each cell took, from 1."""
    rows = least.shape[0] + max(each.value for each in group)
    columns = least.shape[1] + max(_steps(each, most_units) for each in group)
    columns = columns if most_units is None else min(columns, most_units + 1)
    found = np.full((rows, columns), NEVER, np.int64)
    found[: least.shape[0], : least.shape[1]] = least
    choice = np.zeros((rows, columns), np.uint16)
    for number, each in enumerate(group, start=1):
        step = _steps(each, most_units)
        width = min(least.shape[1], columns - step)
        if width <= 0:
            continue
        price = each.cost_fen * factor + UNITS_WEIGHT * each.units + len(each.measures)
        place = (
            slice(each.value, each.value + least.shape[0]),
            slice(step, step + width),
        )
        offered = least[:, :width] + price
        is_better = offered < found[place]
        np.copyto(found[place], offered, where=is_better)
        choice[place][is_better] = number
    return found, choice


def _traced(
    groups: Sequence[Sequence[Option]],
    taken: Sequence[NDArray[np.uint16]],
    value: int,
    units: int,
    most_units: int | None,
) -> list[Option]:
    """Return the options that lead to a cell."""
    found = list[Option]()
    for group, choice in zip(reversed(groups), reversed(taken), strict=True):
        number = int(choice[value, units])
        if number:
            option = group[number - 1]
            found.append(option)
            value -= option.value
            units -= _steps(option, most_units)
    return found
