"""Where words are looked for: the files of the program and what stands in them."""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

CHINESE = re.compile("[\u4e00-\u9fff]")
ROOT = Path(__file__).resolve().parents[2] / "src" / "dianliang"


@cache
def python_files() -> tuple[Path, ...]:
    """Return what is read for messages: our files that hold any Chinese, but no migrations."""
    found = (path for path in sorted(ROOT.rglob("*.py")) if "migrations" not in path.parts)
    return tuple(path for path in found if is_chinese(path.read_text(encoding="utf-8")))


def files_in(rooms: Iterable[str]) -> list[Path]:
    """Return the Python files of some rooms."""
    named = [ROOT / room for room in rooms]
    return [path for path in python_files() if any(path == a or a in path.parents for a in named)]


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Return what a Python file calls, assigns and puts in pairs, also within f-strings."""
    kinds = (ast.Call, ast.Assign, ast.AnnAssign, ast.Tuple)
    found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node for node in found if isinstance(node, kinds)]


def calls(path: Path) -> Iterator[ast.Call]:
    """Yield what a Python file calls."""
    return (node for node in nodes(path) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    """Return the last word of what is called."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def texts(value: ast.expr) -> Iterator[str]:
    """Yield the constant words of an expression: of one, or of a tuple of them."""
    for part in value.elts if isinstance(value, ast.Tuple) else (value,):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def is_chinese(words: str) -> bool:
    """Return whether words hold any Chinese."""
    return CHINESE.search(words) is not None


def shipped_rows(label: str, *models: str) -> Iterator[dict[str, Any]]:
    """Yield the rows that an app brings along for some of its models."""
    from django.apps import apps

    app = apps.get_app_config(label)
    for model in models:
        path = Path(app.path) / "data" / app.shipped[model]
        yield from json.loads(path.read_text(encoding="utf-8"))
