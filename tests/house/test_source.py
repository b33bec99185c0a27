"""Rules about the source that no linter knows: length, clock, who writes a status, mirrors."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "dianliang"
TESTS = ROOT / "tests"
MOST_LINES, MOST_IN_FUNCTION, MOST_IN_ENGINE = 400, 60, 80
READS_THE_CLOCK = {"faces", "api", "cli", "config"}
CLOCKS = {"now", "today", "utcnow", "localdate"}
WRITES_STATUS = {
    "core/transitions.py": "the one writer",
    "core/jobs.py": "the queue's own leases, not a business state",
}
INSTANT = re.compile(r"(at|now|then|before|after|\w+_at)$")
WITHOUT_TESTS_OF_THEIR_OWN = {"config"}
"""Wiring."""
OF_THE_WHOLE = {"benchmarks", "cases", "house", "journeys", "tools"}


def files(under: Path = SOURCE) -> list[Path]:
    return [path for path in sorted(under.rglob("*.py")) if "migrations" not in path.parts]


def trees(*words, longer_than=0):
    """Parse only what may matter: parsing everything for each rule takes ten seconds."""
    for path in files():
        text = path.read_text(encoding="utf-8")
        if any(word in text for word in words or ("",)) and text.count("\n") > longer_than:
            yield path.relative_to(SOURCE).as_posix(), ast.parse(text)


def test_files_and_functions_stay_short_enough_to_be_read():
    long = [
        f.relative_to(ROOT).as_posix()
        for f in files()
        if f.read_text(encoding="utf-8").count("\n") > MOST_LINES
    ]
    for name, tree in trees(longer_than=MOST_IN_FUNCTION):
        most = MOST_IN_ENGINE if name.startswith("engines/") else MOST_IN_FUNCTION
        long += [
            f"{name}::{node.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno + 1 > most
        ]
    assert long == []


def test_only_the_outer_floor_reads_the_clock():
    found = []
    for name, tree in trees(*(f".{word}(" for word in CLOCKS)):
        if name.split("/")[0] in READS_THE_CLOCK:
            continue
        found += [
            f"{name}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CLOCKS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"timezone", "datetime", "date", "dt"}
        ]
    assert found == []


def writes_status(node: ast.AST) -> bool:
    """Tell whether a node assigns an attribute `status`, or updates a column of that name."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        flat = [e for t in targets for e in (t.elts if isinstance(t, ast.Tuple) else [t])]
        return any(isinstance(t, ast.Attribute) and t.attr == "status" for t in flat)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"update", "bulk_update", "update_or_create"}
        and any(keyword.arg == "status" for keyword in node.keywords)
    )


def test_nobody_takes_the_day_of_an_instant_in_utc():
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees(".date()")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and INSTANT.match(_last_name(node.func.value))
    ]
    assert found == [], "A day is one of Shanghai: at.astimezone(SHANGHAI).date()."


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_only_the_lifecycle_writes_a_status():
    found = [
        f"{name}:{node.lineno}"
        for name, tree in trees("status")
        if name not in WRITES_STATUS and not name.startswith("flows/demo/")
        for node in ast.walk(tree)
        if writes_status(node)
    ]
    assert found == []


def test_the_rule_about_a_status_sees_what_it_should():
    for text in ("need.status = 'X'", "a.status, b = 1, 2", "Need.objects.update(status='X')"):
        assert any(writes_status(node) for node in ast.walk(ast.parse(text)))


def test_a_refusal_shows_its_form_again_in_one_way():
    """`faces/ui/refused.py` fills the form in: no view hands what was sent to its own page."""
    own_way = re.compile(r'messages\.error\(|": request\.POST( or [^,]+)?[,}]')
    found = [
        name
        for path in files(SOURCE / "faces")
        if (name := path.relative_to(SOURCE).as_posix()) != "faces/ui/refused.py"
        and own_way.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_tests_mirror_the_source():
    """Speed and meaning differ by folder; whoever looks for a test knows where it is."""
    folders = {
        folder.relative_to(TESTS).as_posix()
        for folder in TESTS.rglob("*")
        if folder.is_dir() and list(folder.glob("test_*.py"))
    }
    strays = {
        folder
        for folder in folders
        if folder.split("/")[0] not in OF_THE_WHOLE and not (SOURCE / folder).is_dir()
    }
    floors = {path.relative_to(SOURCE).parts[0] for path in files() if path.parent != SOURCE}
    tested = {folder.split("/")[0] for folder in folders}
    assert (strays, floors - tested - WITHOUT_TESTS_OF_THEIR_OWN) == (set(), set())


@pytest.mark.parametrize("floor", ["kernel", "engines"])
def test_the_inner_floors_do_not_log_or_print(floor):
    for path in files(SOURCE / floor):
        words = path.read_text(encoding="utf-8")
        assert "print(" not in words
        assert "logging" not in words
