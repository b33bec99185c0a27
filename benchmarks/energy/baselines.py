"""Hold baselines against OpenDSM's in one run: ``python -m benchmarks.energy.baselines``.

Every set is split before anybody fits; both see the same base period and are judged on the same
test period that neither saw (CVRMSE: root of the mean squared error over the mean). OpenDSM needs
an environment of its own with what `opendsm.txt` beside this file names: point to its Python with
``--opendsm-python PATH``. Without one only our own figures are shown, and the sets that only it
can read (nmecr's .rda files, OpenDSM's samples) are left out. ``--population`` meters are then
fitted at once for the time each takes. CPU seconds, one thread. ComStock's shapes are NREL's
(CC BY 3.0 US).
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.energy import sets
from dianliang.engines.measurement import Weather, fit_daily, fit_hourly, savings

PEER = Path(__file__).with_name("peer.py")
PLACEBO_DAYS, PLACEBO_SEEDS = (30, 90, 365), (50, 150, 250)
Fit = Callable[[Weather, sets.Floats], Any]
GOALS = {
    "daily": {"ms per meter": 1.0, "times faster": 1000.0, "median": 1.0, "each": 1.03},
    "hourly": {"ms per meter": 0.3, "median": 1.0},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One set: CVRMSE and bias by meter, ours and OpenDSM's (NaN where it failed or is none)."""

    name: str
    split: str
    ours: sets.Floats
    peer: sets.Floats
    bias: sets.Floats
    peer_bias: sets.Floats
    peer_cpu_s: sets.Floats

    @property
    def ratio(self) -> float:
        """Our median over theirs, of meters that both could do."""
        both = np.isfinite(self.peer)
        if not both.any():
            return float("nan")
        return float(np.median(self.ours[both]) / np.median(self.peer[both]))


def main() -> None:
    """Print one line per set, then the time per meter, then what the goals say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("DIANLIANG_DATA"))
    parser.add_argument("--opendsm-python", type=Path, default=None)
    parser.add_argument("--meters", type=int, default=3, help="meters of each generated set")
    parser.add_argument("--population", type=int, default=10_000)
    parser.add_argument("--kind", choices=("daily", "hourly", "both"), default="both")
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("name the data folder: --data PATH, or DIANLIANG_DATA")
    if asked.opendsm_python is None:
        print("OpenDSM: not pointed to (--opendsm-python); our own figures only.")
    folder = Path(asked.data) / "energy"
    with tempfile.TemporaryDirectory() as scratch:
        peer = Peer(asked.opendsm_python, Path(scratch))
        read = peer.read(folder / "nmecr")
        if asked.kind != "hourly":
            found = list(sets.daily(folder, read, asked.meters))
            report("daily", compared(found, "daily", peer), asked.population)
            placebo(found)
        if asked.kind != "daily":
            found = list(sets.hourly(folder, read))
            report("hourly", compared(found, "hourly", peer), asked.population // 3)


class Peer:
    """OpenDSM in its own Python, if there is one."""

    def __init__(self, python: Path | None, scratch: Path) -> None:
        self.python, self.scratch = python, scratch

    def read(self, folder: Path) -> Any | None:
        """Return what only that Python can read."""
        return self._run("read", str(folder), "read.npz")

    def predict(self, kind: str, chosen: Sequence[sets.Set]) -> Any | None:
        """Let it fit and predict every meter of the sets."""
        if self.python is None:
            return None
        given: dict[str, Any] = {}
        for number, one in enumerate(chosen):
            for part, rows in (("base", one.is_base), ("test", one.is_test)):
                name = f"s{number:02}.{part}"
                given[f"{name}_at"] = one.times[rows].astype("datetime64[s]").astype(float)
                given[f"{name}_kwh"] = one.kwh[rows]
                given[f"{name}_temp_f"] = one.temperature_c[rows] * 1.8 + 32
        source = self.scratch / f"{kind}_in.npz"
        np.savez_compressed(source, **given)
        return self._run(kind, str(source), f"{kind}_out.npz")

    def _run(self, what: str, source: str, target: str) -> Any | None:
        if self.python is None:
            return None
        path = self.scratch / target
        subprocess.run([str(self.python), str(PEER), what, source, str(path)], check=True)
        return np.load(path)


def fitted(kind: str, one: sets.Set) -> tuple[Any, Weather]:
    """Fit our own baseline to a set's base period; return it with the test period's weather."""
    fit: Fit = fit_daily if kind == "daily" else fit_hourly
    base, test = (
        Weather.of(one.times[rows], one.temperature_c[rows]) for rows in (one.is_base, one.is_test)
    )
    return fit(base, one.kwh[one.is_base]), test


def compared(chosen: Sequence[sets.Set], kind: str, peer: Peer) -> list[Line]:
    """Return both sides' errors on what neither saw."""
    other = peer.predict(kind, chosen)
    lines = []
    for number, one in enumerate(chosen):
        baselines, test = fitted(kind, one)
        truth = one.kwh[one.is_test]
        ours = baselines.predict(test)
        none = np.full(truth.shape, np.nan)
        theirs = none if other is None else other[f"s{number:02}.predicted"]
        cpu = none[0] if other is None else other[f"s{number:02}.cpu_s"]
        lines.append(
            Line(
                name=one.name,
                split=one.split,
                ours=cvrmse(truth, ours),
                peer=cvrmse(truth, theirs),
                bias=bias(truth, ours),
                peer_bias=bias(truth, theirs),
                peer_cpu_s=cpu,
            )
        )
    return lines


