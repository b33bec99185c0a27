"""From a model of a grid to what it carries: opened, checked, computed, written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dianliang.core import disk
from dianliang.engines.powerflow import (
    DEFAULT_LIMITS,
    Flow,
    Grid,
    InvalidGridError,
    Limits,
    Summary,
    solve,
    summarise,
)
from dianliang.integrations import grid_files
from dianliang.kernel.errors import InvalidInputError, reason
from dianliang.kernel.phrases import Phrase

ONE_MOMENT: tuple[str, ...] = (Phrase("模型"),)
"""What the only moment is called where there are no curves."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Computed:
    """A flow with what it says; `moments` are the names of its steps."""

    flow: Flow
    summary: Summary
    moments: Sequence[str]
    hours: float


def opened(path: Path, *, is_radial: bool = False) -> Grid:
    """Return the sound grid of a file or folder; `is_radial` declares that it has no loop.

    Raises:
        UnreadableGridError, UnreadableSheetError: it cannot be read, or is not sound; every place
            is listed.
    """
    grid = grid_files.read_grid(path)
    if is_radial:
        grid = replace(grid, is_radial=True)
    grid_files.refuse_unsound(grid, name=path.name)
    return grid


def computed(
    grid: Grid,
    *,
    curves: Path | None = None,
    power_factor: float = 0.95,
    hours: float = 0.25,
    is_by_phase: bool | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Computed:
    """Compute a sound grid with its own loads, or at each step of curves.

    Raises:
        UnreadableGridError: the curves cannot be used; every place is listed.
        InvalidInputError: the curves do not fit the grid.
    """
    profiles, moments = None, ONE_MOMENT
    if curves is not None:
        profiles, moments = grid_files.read_curves(
            curves, grid, power_factor=power_factor, hours=hours
        )
    try:
        flow = solve(grid, profiles, is_by_phase=is_by_phase)
    except InvalidGridError as error:
        raise InvalidInputError("\n".join(each.words for each in error.errors)) from error
    summary = summarise(flow, limits=limits)
    return Computed(flow=flow, summary=summary, moments=moments, hours=flow.hours)


def write_template(path: Path) -> None:
    """Write the template of a grid.

    Raises:
        InvalidInputError: the file is not to be an Excel file, or cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise InvalidInputError(Phrase("%(path)s 的扩展名应是 .xlsx。", path=str(path)))
    _written(path, grid_files.template())


def write(grid: Grid, path: Path) -> None:
    """Write a grid as Excel or JSON, by the name of the file.

    Raises:
        InvalidInputError: the file is of another kind, or cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in (".xlsx", ".json"):
        raise InvalidInputError(Phrase("%(path)s 的扩展名应是 .xlsx 或 .json。", path=str(path)))
    is_excel = kind == ".xlsx"
    _written(path, grid_files.workbook(grid) if is_excel else grid_files.written(grid).encode())


def _written(path: Path, content: bytes) -> None:
    try:
        disk.replace(path, content)
    except OSError as error:
        raise InvalidInputError(
            Phrase("写不了 %(path)s：%(why)s。", path=str(path), why=reason(error))
        ) from error
