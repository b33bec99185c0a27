"""Read a grid from whatever it comes in, and tell where in it an error of the model lies."""

from collections.abc import Mapping
from pathlib import Path

from dianliang.engines.powerflow import Grid, GridError, validate
from dianliang.integrations.grid_files import _pandapower, _simbench
from dianliang.integrations.grid_files._columns import SHEETS
from dianliang.integrations.grid_files._document import read_document
from dianliang.integrations.grid_files._errors import Problem, UnreadableGridError, refuse
from dianliang.integrations.grid_files._workbook import read_workbook
from dianliang.kernel.errors import reason
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import decoded

EXCEL = (".xlsx", ".xls", ".xlsm")
FOLDERS = {
    _simbench.FILES: _simbench.read_simbench,
    _pandapower.FILES: _pandapower.read_pandapower,
}
"""By which files a folder is known, and who reads it."""
MOST_BYTES = 200 * 1024 * 1024


def read_grid(path: Path) -> Grid:
    """Return the grid that a file or folder holds: JSON, our workbook, or a folder of tables.

    Raises:
        UnreadableSheetError: a workbook is damaged, too large, or lacks headings.
        UnreadableGridError: anything else that cannot be used; every place is listed.
    """
    if path.is_dir():
        for files, read in FOLDERS.items():
            if all((path / name).exists() for name in files):
                return read(path)
        names = "、".join(name for files in FOLDERS for name in files)
        words = Phrase(
            "%(name)s 里没有电网表：应有 simbench 或 pandapower 的 CSV（%(names)s 等）。",
            name=path.name,
            names=names,
        )
        raise UnreadableGridError(words)
    try:
        if path.suffix.lower() in EXCEL:
            return read_workbook(path)
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableGridError(
                Phrase("%(name)s 超过 200 MB，请按馈线拆分。", name=path.name)
            )
        text = decoded(path.read_bytes())
    except OSError as error:
        words = Phrase(
            "读不了 %(name)s：%(error)s。请检查文件名和权限。", name=path.name, error=reason(error)
        )
        raise UnreadableGridError(words) from error
    return read_document(text or "", name=path.name)


def refuse_unsound(grid: Grid, *, name: str) -> None:
    """Refuse a grid that cannot be computed; errors name the row of our workbook by the id.

    Raises:
        UnreadableGridError: the model is not sound; everything wrong is listed.
    """
    errors = validate(grid)
    rows = _rows_by_id(grid) if errors else {}
    problems = [_placed(rows, error) for error in errors]
    if problems and not grid.transformers and len({node.voltage_v for node in grid.nodes}) > 1:
        words = Phrase("没有“变压器”工作表，或表里没有一行：不同电压的节点之间要有变压器。")
        problems.append(Problem("", 0, "", words))
    refuse(name, problems)


def _rows_by_id(grid: Grid) -> dict[str, dict[str, int]]:
    """Return by sheet of the workbook the first row that bears an id."""
    rows: dict[str, dict[str, int]] = {}
    for sheet in SHEETS:
        of_sheet = rows.setdefault(sheet.title, {})
        for number, each in enumerate(getattr(grid, sheet.attribute), start=2):
            of_sheet.setdefault(each.id, number)
    return rows


def _placed(rows: Mapping[str, Mapping[str, int]], error: GridError) -> Problem:
    """Return an error with the first row of the workbook's sheets that bears its id."""
    for title, of_sheet in rows.items():
        if title[:2] in error.words[:5] and error.id in of_sheet:
            return Problem(title, of_sheet[error.id], "", error.words)
    return Problem("", 0, "", error.words)
