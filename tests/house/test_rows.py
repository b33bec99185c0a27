"""Which systems of the mission have a journey that shows them at work."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROWS = (TESTS / "house" / "rows.txt").read_text(encoding="utf-8").split()


def marked_rows() -> set[str]:
    found: set[str] = set()
    for file in TESTS.rglob("test_*.py"):
        found |= set(re.findall(r'mark\.row\("([^"]+)"\)', file.read_text(encoding="utf-8")))
    return found


def test_every_marked_row_exists(record_property):
    marked = marked_rows()
    without = [row for row in ROWS if row not in marked]
    record_property("rows_without_a_journey", " ".join(without))

    assert marked <= set(ROWS)
    assert len(without) < len(ROWS)
