"""Find good phases by moving one customer, or exchanging two, at a time."""

from collections.abc import Sequence

import numpy as np

from dianliang.engines.phasing._model import PHASES, Floats, Problem

POWER = 16
"""High enough that the fullest points decide, low enough that others still guide."""
MOST_POINTS = 192
MOST_STEPS = 400


def by_phase(problem: Problem, loads: Floats, phases: Sequence[int]) -> Floats:
    """Return what each phase carries at each point: (3, points) in kW."""
    total = problem.others_kw.astype(np.float64)
    for phase in range(PHASES):
        on = np.flatnonzero(np.array(phases, np.int64) == phase)
        total[phase] += loads[on].sum(axis=0)
    return total


def descended(problem: Problem, loads: Floats, start: Sequence[int]) -> list[int]:
    """Return phases from which no single move and no exchange makes the fullest points less full.

    Moves are counted against the customers' own phases. Points that can hardly be the fullest are
    left out; the answer is no worse than `start` on all points.
    """
    whole = by_phase(problem, loads, start)
    order = np.argsort(-np.maximum(whole.max(axis=0), whole.sum(axis=0) / 2), kind="stable")
    points = order[:MOST_POINTS]
    few, phases = loads[:, points], np.array(start, np.int64)
    home = np.array([each.phase for each in problem.customers], np.int64)
    total = whole[:, points].copy()
    scale = max(float(total.max()), 1e-9)
    free = np.array([not each.is_fixed for each in problem.customers], bool)
    for _ in range(MOST_STEPS):
        step = _best(few, phases, home, total, scale, free, problem.most_moves)
        if step is None:
            break
        for i, to in step:
            total[phases[i]] -= few[i]
            total[to] += few[i]
            phases[i] = to
    found = [int(p) for p in phases]
    is_better = by_phase(problem, loads, found).max() < whole.max()
    return found if is_better else list(start)


def _cost(total: Floats, scale: float) -> Floats:
    """Return how full phases are, the fullest points first; over the last axis."""
    return np.asarray((np.clip(total / scale, 0, None) ** POWER).sum(axis=-1), np.float64)


def _best(
    loads: Floats,
    phases: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    home: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    total: Floats,
    scale: float,
    free: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    most_moves: int | None,
) -> list[tuple[int, int]] | None:
    """Return the move, or else the exchange, that helps most; None where none helps."""
    now = _cost(total, scale)
    least, best = -1e-12 * float(now.sum()), None
    moved = phases != home
    left = len(home) if most_moves is None else most_moves - int(moved.sum())
    for one in range(PHASES):
        out = np.flatnonzero(free & (phases == one))
        without = _cost(total[one] - loads[out], scale) - now[one]
        for other in range(PHASES):
            if other == one or not len(out):
                continue
            change = without + _cost(total[other] + loads[out], scale) - now[other]
            more = (home[out] != other).astype(int) - moved[out]
            change[more > left] = np.inf
            place = int(np.argmin(change))
            if change[place] < least:
                least, best = float(change[place]), [(int(out[place]), other)]
    if best is not None:
        return best
    for one, other in ((0, 1), (0, 2), (1, 2)):
        out, back = np.flatnonzero(free & (phases == one)), np.flatnonzero(free & (phases == other))
        for i in out:
            given = loads[i] - loads[back]
            change = _cost(total[one] - given, scale) + _cost(total[other] + given, scale)
            more = int(home[i] != other) - int(moved[i])
            more_back = (home[back] != one).astype(int) - moved[back]
            change = np.where(more + more_back > left, np.inf, change - now[one] - now[other])
            if len(change) and change.min() < least:
                place = int(np.argmin(change))
                least, best = float(change[place]), [(int(i), other), (int(back[place]), one)]
    return best


def spared(problem: Problem, loads: Floats, phases: Sequence[int], most_kw: float) -> list[int]:
    """Return phases with moves taken back, one after the other, as long as a peak is kept."""
    found = list(phases)
    for i, each in sorted(
        enumerate(problem.customers), key=lambda pair: float(pair[1].loads_kw.max())
    ):
        if found[i] != each.phase:
            tried = [*found[:i], each.phase, *found[i + 1 :]]
            if by_phase(problem, loads, tried).max() <= most_kw:
                found = tried
    return found
