"""What refusals say, and whether a catalogue can hold it."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.wording.files import (
    ROOT,
    calls,
    files_in,
    is_chinese,
    name_of,
    nodes,
    python_files,
    texts,
)
from tools.wording.sources import PLAIN

OF_CHINESE = re.compile("[\u4e00-\u9fff\u3001-\u303f\uff00-\uffef]")
"""With its full stops, commas and brackets."""
SPEAKS_CHINESE = ("cli", "api", "integrations", "flows/demo", "flows/exercise")
"""Rooms whose refusals are told to who runs the installation, or to programs: in Chinese only."""
READ_BY_PEOPLE = (
    "integrations/meter_files",
    "integrations/grid_files",
    "integrations/loudspeakers",
)
"""Of these rooms, those whose refusals stand on pages."""
NOT_YET_IN_ENGLISH: tuple[str, ...] = ()
"""Rooms whose refusals have no English yet. The list only ever gets shorter."""


def refusing_files() -> list[Path]:
    """Return the files whose refusals are told in the reader's language: all but those listed."""
    away = {*files_in(SPEAKS_CHINESE), *files_in(NOT_YET_IN_ENGLISH)} - {*files_in(READ_BY_PEOPLE)}
    return [path for path in python_files() if path not in away]


def from_refusals(paths: Iterable[Path] | None = None) -> Iterator[str]:
    """Yield what refusals say in constant words, and the labels of fields that they name."""
    for path in refusing_files() if paths is None else paths:
        constants = _constants(path)
        for call in calls(path):
            if name_of(call).endswith("Error"):
                yield from _told(call.args[:1], constants)
            yield from _told([k.value for k in call.keywords if k.arg == "label"], constants)
        for node in nodes(path):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                is_told = node.targets[0].id in {"message", "words"}
                yield from _told([node.value] if is_told else [], {})
        yield from _labels_by_position(path)


def _labels_by_position(path: Path) -> Iterator[str]:
    """Yield the labels that a file hands by position to functions of its own."""
    source = path.read_text(encoding="utf-8")
    if not re.search(r"\b(label|what): str", source):
        return
    tree = ast.parse(source)
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    names = {function.name: [arg.arg for arg in function.args.args] for function in functions}
    for call in calls(path):
        taken = names.get(name_of(call), [])
        for name, told in zip(taken, call.args, strict=False):
            if name in {"label", "what"}:
                yield from _told([told], {})


def composed_refusals(paths: Iterable[Path] | None = None) -> Iterator[str]:
    """Yield where a refusal is put together of pieces, so that no catalogue can hold it.

    Such a sentence is a `Phrase` with named values.
    """
    for path in refusing_files() if paths is None else paths:
        for call in calls(path):
            if name_of(call).endswith("Error"):
                wrong = map(_is_composed, call.args[:1])
            elif name_of(call) in PLAIN:
                wrong = (isinstance(told, ast.JoinedStr) for told in call.args[:1])
            else:
                continue
            if any(wrong):
                yield f"{path.relative_to(ROOT)}:{call.lineno}"


def _is_composed(told: ast.expr) -> bool:
    if isinstance(told, ast.IfExp):
        return _is_composed(told.body) or _is_composed(told.orelse)
    is_made = isinstance(told, ast.JoinedStr) or (
        isinstance(told, ast.BinOp) and isinstance(told.op, ast.Add)
    )
    texts = (node.value for node in ast.walk(told) if isinstance(node, ast.Constant))
    return is_made and any(isinstance(text, str) and OF_CHINESE.search(text) for text in texts)


def _constants(path: Path) -> dict[str, ast.expr]:
    """Return what the names of a file stand for: a refusal may be told by one of them."""
    assigned = (node for node in nodes(path) if isinstance(node, ast.Assign | ast.AnnAssign))
    named = ((getattr(a, "targets", None) or [a.target], a.value) for a in assigned)
    return {
        targets[0].id: value
        for targets, value in named
        if isinstance(targets[0], ast.Name) and targets[0].id.isupper() and value
    }


def _told(told: Iterable[ast.expr], constants: dict[str, ast.expr]) -> Iterator[str]:
    """Yield the Chinese that is told: constant, one or the other, or of a named constant."""
    for part in told:
        if isinstance(part, ast.IfExp):
            yield from _told((part.body, part.orelse), constants)
        elif isinstance(part, ast.BoolOp | ast.Tuple | ast.Dict):
            yield from _told(getattr(part, "elts", None) or part.values, constants)
        elif isinstance(part, ast.Subscript):
            yield from _told([part.value], constants)
        elif isinstance(part, ast.Name) and part.id in constants:
            yield from _told([constants[part.id]], {})
        else:
            yield from filter(is_chinese, texts(part))
