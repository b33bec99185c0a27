"""Compute our grids with pandapower, in a Python of its own; knows nothing of our engine.

``PYTHON pandapower_peer.py answer < task.json`` solves one moment and writes voltages and losses;
``… time < task.json`` times its ways through several steps. A task is our grid as JSON, with
``p_kw``/``q_kvar`` by step for timing. Needs what `pandapower.txt` beside this file names.
"""

import json
import logging
import re
import sys
import time
import warnings
from typing import Any

PHASES = "abc"
PLENTY_MVA = 1e8
NEUTRAL = 4.0
WAYS = {
    "pandapower, numba": {"numba": True},
    "pandapower, numba, from the last result": {"numba": True, "init": "results"},
    "pandapower, numba, recycled": {
        "numba": True,
        "init": "results",
        "recycle": {"bus_pq": True, "trafo": False, "gen": False},
    },
}


def built(pp: Any, grid: dict[str, Any], *, is_by_phase: bool) -> Any:
    """Return the net of a grid."""
    net = pp.create_empty_network(f_hz=50.0, sn_mva=1.0)
    place = {
        node["id"]: pp.create_bus(net, node["voltage_v"] / 1e3, name=node["id"])
        for node in grid["nodes"]
    }
    for source in grid["sources"]:
        pp.create_ext_grid(
            net,
            place[source["node"]],
            vm_pu=source.get("voltage_pu", 1.0),
            s_sc_max_mva=source.get("short_circuit_mva") or PLENTY_MVA,
            rx_max=source.get("rx_ratio", 0.1),
            x0x_max=1.0,
            r0x0_max=source.get("rx_ratio", 0.1),
        )
    lines = _lines(pp, net, grid, place)
    _transformers(pp, net, grid, place)
    _loads(pp, net, grid, place, is_by_phase=is_by_phase)
    for switch in grid["switches"]:
        to_line = switch["other"] in lines
        pp.create_switch(
            net,
            place[switch["node"]],
            lines[switch["other"]] if to_line else place[switch["other"]],
            et="l" if to_line else "b",
            closed=switch.get("is_closed", True),
        )
    return net


def _lines(pp: Any, net: Any, grid: dict[str, Any], place: dict[str, int]) -> dict[str, int]:
    types = {each["id"]: each for each in grid["line_types"]}
    made = {}
    for line in grid["lines"]:
        type_ = types[line["type"]]
        r, x, c = type_["r_ohm_per_km"], type_["x_ohm_per_km"], type_.get("c_nf_per_km", 0.0)
        made[line["id"]] = pp.create_line_from_parameters(
            net,
            place[line["from_node"]],
            place[line["to_node"]],
            length_km=line["length_m"] / 1e3,
            r_ohm_per_km=r,
            x_ohm_per_km=x,
            c_nf_per_km=c,
            max_i_ka=type_["rated_a"] / 1e3,
            r0_ohm_per_km=type_.get("r0_ohm_per_km", NEUTRAL * r),
            x0_ohm_per_km=type_.get("x0_ohm_per_km", NEUTRAL * x),
            c0_nf_per_km=c,
            parallel=line.get("parallel", 1),
        )
    return made


def _transformers(pp: Any, net: Any, grid: dict[str, Any], place: dict[str, int]) -> None:
    types = {each["id"]: each for each in grid["transformer_types"]}
    for each in grid["transformers"]:
        type_ = types[each["type"]]
        group = type_.get("vector_group", "Dyn11")
        uk, pkr = type_["short_circuit_pct"], type_["load_loss_kw"] / type_["rated_kva"] * 100
        pp.create_transformer_from_parameters(
            net,
            place[each["high_node"]],
            place[each["low_node"]],
            sn_mva=type_["rated_kva"] / 1e3,
            vn_hv_kv=type_["high_v"] / 1e3,
            vn_lv_kv=type_["low_v"] / 1e3,
            vk_percent=uk,
            vkr_percent=pkr,
            pfe_kw=type_.get("no_load_loss_kw", 0.0),
            i0_percent=type_.get("no_load_current_pct", 0.0),
            shift_degree=30.0 * int(re.sub(r"\D", "", group)),
            vector_group=re.sub(r"\d", "", group),
            tap_side="lv" if type_.get("tap_side") == "low" else "hv",
            tap_neutral=type_.get("tap_neutral", 0),
            tap_min=type_.get("tap_least", -2),
            tap_max=type_.get("tap_most", 2),
            tap_step_percent=type_.get("tap_step_pct", 2.5),
            tap_step_degree=0.0,
            tap_changer_type="Ratio",
            tap_pos=each.get("tap", 0),
            vk0_percent=uk,
            vkr0_percent=pkr,
            mag0_percent=1e9,
            mag0_rx=0.0,
            si0_hv_partial=0.9,
        )


