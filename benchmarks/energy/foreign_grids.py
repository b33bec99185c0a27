"""Compute grids that others made: ``python -m benchmarks.energy.foreign_grids``.

pandapower's low-voltage networks (Kerber, Kerber's extremes, Dickert, CIGRE, voltage control,
Schutterwald, IEEE's European feeder by phase, without what its transformer's core takes) and
simbench's come from a Python of their own, ``--pandapower-python``, with what `pandapower.txt`
names and `simbench`. Each is read by our own readers from its tables, every load is drawn anew for
some steps, and voltages and loadings must be pandapower's. simbench's grids are read twice, from
their own tables too. Time is CPU-seconds a step on one core: ours with checking and laying out the
grid in each call, and with that done before (as pandapower has its network before); then
power-grid-model alone on our tables, and pandapower's best way. ``--only`` names some networks.

What must hold: every network is read, voltages differ by no more than 1e-5 pu, and over the
networks of 100 nodes and more ours, laying out and all, takes at most 1/300 of pandapower's best in
the median.
"""

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.energy.powerflow import by_power_grid_model, timed
from dianliang.engines.powerflow import Floats, Flow, Grid, Profiles, prepared, solve
from dianliang.integrations.grid_files import read_grid

PEER = Path(__file__).with_name("foreign_peer.py")
MOST_PU, MOST_RATIO, MANY_NODES = 1e-5, 1 / 300, 100
TIMED_STEPS = 960


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A network: how far ours is off, and CPU-seconds a step; NaN where a way is not gone."""

    name: str
    nodes: int
    off_pu: float
    off_loading: float
    ours_s: float = np.nan
    laid_s: float = np.nan
    library_s: float = np.nan
    peer_s: float = np.nan


def profiles(grid: Grid, factors: Floats) -> Profiles:
    """Return every load times its factor."""
    return Profiles(
        ids=tuple(load.id for load in grid.loads),
        p_kw=factors * [load.p_kw for load in grid.loads],
        q_kvar=factors * [load.q_kvar for load in grid.loads],
    )


def judged(folder: Path) -> Line:
    """Hold our answer against pandapower's, and time a step."""
    told: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    grid = read_grid(folder)
    if "cpu_s_per_step" not in told:  # by phase, one step
        return _line(folder, solve(grid), told)
    factors = np.load(folder / "factors.npy")
    line = _line(folder, solve(grid, profiles(grid, factors)), told)
    many = profiles(grid, np.tile(factors, (TIMED_STEPS // len(factors), 1)))
    ours_s, _ = timed(grid, many, times=2)
    laid_s, _ = timed(prepared(grid), many, times=3)
    library_s, _ = by_power_grid_model(grid, many)
    return Line(
        name=line.name,
        nodes=line.nodes,
        off_pu=line.off_pu,
        off_loading=line.off_loading,
        ours_s=ours_s,
        laid_s=laid_s,
        library_s=library_s,
        peer_s=told["cpu_s_per_step"],
    )


def _line(folder: Path, flow: Flow, told: dict[str, Any]) -> Line:
    loadings = [
        np.abs(getattr(flow, name) - np.array(told[name], float))
        for name in ("line_loading", "transformer_loading")
        if name in told
    ]
    return Line(
        name=folder.name,
        nodes=len(flow.grid.nodes),
        off_pu=float(np.abs(flow.voltage_pu - np.array(told["voltage_pu"])).max()),
        # pandapower tells none of a line that is open
        off_loading=max((float(np.nanmax(each)) for each in loadings), default=0.0),
    )


def from_own_tables(folder: Path) -> float:
    """Return by how much a grid from simbench's tables is off the one from pandapower's."""
    one, other = read_grid(folder), read_grid(folder / "simbench")
    names = {
        f"bus {index}": name
        for index, name in np.genfromtxt(
            folder / "bus.csv", delimiter=",", dtype=str, skip_header=1, usecols=(0, 1)
        )
    }
    place = {node.id: k for k, node in enumerate(other.nodes)}
    at = [place[names[node.id]] for node in one.nodes]
    return float(np.abs(solve(one).voltage_pu - solve(other).voltage_pu[:, at]).max())


def report(folders: Sequence[Path]) -> bool:
    """Print a table; tell whether what must hold holds."""
    print(f"{'network':38s}{'nodes':>6s}{'off by pu':>11s}{'loading':>10s}", end="")
    print(f"{'ours µs':>10s}{'laid out':>10s}{'PGM µs':>10s}{'pandapower µs':>15s}{'times':>8s}")
    lines = []
    for folder in folders:
        line = judged(folder)
        lines.append(line)
        print(f"{line.name:38s}{line.nodes:6d}{line.off_pu:11.1e}{line.off_loading:10.1e}", end="")
        print(
            f"{1e6 * line.ours_s:10.1f}{1e6 * line.laid_s:10.1f}{1e6 * line.library_s:10.1f}"
            f"{1e6 * line.peer_s:15.0f}",
            end="",
        )
        print(f"{line.peer_s / line.ours_s:8.0f}", flush=True)
        if (folder / "simbench").exists():
            off = from_own_tables(folder)
            print(f"{'  from its own tables':44s}{off:11.1e}")
            lines.append(Line(name=line.name, nodes=0, off_pu=off, off_loading=0.0))
    worst = max(line.off_pu for line in lines)
    ratios = [x.ours_s / x.peer_s for x in lines if x.nodes >= MANY_NODES and x.ours_s > 0]
    ratio = float(np.median(ratios))
    print(f"{len(folders)} networks, off by {worst:.1e} pu at most (at most {MOST_PU:.0e})")
    print(f"of {MANY_NODES} nodes and more, in the median {1 / ratio:.0f} times as fast ", end="")
    holds = worst <= MOST_PU and ratio <= MOST_RATIO
    print(f"as pandapower's best (300 at least): {'holds' if holds else 'MISSED'}")
    return holds


def main(arguments: Sequence[str] | None = None) -> None:
    """Have the networks written, compute them, and leave with 1 if something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pandapower-python", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=20, help="steps that pandapower does")
    parser.add_argument("--folder", type=Path, help="keep the networks here for another time")
    parser.add_argument("--only", nargs="*", default=[], help="names of networks")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        out = asked.folder or Path(scratch)
        if not any(out.glob("*/answer.json")):
            command = [
                str(asked.pandapower_python),
                str(PEER),
                str(out),
                str(asked.steps),
                *asked.only,
            ]
            subprocess.run(command, check=True)
        found = sorted(path.parent for path in out.glob("*/answer.json"))
        found = [path for path in found if not asked.only or path.name in asked.only]
        raise SystemExit(0 if report(found) else 1)


if __name__ == "__main__":
    main()
