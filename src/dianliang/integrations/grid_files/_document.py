"""A grid as JSON, and back: one object for each thing, by the names of the model."""

import json
import sys
from dataclasses import MISSING, fields
from enum import Enum, IntEnum
from typing import Any, get_args, get_type_hints

from dianliang.engines.powerflow import (
    Grid,
    Line,
    LineType,
    Load,
    Node,
    Phase,
    Source,
    Switch,
    Transformer,
    TransformerType,
)
from dianliang.integrations.grid_files._errors import Problem, UnreadableGridError, refuse
from dianliang.kernel.phrases import Phrase

FORMAT = "dianliang-grid"
VERSION = 1
KINDS: dict[str, type[Any]] = {
    "nodes": Node,
    "lines": Line,
    "transformers": Transformer,
    "loads": Load,
    "sources": Source,
    "switches": Switch,
    "line_types": LineType,
    "transformer_types": TransformerType,
}
WANTED = {
    bool: Phrase("应是 true 或 false"),
    str: Phrase("应是文字"),
    int: Phrase("应是不太大的整数"),
    float: Phrase("应是能用的数字"),
}
LARGEST = {int: 2**31 - 1, float: sys.float_info.max}
"""JSON writes whole numbers of any length; what counts taps or circuits fits 32 bits."""
MOST_QUOTED = 60
HINTS = {kind: get_type_hints(kind) for kind in KINDS.values()}


def written(grid: Grid) -> str:
    """Return a grid as JSON; what equals its default is left out."""
    body: dict[str, Any] = {"format": FORMAT, "version": VERSION, "name": grid.name}
    body["is_radial"] = grid.is_radial
    for name in KINDS:
        body[name] = [_plain(each) for each in getattr(grid, name)]
    return json.dumps(body, ensure_ascii=False, indent=1)


def read_document(text: str, *, name: str) -> Grid:
    """Return the grid that a document holds.

    Raises:
        UnreadableGridError: it is no such document, or values are not what they must be; every
            place is listed.
    """
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        words = Phrase(
            "%(name)s 不是能读的 JSON：第 %(lineno)d 行第 %(colno)d 列附近有误。",
            name=name,
            lineno=error.lineno,
            colno=error.colno,
        )
        raise UnreadableGridError(words) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableGridError(
            Phrase("%(name)s 不是能读的 JSON：数字太长或嵌套太深。", name=name)
        ) from error
    if not isinstance(body, dict) or body.get("format") != FORMAT or body.get("version") != VERSION:
        words = Phrase(
            '%(name)s 不是电网模型：应有 "format": "%(format)s" 和 "version": %(version)s。',
            name=name,
            format=FORMAT,
            version=VERSION,
        )
        raise UnreadableGridError(words)
    problems: list[Problem] = []
    known = {"format", "version", "name", "is_radial", *KINDS}
    problems += [Problem(key, 0, "", Phrase("不认识这一项。")) for key in body if key not in known]
    made: dict[str, Any] = {}
    for key, kind in KINDS.items():
        rows = body.get(key, [])
        if not isinstance(rows, list):
            problems.append(Problem(key, 0, "", Phrase("应是数组。")))
            continue
        made[key] = tuple(_made(kind, row, key, n, problems) for n, row in enumerate(rows, 1))
    if not isinstance(body.get("is_radial", False), bool):
        problems.append(Problem("is_radial", 0, "", Phrase("应是 true 或 false。")))
    refuse(name, problems)
    return Grid(name=str(body.get("name", "")), is_radial=body.get("is_radial", False), **made)


def _plain(each: Any) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for field in fields(each):
        value = getattr(each, field.name)
        if value != field.default:
            is_named = isinstance(value, IntEnum)
            body[field.name] = value.name if is_named else value
    return body


def _made(kind: type[Any], row: Any, table: str, number: int, problems: list[Problem]) -> Any:
    """Return one thing; None, with a problem noted, where it cannot be made."""
    if not isinstance(row, dict):
        problems.append(Problem(table, number, "", Phrase("应是对象。")))
        return None
    hints, before = HINTS[kind], len(problems)
    problems += [
        Problem(table, number, key, Phrase("不认识这一项。")) for key in row if key not in hints
    ]
    values: dict[str, Any] = {}
    for field in fields(kind):
        if field.name not in row:
            if field.default is MISSING:
                problems.append(Problem(table, number, field.name, Phrase("没有填写。")))
            continue
        try:
            values[field.name] = _value(hints[field.name], row[field.name])
        except (ValueError, TypeError) as error:
            words = Phrase(
                "%(quoted)s 不能用：%(error)s。",
                quoted=_quoted(row[field.name]),
                error=error.args[0],
            )
            problems.append(Problem(table, number, field.name, words))
    return kind(**values) if len(problems) == before else None


def _quoted(value: Any) -> str:
    """Return what stands in the file, cut short: nobody needs to read hundreds of digits."""
    told = repr(value)
    return told if len(told) <= MOST_QUOTED else f"{told[:MOST_QUOTED]}…"


def _phase(value: Any) -> Phase:
    try:
        return Phase[value]
    except (KeyError, TypeError) as error:
        raise ValueError(
            Phrase("应是 %(members)s 之一", members="、".join(Phase.__members__))
        ) from error


def _value(hint: Any, value: Any) -> Any:
    """Return a value as its annotation asks.

    Raises:
        ValueError: it is of another kind; the message names what may stand there.
    """
    options = get_args(hint) or (hint,)
    if value is None and type(None) in options:
        return None
    kind = options[0]
    if issubclass(kind, IntEnum):
        return _phase(value)
    if issubclass(kind, Enum):
        return kind(value)
    fits = (int, float) if kind is float else (kind,)
    is_truth = isinstance(value, bool)
    if is_truth != (kind is bool) or not isinstance(value, fits):
        raise ValueError(WANTED[kind])
    if kind in (int, float) and not abs(value) <= LARGEST[kind]:  # not a number is not, either
        raise ValueError(WANTED[kind])
    return kind(value)