def _loads(
    pp: Any, net: Any, grid: dict[str, Any], place: dict[str, int], *, is_by_phase: bool
) -> None:
    for load in grid["loads"]:
        sign = -1.0 if load.get("kind") == "generator" else 1.0
        p, q = sign * load.get("p_kw", 0.0) / 1e3, sign * load.get("q_kvar", 0.0) / 1e3
        phase = load.get("phase", "ALL")
        if not is_by_phase:
            pp.create_load(net, place[load["node"]], p, q)
            continue
        own = {f"p_{each}_mw": p / 3 for each in PHASES}
        own |= {f"q_{each}_mvar": q / 3 for each in PHASES}
        if phase != "ALL":
            own = {f"p_{phase.lower()}_mw": p, f"q_{phase.lower()}_mvar": q}
        pp.create_asymmetric_load(net, place[load["node"]], **own)


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """Return what pandapower says of one moment."""
    import pandapower as pp  # type: ignore[import-not-found]  # lives in its own Python

    grid = task["grid"]
    is_by_phase = any(load.get("phase", "ALL") != "ALL" for load in grid["loads"])
    net = built(pp, grid, is_by_phase=is_by_phase)
    source = {"name": "pandapower", "version": pp.__version__}
    if is_by_phase:
        pp.runpp_3ph(net, tolerance_mva=1e-10)
        columns = [f"vm_{each}_pu" for each in PHASES]
        return {"source": source, "voltage_pu": net.res_bus_3ph[columns].to_numpy().tolist()}
    # A source with an impedance: pandapower keeps the bus of an ext_grid stiff
    for k, given in enumerate(grid["sources"]):
        if mva := given.get("short_circuit_mva"):
            _behind_impedance(pp, net, k, mva, given.get("rx_ratio", 0.1))
    pp.runpp(net, trafo_model="pi", calculate_voltage_angles=True, tolerance_mva=1e-10)
    count = len(grid["nodes"])
    return {
        "source": source,
        "voltage_pu": net.res_bus.vm_pu.to_numpy()[:count].tolist(),
        "line_loading": (net.res_line.loading_percent / 100).tolist(),
        "transformer_loss_kw": (net.res_trafo.pl_mw * 1e3).tolist(),
        "loss_kw": float(1e3 * (net.res_line.pl_mw.sum() + net.res_trafo.pl_mw.sum())),
    }


def _behind_impedance(pp: Any, net: Any, k: int, mva: float, rx: float) -> None:
    """Move a source behind its short-circuit impedance, with a bus of its own."""
    bus = int(net.ext_grid.bus.iloc[k])
    behind = pp.create_bus(net, net.bus.vn_kv.at[bus])
    net.ext_grid.loc[net.ext_grid.index[k], "bus"] = behind
    x = 1.0 / (mva * (1 + rx**2) ** 0.5)
    pp.create_impedance(net, behind, bus, rft_pu=rx * x, xft_pu=x, sn_mva=1.0)


def timed(task: dict[str, Any]) -> dict[str, Any]:
    """Return for each of its ways CPU-seconds a step, and the voltages of the last step."""
    import pandapower as pp

    net = built(pp, task["grid"], is_by_phase=False)
    for k, given in enumerate(task["grid"]["sources"]):
        if mva := given.get("short_circuit_mva"):
            _behind_impedance(pp, net, k, mva, given.get("rx_ratio", 0.1))
    count, sign = len(task["grid"]["nodes"]), []
    sign = [-1.0 if each.get("kind") == "generator" else 1.0 for each in task["grid"]["loads"]]
    found = {}
    for name, options in WAYS.items():

        def step(k: int, options: Any = options) -> None:
            net.load["p_mw"] = [s * p / 1e3 for s, p in zip(sign, task["p_kw"][k], strict=True)]
            net.load["q_mvar"] = [s * q / 1e3 for s, q in zip(sign, task["q_kvar"][k], strict=True)]
            pp.runpp(net, trafo_model="pi", tolerance_mva=1e-9, **options)

        pp.runpp(net, trafo_model="pi")
        step(0)
        began, voltages = time.process_time(), []
        for k in range(len(task["p_kw"])):
            step(k)
            voltages.append(net.res_bus.vm_pu.to_numpy()[:count].tolist())
        took = time.process_time() - began
        found[name] = {"cpu_s_per_step": took / len(task["p_kw"]), "voltage_pu": voltages}
    return found


def main() -> None:
    """Answer the task that comes in."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    task = json.load(sys.stdin)
    json.dump({"answer": answer, "time": timed}[sys.argv[1]](task), sys.stdout)


if __name__ == "__main__":
    main()
