"""The fast way through steps of a grid without loops, when phases need not be told apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dianliang.engines.powerflow._kernel import sweep
from dianliang.engines.powerflow._model import Floats, Grid
from dianliang.engines.powerflow._tree import BASE_VA, Tree, tree

BASE_KW = BASE_VA / 1e3
MOST_SWEEPS = 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fast:
    """What came of it: columns in the order of the grid; rows of unsolved steps hold nothing."""

    voltage_pu: Floats
    line_loading: Floats
    transformer_loading: Floats
    line_loss_kw: Floats
    transformer_loss_kw: Floats
    is_solved: np.ndarray[Any, np.dtype[np.bool_]]


def fast(grid: Grid, powers: tuple[Floats, Floats], *, tolerance_pu: float) -> Fast | None:
    """Return all steps, or None where the grid is no tree. `powers` are drawn, in kW and kvar."""
    found = tree(grid)
    if found is None:
        return None
    p, q = powers
    steps, count = len(p), len(found.parent)
    voltage, loading, loss = (np.full((steps, count), np.nan) for _ in range(3))
    is_solved = np.ones(steps, bool)
    sweep(
        np.stack([p, q]) / BASE_KW,
        found.load_at,
        found.parent,
        _rows(found),
        found.source_pu,
        tolerance_pu,
        MOST_SWEEPS,
        voltage,
        loading,
        loss,
        is_solved,
    )
    by_node = np.empty(count, np.int64)
    by_node[found.node] = np.arange(count)
    lines, transformers = (
        _places(found.line, grid.lines),
        _places(found.transformer, grid.transformers),
    )
    return Fast(
        voltage_pu=voltage[:, by_node],
        line_loading=_gathered(loading, lines),
        transformer_loading=_gathered(loading, transformers),
        line_loss_kw=_gathered(loss, lines) * BASE_KW,
        transformer_loss_kw=_gathered(loss, transformers) * BASE_KW,
        is_solved=is_solved,
    )


def _rows(found: Tree) -> Floats:
    """Return a tree as the kernel takes it."""
    return np.stack(
        [
            found.turns,
            found.series.real,
            found.series.imag,
            found.shunt.real,
            found.shunt.imag,
            found.near.real,
            found.near.imag,
            found.far.real,
            found.far.imag,
            found.rating,
            (found.transformer >= 0).astype(np.float64),
        ]
    )


def _places(which: np.ndarray[Any, np.dtype[np.int64]], things: Sequence[object]) -> Any:
    """Return where each thing lies in the tree, −1 for one that is open."""
    places = np.full(len(things), -1, np.int64)
    held = np.flatnonzero(which >= 0)
    places[which[held]] = held
    return places


def _gathered(values: Floats, places: Any) -> Floats:
    """Return the columns of things; nothing flows in what is open."""
    found: Floats = values[:, places]
    found[:, places < 0] = 0.0
    return found
