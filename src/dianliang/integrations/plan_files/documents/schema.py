"""The JSON Schema of problems and plans (draft 2020-12), from the same words as the reading."""

from collections.abc import Mapping
from dataclasses import MISSING, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, get_args, get_origin

import numpy as np

from dianliang.engines.routing import Travel
from dianliang.integrations.plan_files.documents.codec import KINDS_OF_TRAVEL
from dianliang.integrations.plan_files.documents.hints import default_of, present, written_fields
from dianliang.integrations.plan_files.documents.words import FIELDS, Range, range_of
from dianliang.integrations.plan_files.loaded import (
    PLAN_SCHEMA,
    PROBLEM_SCHEMA,
    PlanFile,
    ProblemFile,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OFFSET = r"(Z|[+-]\d{2}:?\d{2})$"
"""Without an offset nobody knows which instant is meant."""


def json_schema() -> dict[str, Any]:
    """Return the schema of both kinds of file."""
    made: dict[str, Any] = {}
    for owner, name in ((ProblemFile, PROBLEM_SCHEMA), (PlanFile, PLAN_SCHEMA)):
        _define(owner, made)
        made[owner.__name__]["properties"]["schema"]["const"] = name
    return {
        "$schema": DIALECT,
        "title": "点亮：排班问题与计划",
        "oneOf": [_reference(ProblemFile), _reference(PlanFile)],
        "$defs": dict(sorted(made.items())),
    }


def _reference(owner: type) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{owner.__name__}"}


def _define(owner: type, made: dict[str, Any], *, kind: str = "") -> None:
    if owner.__name__ in made:
        return
    properties: dict[str, Any] = {"kind": {"const": kind}} if kind else {}
    needed = [*properties]
    made[owner.__name__] = {}
    for each, hint in written_fields(owner):
        words = FIELDS[owner][each.name]
        body = _of(hint, range_of(owner, each.name, hint), made)
        properties[each.name] = {"description": words, **body}
        if default_of(each) is MISSING:
            needed.append(each.name)
    made[owner.__name__] = {
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def _of(hint: Any, limits: Range, made: dict[str, Any]) -> dict[str, Any]:
    if present(hint) is not hint:
        return {"anyOf": [_of(present(hint), limits, made), {"type": "null"}]}
    if get_origin(hint) is not None:
        return _many(hint, limits, made)
    if hint is Travel:
        for kind, owner in KINDS_OF_TRAVEL.items():
            _define(owner, made, kind=kind)
        return {"oneOf": [_reference(owner) for owner in KINDS_OF_TRAVEL.values()]}
    if is_dataclass(hint) and isinstance(hint, type):
        _define(hint, made)
        return _reference(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [*hint]}
    return _scalar(hint, limits)


def _many(hint: Any, limits: Range, made: dict[str, Any]) -> dict[str, Any]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is np.ndarray:
        row = {"type": "array", "items": _scalar(float, limits)}
        return {"type": "array", "items": row}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of(inner[1], limits, made)}
    body: dict[str, Any] = {"type": "array", "items": _of(inner[0], limits, made)}
    return {**body, "uniqueItems": True} if origin is frozenset else body


def _scalar(hint: Any, limits: Range) -> dict[str, Any]:
    least, most = limits
    if hint is str:
        return {"type": "string", "minLength": int(least), "maxLength": int(most)}
    if hint is bool:
        return {"type": "boolean"}
    if hint is int:
        return {"type": "integer", "minimum": int(least), "maximum": int(most)}
    if hint is float:
        return {"type": "number", "minimum": least, "maximum": most}
    if hint is datetime:
        return {"type": "string", "format": "date-time", "pattern": OFFSET}
    if hint is date:
        return {"type": "string", "format": "date"}
    raise TypeError(f"files do not know {hint}")
