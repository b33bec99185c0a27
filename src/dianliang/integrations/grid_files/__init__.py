"""Grids as files: tables of simbench and pandapower, our own workbook, JSON; curves by load.

Nothing here computes; `refuse_unsound` only puts the errors of the engine where they lie.
"""

from dianliang.integrations.grid_files._curves import read_curves
from dianliang.integrations.grid_files._document import read_document, written
from dianliang.integrations.grid_files._errors import Problem, UnreadableGridError
from dianliang.integrations.grid_files._example import EXAMPLE, LINE_TYPES, TRANSFORMER_TYPES
from dianliang.integrations.grid_files._read import read_grid, refuse_unsound
from dianliang.integrations.grid_files._workbook import template, workbook

__all__ = [
    "EXAMPLE",
    "LINE_TYPES",
    "TRANSFORMER_TYPES",
    "Problem",
    "UnreadableGridError",
    "read_curves",
    "read_document",
    "read_grid",
    "refuse_unsound",
    "template",
    "workbook",
    "written",
]
