"""One contender on one month in a process of its own: what it found, and what it took."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.energy.curves.peers import PEERS

THREADS = 2
SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Found:
    """What a contender found, and what it took."""

    answer: dict[str, float]
    cpu_s: float
    wall_s: float
    memory_mb: float


def ours(root: Path) -> dict[str, float]:
    """Features and runs in one pass, on two threads."""
    import pyarrow.compute as pc

    from dianliang.engines.loading import Line, Span, judge
    from dianliang.flows.energy.running import summed
    from dianliang.integrations.curve_store import CurveStore, register

    network = register(root)
    assert network is not None
    total = {"rows": 0.0, "kwh": 0.0, "voltage_minutes": 0.0, "valley": 0.0}

    def count(batch: Any) -> None:
        total["rows"] += batch.num_rows
        column = batch.column
        total["kwh"] += pc.sum(column("energy_kwh")).as_py()
        total["voltage_minutes"] += pc.sum(column("low_minutes")).as_py()
        total["voltage_minutes"] += pc.sum(column("high_minutes")).as_py()
        total["valley"] += pc.sum(column("valley_share")).as_py()

    span = Span(date(2026, 7, 1), date(2026, 7, 31))
    with ThreadPoolExecutor(THREADS) as pool:
        loads = summed(CurveStore(root), network, span, executor=pool, on_features=count)
    judged = judge(loads)
    runs = [run for one in judged for run in one.runs]
    return total | {
        "heavy_minutes": float(sum(one.beyond_minutes[Line.HEAVY] for one in judged)),
        "over_minutes": float(sum(one.beyond_minutes[Line.OVER] for one in judged)),
        "heavy_runs": float(sum(run.line is Line.HEAVY for run in runs)),
    }


def scan(root: Path) -> dict[str, float]:
    """Read all bytes of the files, and nothing else: no program can be quicker than the disk."""
    size = 0
    for path in sorted(root.rglob("month=*/*.parquet")):
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(16 * 1024 * 1024):
                size += len(chunk)
    return {"bytes": float(size)}


def unpack(root: Path) -> dict[str, float]:
    """Unpack powers and voltages with Arrow, and do nothing with them."""
    from dianliang.engines.loading import Span
    from dianliang.integrations.curve_store import CurveStore, batches

    span = Span(date(2026, 7, 1), date(2026, 7, 31))
    rows = sum(b.num_rows for part in CurveStore(root).slices(span) for b in batches(part))
    return {"rows": float(rows)}


def memory(root: Path) -> dict[str, float]:
    """Sum as many numbers as there are readings, in memory: no program can be quicker than it."""
    import numpy as np
    import pyarrow.parquet as pq

    rows = sum(pq.read_metadata(path).num_rows for path in root.rglob("month=*/*.parquet"))
    block = np.ones(40_000 * 96, np.int32)
    for _ in range(-(-rows // 40_000)):
        block.max()
    return {"rows": float(rows)}


CONTENDERS: dict[str, Callable[[Path], dict[str, float]]] = {
    "limit: disk read": scan,
    "limit: memory scan": memory,
    "limit: unpack only": unpack,
    "ours": ours,
    **PEERS,
}


def measured(name: str, root: Path, times: int) -> Found:
    """Run a contender in a fresh process."""
    with SPAWN.Pool(1) as pool:
        return pool.apply(_run, (name, root, times))


def _run(name: str, root: Path, times: int) -> Found:
    best: Found | None = None
    for _ in range(times + 1):
        cpu, wall = _cpu_s(), time.perf_counter()
        answer = CONTENDERS[name](root)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found = Found(answer, _cpu_s() - cpu, time.perf_counter() - wall, peak)
        best = found if best is None or found.cpu_s < best.cpu_s else best
    assert best is not None
    return best


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
