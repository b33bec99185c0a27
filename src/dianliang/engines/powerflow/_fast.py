"""The fast way through steps of a grid, when phases need not be told apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dianliang.engines.powerflow._branches import BASE_VA
from dianliang.engines.powerflow._kernel import sweep
from dianliang.engines.powerflow._model import Floats, Grid
from dianliang.engines.powerflow._tree import Forest

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
    grid: Grid, laid: Forest | None, powers: tuple[Floats, Floats], *, tolerance_pu: float
) -> Fast | None:
    """Return all steps of the parts that can be swept, or None where none can.

    `powers` are drawn, in kW and kvar. Columns of what lies in other parts, whose nodes the forest
    has `apart`, hold nothing of use. Results lie by column in memory, as the kernel makes them.
    """
    if laid is None:
        return None
    steps = len(powers[0])
    voltage = _columns(laid.node, len(grid.nodes), steps, np.nan)
    line_loading, line_loss = (_columns(laid.line, len(grid.lines), steps) for _ in range(2))
    loading, loss = (_columns(laid.transformer, len(grid.transformers), steps) for _ in range(2))
    is_solved = np.ones(steps, bool)
    sweep(
        *powers,
        BASE_KW,
        laid.load,
        laid.load_at,
        laid.first_load,
        laid.parent,
        _rows(laid),
        laid.first,
        laid.source_pu,
        laid.ties,
        laid.first_tie,
        np.stack([laid.gains.real, laid.gains.imag], axis=1),
        tolerance_pu,
        MOST_SWEEPS,
        np.stack([laid.node, laid.line, laid.transformer], axis=1),
        voltage,
        line_loading,
        line_loss,
        loading,
        loss,
        is_solved,
    )
    return Fast(
        voltage_pu=voltage.T,
        line_loading=line_loading.T,
        transformer_loading=loading.T,
        line_loss_kw=line_loss.T,
        transformer_loss_kw=loss.T,
        is_solved=is_solved,
    )


def _columns(filled: Any, count: int, steps: int, else_: float = 0.0) -> Floats:
    """Return room for the kernel's results (each, steps), with something where it writes none."""
    made = np.empty((count, steps))
    is_left = np.ones(count, bool)
    is_left[filled[filled >= 0]] = False
    made[is_left] = else_
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
        ],
        axis=1,
    )
