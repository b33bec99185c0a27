"""The fast way through steps of a grid without loops, when phases need not be told apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dianliang.engines.powerflow._kernel import sweep
from dianliang.engines.powerflow._model import Floats, Grid
from dianliang.engines.powerflow._tree import BASE_VA, Forest, forest

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


def fast(
    grid: Grid, powers: tuple[Floats, Floats], *, apart: set[str], tolerance_pu: float
) -> Fast | None:
    """Return all steps of the parts that are trees, or None where none is.

    `powers` are drawn, in kW and kvar. Columns of what lies in parts with loops or with several
    sources, whose nodes are `apart`, hold nothing of use.
    """
    if all(source.node in apart for source in grid.sources):
        return None
    found = forest(grid, apart=apart)
    steps, lines, transformers = len(powers[0]), len(grid.lines), len(grid.transformers)
    made = Fast(
        voltage_pu=np.full((steps, len(grid.nodes)), np.nan),
        line_loading=np.zeros((steps, lines)),
        transformer_loading=np.zeros((steps, transformers)),
        line_loss_kw=np.zeros((steps, lines)),
        transformer_loss_kw=np.zeros((steps, transformers)),
        is_solved=np.ones(steps, bool),
    )
    sweep(
        *powers,
        BASE_KW,
        found.load,
        found.load_at,
        found.first_load,
        found.parent,
        _rows(found),
        found.first,
        found.source_pu,
        tolerance_pu,
        MOST_SWEEPS,
        np.stack([found.node, found.line, found.transformer]),
        made.voltage_pu,
        made.line_loading,
        made.line_loss_kw,
        made.transformer_loading,
        made.transformer_loss_kw,
        made.is_solved,
    )
    return made


def _rows(found: Forest) -> Floats:
    """Return trees as the kernel takes it."""
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
        ]
    )
