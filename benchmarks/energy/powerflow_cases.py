"""Write reference answers of power flow: ``python -m benchmarks.energy.powerflow_cases``.

Each case is one of our generated grids with pandapower's answer to it, for the tests to hold ours
against. ``--pandapower-python`` points to a Python with what `pandapower.txt` beside this names.
"""

import argparse
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.energy.grids import feeder, village
from dianliang.engines.powerflow import Grid
from dianliang.integrations.grid_files import EXAMPLE, written

PEER = Path(__file__).with_name("pandapower_peer.py")
FOLDER = Path(__file__).parents[2] / "tests" / "cases" / "powerflow"


def grids() -> Iterator[tuple[str, Grid]]:
    """Yield what is asked: a village, a feeder open and as a ring, and villages by phase."""
    yield "village", village(seed=1, nodes=40, kva=100)
    yield "feeder", feeder(seed=2)
    yield "ring", feeder(seed=2, is_ring=True)
    yield "village-by-phase", stiff(village(seed=3, nodes=40, kva=100, is_by_phase=True))
    yield "example-by-phase", stiff(EXAMPLE)


def stiff(grid: Grid) -> Grid:
    """Return a grid behind a voltage that never gives: by phase pandapower means another source."""
    sources = tuple(replace(each, short_circuit_mva=None) for each in grid.sources)
    return replace(grid, sources=sources)


def asked(python: Path, verb: str, task: dict[str, Any]) -> dict[str, Any]:
    """Have pandapower do a task in its own Python.

    Raises:
        SystemExit: it failed; its words are shown.
    """
    done = subprocess.run(
        [str(python), str(PEER), verb],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return dict(json.loads(done.stdout))


def main() -> None:
    """Write one file for each case."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pandapower-python", type=Path, required=True)
    python = parser.parse_args().pandapower_python
    for name, grid in grids():
        document = json.loads(written(grid))
        answer = asked(python, "answer", {"grid": document})
        tolerance_pu = 5e-6 if name.endswith("by-phase") else 1e-6
        case = {"tolerance_pu": tolerance_pu, **answer, "grid": document}
        (FOLDER / f"{name}.json").write_text(
            json.dumps(case, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        print(f"{name}: {len(answer['voltage_pu'])} nodes")


if __name__ == "__main__":
    main()
