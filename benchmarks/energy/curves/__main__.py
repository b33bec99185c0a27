"""Time features and overload runs of a month: ``python -m benchmarks.energy.curves``.

``--meters 350000`` makes it a county. Each contender runs in a process of its own on the same
files, some times over; the least CPU time of its runs counts, for us and for them. The runs' first
load what has to be loaded and is not counted. Their answers must be ours.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.energy.curves.county import build
from benchmarks.energy.curves.measuring import CONTENDERS, Found, measured
from benchmarks.energy.curves.peers import PEERS

GOAL_CPU_S, GOAL_COUNTY_S, GOAL_COUNTY_GB = 1.5, 30.0, 3.0
COUNTY = 350_000


def same(ours_found: dict[str, float], theirs: dict[str, float]) -> bool:
    """Tell whether two answers agree: counts exactly, sums within a billionth."""
    return all(
        abs(ours_found[name] - value) <= 1e-9 * max(1.0, abs(value))
        for name, value in theirs.items()
    )


def main() -> None:
    """Build the month if it is not there, run everyone, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meters", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keep the files here for another time")
    parser.add_argument("--only", nargs="*", choices=CONTENDERS, default=list(CONTENDERS))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = (asked.folder or Path(scratch)) / f"curves-{asked.meters}"
        if not root.exists():
            build(root, meters=asked.meters)
        report(root, meters=asked.meters, times=asked.times, names=asked.only)


def report(root: Path, *, meters: int, times: int, names: list[str]) -> None:
    size_gb = sum(path.stat().st_size for path in root.rglob("*.parquet")) / 1e9
    readings = meters * 30 * 96
    print(
        f"{meters} meters × 96 × 30 days = {readings / 1e6:.1f} M points, {size_gb:.3f} GB on disk"
    )
    print(f"{'':22}{'CPU s':>8}{'wall s':>8}{'MB':>7}  answer")
    first: Found | None = None
    for name in names:
        found = measured(name, root, times)
        first = found if name == "ours" else first
        verdict = ""
        if name in PEERS and first is not None:
            verdict = "as ours" if same(first.answer, found.answer) else f"differs {found.answer}"
        print(f"{name:22}{found.cpu_s:8.2f}{found.wall_s:8.2f}{found.memory_mb:7.0f}  {verdict}")
    if first is not None:
        print({name: round(value, 3) for name, value in first.answer.items()})
        is_county = meters >= COUNTY
        met = (
            first.cpu_s <= GOAL_COUNTY_S and size_gb <= GOAL_COUNTY_GB
            if is_county
            else first.cpu_s <= GOAL_CPU_S
        )
        goal = (
            f"≤ {GOAL_COUNTY_S:.0f} CPU-s, ≤ {GOAL_COUNTY_GB:.0f} GB"
            if is_county
            else f"≤ {GOAL_CPU_S} CPU-s for 57.6 M"
        )
        print(f"goal {goal}: {'met' if met else 'missed'}")


if __name__ == "__main__":
    main()
