"""Write networks that pandapower and simbench bring along, and pandapower's answers to them.

``PYTHON foreign_peer.py OUT STEPS [NAME ...]`` runs in a Python of its own (`pandapower.txt`) and
knows nothing of our engine. For each network OUT gets a folder with its tables, `answer.json` with
voltages, loadings and the CPU-seconds a step of pandapower's best way, and `factors.npy` with what
every load is multiplied by at every step: (steps, loads).
"""

import json
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

TABLES = ("bus", "line", "trafo", "load", "sgen", "storage", "asymmetric_load", "switch")
LOADS = ("load", "sgen", "storage")
PHASES = "abc"
PLENTY_MVA = 1e8
WAYS: tuple[dict[str, Any], ...] = (
    {"numba": True},
    {"numba": True, "init": "results"},
    {"numba": True, "algorithm": "bfsw"},
    {
        "numba": True,
        "init": "results",
        "recycle": {"bus_pq": True, "trafo": False, "gen": False},
    },
)
PLAIN = {
    "trafo_model": "pi",
    "trafo_loading": "power",
    "calculate_voltage_angles": True,
    "tolerance_mva": 1e-10,
}
SIMBENCH = tuple(
    f"1-LV-{name}-sw"
    for name in (
        *("rural1--0", "rural2--0", "rural3--0", "semiurb4--0", "semiurb5--0", "urban6--0"),
        *("rural1--2", "rural2--2"),
    )
)
"""All of today's, and two with all that is planned: sun, batteries, taps."""


def bundled() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield pandapower's low-voltage networks."""
    known = import_module("pandapower.networks")

    for name in sorted(dir(known)):
        if name.startswith(("create_kerber_", "kb_extrem_")):
            yield name.removeprefix("create_"), getattr(known, name)
    yield "cigre_lv", known.create_cigre_network_lv
    yield "schutterwald", known.lv_schutterwald
    for name in ("rural_1", "rural_2", "village_1", "village_2", "suburb_1"):
        make = known.create_synthetic_voltage_control_lv_network
        yield f"voltage_control_{name}", partial(make, name)
    for reach in ("short", "middle", "long"):
        for case in ("good", "average", "bad"):
            many = "multiple" if reach != "short" else "single"
            make = partial(known.create_dickert_lv_network, reach, "cable", many, case)
            yield f"dickert_{reach}_{case}", make
    yield "ieee_european_lv", known.ieee_european_lv_asymmetric


def of_simbench(out: Path) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield simbench's grids.

    Their own tables are laid beside ours, so that both readers are held against the same answer.
    """
    simbench = import_module("simbench")

    def made(code: str) -> Any:
        _, told = simbench.get_simbench_code_and_parameters(code)
        path = simbench.complete_data_path(told[5])
        tables = simbench.get_extracted_csv_data(simbench.get_relevant_subnets(told, path), path)
        folder = out / code / "simbench"
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            if "Profile" not in name and len(table):
                table.to_csv(folder / f"{name}.csv", sep=";", index=False)
        net = simbench.csv_data2pp(tables)
        # Its converter knows no word of pandapower 3, which without it leaves the taps out.
        net.trafo["tap_changer_type"] = "Ratio"
        return net

    for code in SIMBENCH:
        yield code, partial(made, code)


def written(net: Any, folder: Path, steps: int) -> dict[str, Any]:
    """Write a network's tables, solve it, and return pandapower's answer."""
    pp = import_module("pandapower")

    folder.mkdir(parents=True, exist_ok=True)
    for name in (*TABLES, "ext_grid", *_others(net)):
        if len(net[name]):
            net[name].to_csv(folder / f"{name}.csv")
    rng = np.random.default_rng(1)
    counts = [len(net[name]) for name in LOADS]
    factors = rng.uniform(0.2, 1.2, (steps, sum(counts)))
    np.save(folder / "factors.npy", factors)
    if len(net.asymmetric_load):
        # By phase pandapower puts an impedance behind the source, which it else keeps stiff.
        net.ext_grid["s_sc_max_mva"], net.ext_grid["rx_max"] = PLENTY_MVA, 0.1
        net.ext_grid["x0x_max"], net.ext_grid["r0x0_max"] = 1.0, 0.1
        # Nor have we a word for what a core takes of a zero sequence.
        net.trafo["mag0_percent"] = PLENTY_MVA
        pp.runpp_3ph(net, tolerance_mva=1e-10)
        columns = [f"vm_{phase}_pu" for phase in PHASES]
        return {"voltage_pu": [net.res_bus_3ph[columns].to_numpy().tolist()]}
    kept = {name: net[name][["p_mw", "q_mvar"]].to_numpy().copy() for name in LOADS}

    def step(k: int, **options: Any) -> None:
        first = 0
        for name, count in zip(LOADS, counts, strict=True):
            if count:
                shares = factors[k, first : first + count, None]
                net[name][["p_mw", "q_mvar"]] = kept[name] * shares
            first += count
        pp.runpp(net, **PLAIN | options)

    voltages, loading, transformers = [], [], []
    for k in range(steps):
        step(k)
        voltages.append(net.res_bus.vm_pu.to_numpy().tolist())
        loading.append((net.res_line.loading_percent / 100).tolist())
        transformers.append((net.res_trafo.loading_percent / 100).tolist())
    return {
        "voltage_pu": voltages,
        "line_loading": loading,
        "transformer_loading": transformers,
        "cpu_s_per_step": min(_timed(step, way, steps) for way in WAYS),
    }


def _others(net: Any) -> list[str]:
    """Return other tables that have something in them, which a reader must not pass over."""
    names = ("gen", "shunt", "ward", "xward", "impedance", "trafo3w", "motor", "asymmetric_sgen")
    return [name for name in names if name in net and len(net[name])]


def _timed(step: Callable[..., None], way: dict[str, Any], steps: int) -> float:
    """Return CPU-seconds a step of a way; infinite where pandapower cannot go it."""
    try:
        step(0)
        step(0, **way)
        began = time.process_time()
        for k in range(steps):
            step(k, **way)
    except Exception:  # noqa: BLE001 (a way that does not converge is none)
        return float("inf")
    return (time.process_time() - began) / steps


def main() -> None:
    """Write everything; tell of what could not be built."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    out, steps, only = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    for name, build in (*bundled(), *of_simbench(out)):
        if only and name not in only:
            continue
        try:
            answer = written(build(), out / name, steps)
        except Exception as error:  # noqa: BLE001 (all is told)
            print(name, f"{type(error).__name__}: {error}"[:160], flush=True)
            continue
        (out / name / "answer.json").write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()
