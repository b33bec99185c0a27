"""What the annotations of the engine's dataclasses say."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np


@cache
def hints_of(owner: type) -> dict[str, Any]:
    """Return the annotations of a dataclass, resolved."""
    return get_type_hints(owner)


def written_fields(owner: type) -> Iterator[tuple[Field[Any], Any]]:
    """Yield the fields that a dataclass's constructor takes, with their annotations."""
    for each in fields(owner):
        if each.init:
            yield each, hints_of(owner)[each.name]


def default_of(each: Field[Any]) -> Any:
    """Return the default of a field, or MISSING."""
    return each.default if each.default_factory is MISSING else each.default_factory()


def present(hint: Any) -> Any:
    """Return an annotation without ``| None``."""
    if get_origin(hint) in {UnionType, Union}:
        return next(each for each in get_args(hint) if each is not type(None))
    return hint


def leaf_of(hint: Any) -> Any:
    """Return the innermost type: of the items of a list, of the values of a mapping."""
    hint = present(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is np.ndarray:
        return float
    if origin is None or not inner:
        return hint
    return leaf_of(inner[0] if origin in {tuple, frozenset} else inner[-1])