def cvrmse(truth: sets.Floats, told: sets.Floats) -> sets.Floats:
    """Return the error of each column; NaN where too little was told to judge."""
    error = np.where(np.isfinite(truth), truth - told, np.nan)
    whole = np.isfinite(error).sum(axis=0) >= 0.9 * np.isfinite(truth).sum(axis=0)
    power = np.nansum(error**2, axis=0) / np.maximum(np.isfinite(error).sum(axis=0), 1)
    found = np.sqrt(power) / np.abs(np.nanmean(truth, axis=0))
    return np.where(whole, found, np.nan)


def bias(truth: sets.Floats, told: sets.Floats) -> sets.Floats:
    """Return how much too much was told, as a share of the whole."""
    both = np.isfinite(truth) & np.isfinite(told)
    total = np.where(both, truth, 0.0).sum(axis=0)
    over = np.where(both, told - truth, 0.0).sum(axis=0)
    return np.where(both.any(axis=0), over / np.where(total == 0, np.nan, total), np.nan)


def report(kind: str, lines: Sequence[Line], population: int) -> None:
    """Print a table, our time per meter, and whether the goals hold."""
    print(f"\n{kind}: CVRMSE out of sample (median of the set's meters)")
    print(f"{'set':36s}{'split':24s}{'meters':>7s}{'ours':>8s}{'OpenDSM':>9s}{'ratio':>7s}", end="")
    print(f"{'bias':>8s}{'their':>8s}{'their s':>9s}")
    for line in lines:
        failed = int(np.isnan(line.peer).sum())
        figures = [np.median(line.ours), np.nanmedian(line.peer) if failed < len(line.peer) else 0]
        print(
            f"{line.name:36s}{line.split:24s}{len(line.ours):7d}{figures[0]:8.4f}"
            + (f"{figures[1]:9.4f}{line.ratio:7.3f}" if figures[1] else f"{'–':>9s}{'':7s}")
            + f"{np.median(line.bias):+8.3f}{np.median(line.peer_bias):+8.3f}"
            + f"{np.median(line.peer_cpu_s):9.2f}"
        )
    each = timed(kind, population)
    print(f"ours: {each:.3f} ms of CPU per meter, {population} meters for a year")
    ratios = [line.ratio for line in lines if np.isfinite(line.ratio)]
    if not ratios:
        return
    theirs = 1000 * float(np.median(np.concatenate([line.peer_cpu_s for line in lines])))
    found = {
        "ms per meter": each,
        "times faster": theirs / each,
        "median": float(np.median(ratios)),
        "each": max(ratios),
    }
    for name, goal in GOALS[kind].items():
        fine = found[name] >= goal if name == "times faster" else found[name] <= goal
        print(f"goal {name}: {found[name]:.3f} (goal {goal:g}) {'holds' if fine else 'MISSED'}")


def timed(kind: str, population: int) -> float:
    """Return our CPU milliseconds per meter for a year of a whole population."""
    one = sets.generated(sets.CLIMATES[0], 50, seed=99)
    rng = np.random.default_rng(99)
    rows, weather = one.is_base, one.temperature_c[one.is_base]
    kwh = one.kwh[rows][:, rng.integers(50, size=population)]
    kwh *= rng.lognormal(0, 0.1, kwh.shape)
    fit: Any = fit_hourly if kind == "hourly" else fit_daily
    if kind == "hourly":
        hours = np.arange(one.times[0], one.times[sets.YEAR], dtype="datetime64[h]")
        base = Weather.of(hours, np.repeat(weather, 24))
        kwh = np.repeat(kwh / 24, 24, axis=0)
    else:
        base = Weather.of(one.times[rows], weather)
    took = []
    for _ in range(3):  # the least: what else the machine does shows in the others
        start = time.process_time()
        fit(base, kwh).predict(base.only(np.arange(len(base)) < 1))
        took.append(time.process_time() - start)
    return min(took) / population * 1000


def placebo(chosen: Sequence[sets.Set]) -> None:
    """Tell how many 90 % intervals hold the nothing that was saved, on many generated meters.

    All meters of a place share its weather, so that one drawing of it strays by two points: each
    climate is drawn some times, and told by its mean with every drawing beside. Real sets are told
    one by one: a year later a building is not the same, and no interval from one year of data can
    know by how much.
    """
    print("\nplacebo: share of 90 % intervals that hold zero (goal 0.87 to 0.93)")
    for number, climate in enumerate(sets.CLIMATES):
        drawn: dict[int, list[float]] = {days: [] for days in PLACEBO_DAYS}
        for seed in PLACEBO_SEEDS:
            one = sets.generated(climate, 500, seed=seed + number)
            baselines, test = fitted("daily", one)
            for days, shares in drawn.items():
                first = np.arange(len(test)) < days
                found = savings(baselines, test.only(first), one.kwh[one.is_test][first])
                given = np.isfinite(found.low_kwh)
                held = (found.low_kwh <= 0) & (found.high_kwh >= 0)
                shares.append(float(held[given].mean()))
        for days, shares in drawn.items():
            each = ", ".join(f"{share:.3f}" for share in shares)
            print(f"{climate.name:36s}{days:4d} days {np.mean(shares):.3f} ({each})")
    for one in chosen:
        if "saved" in one.split or one.name.startswith(("generated", "ComStock")):
            continue
        baselines, test = fitted("daily", one)
        found = savings(baselines, test, one.kwh[one.is_test])
        for low, high, expected in zip(
            found.low_kwh, found.high_kwh, found.expected_kwh, strict=True
        ):
            holds = "holds" if low <= 0 <= high else "does not hold"
            words = f"{low / expected:+.3f} to {high / expected:+.3f} {holds} zero"
            print(f"{one.name:36s}{words if np.isfinite(low) else 'refused'}")


if __name__ == "__main__":
    main()
