"""A grid in the arrays of power-grid-model, which is imported only when something is computed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from dianliang.engines.powerflow._model import Floats, Grid, Phase, Profiles, TapSide
from dianliang.engines.powerflow._topology import edges
from dianliang.engines.powerflow._vector_group import WINDINGS, vector_group

NO_ID = -1
STIFF_VA = 1e20
PHASES = 3
STAR, STAR_N = WINDINGS["y"], WINDINGS["yn"]
NEUTRAL = 4.0
"""Z0 over Z1 of a line whose neutral has the section of its phases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A grid as power-grid-model takes it, and where its parts lie there.

    `order` gives for each kind of load (symmetric, by phase) the places of loads in the grid.
    """

    data: dict[str, Any]
    is_by_phase: bool
    order: dict[str, np.ndarray[Any, np.dtype[np.int64]]]


def compiled(grid: Grid, *, is_by_phase: bool) -> Compiled:
    """Lay a grid out; numbers follow the order of the grid: nodes first, then the rest.

    The grid must be valid. Loads of one phase are spread evenly unless phases are told apart.
    """
    import power_grid_model as pgm  # noqa: PLC0415 (who computes no flow does not wait for it)

    places = {node.id: i for i, node in enumerate(grid.nodes)}
    made: dict[str, Any] = {"node": pgm.initialize_array("input", "node", len(places))}
    made["node"]["id"] = np.arange(len(places))
    made["node"]["u_rated"] = [node.voltage_v for node in grid.nodes]
    closed = {edge.id: edge for edge in edges(grid)}
    next_id = len(places)
    for name, ids in (
        ("line", [each.id for each in grid.lines]),
        ("transformer", [each.id for each in grid.transformers]),
        ("link", [edge.id for edge in closed.values() if edge.label == "开关"]),
    ):
        rows = pgm.initialize_array("input", name, len(ids))
        rows["id"] = np.arange(next_id, next_id + len(ids))
        next_id += len(ids)
        for row, id_ in zip(rows, ids, strict=True):
            edge = closed[id_]
            row["from_node"], row["to_node"] = places[edge.from_node], places[edge.to_node]
            row["from_status"], row["to_status"] = edge.is_from_closed, edge.is_to_closed
        made[name] = rows
    _lines(grid, made["line"])
    _transformers(grid, made["transformer"])
    order = {"sym_load": np.array([], np.int64), "asym_load": np.array([], np.int64)}
    singles = np.array([load.phase is not Phase.ALL for load in grid.loads], bool) & is_by_phase
    order["sym_load"] = np.flatnonzero(~singles)
    order["asym_load"] = np.flatnonzero(singles)
    for name, which in order.items():
        rows = pgm.initialize_array("input", name, len(which))
        rows["id"] = next_id + which
        rows["node"] = [places[grid.loads[i].node] for i in which]
        rows["status"], rows["type"] = 1, pgm.LoadGenType.const_power
        powers = _powers(grid, name, which, None)
        rows["p_specified"], rows["q_specified"] = powers[0][0], powers[1][0]
        made[name] = rows
    next_id += len(grid.loads)
    rows = pgm.initialize_array("input", "source", len(grid.sources))
    rows["id"] = np.arange(next_id, next_id + len(rows))
    rows["node"] = [places[each.node] for each in grid.sources]
    rows["status"] = 1
    rows["u_ref"] = [each.voltage_pu for each in grid.sources]
    power = [each.short_circuit_mva for each in grid.sources]
    rows["sk"] = [STIFF_VA if mva is None else mva * 1e6 for mva in power]
    rows["rx_ratio"] = [each.rx_ratio for each in grid.sources]
    made["source"] = rows
    return Compiled(
        data={name: rows for name, rows in made.items() if len(rows)},
        is_by_phase=is_by_phase,
        order=order,
    )


def _lines(grid: Grid, rows: Any) -> None:
    types = {each.id: each for each in grid.line_types}
    used = [types[line.type] for line in grid.lines]
    km = np.array([line.length_m / 1000.0 for line in grid.lines])
    parallel = np.array([line.parallel for line in grid.lines], np.float64)
    r1, x1, c1 = (
        np.array([getattr(each, name) for each in used], np.float64)
        for name in ("r_ohm_per_km", "x_ohm_per_km", "c_nf_per_km")
    )
    r0 = [each.r0_ohm_per_km for each in used]
    x0 = [each.x0_ohm_per_km for each in used]
    rows["r1"], rows["x1"] = r1 * km / parallel, x1 * km / parallel
    rows["r0"] = np.array([_or(zero, NEUTRAL * r) for zero, r in zip(r0, r1, strict=True)])
    rows["x0"] = np.array([_or(zero, NEUTRAL * x) for zero, x in zip(x0, x1, strict=True)])
    rows["r0"] *= km / parallel
    rows["x0"] *= km / parallel
    rows["c1"] = rows["c0"] = c1 * 1e-9 * km * parallel
    rows["tan1"] = rows["tan0"] = 0.0
    rows["i_n"] = np.array([each.rated_a for each in used], np.float64) * parallel


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _transformers(grid: Grid, rows: Any) -> None:
    types = {each.id: each for each in grid.transformer_types}
    for row, each in zip(rows, grid.transformers, strict=True):
        type_ = types[each.type]
        group = vector_group(type_.vector_group)
        assert group is not None  # noqa: S101 (the grid is valid)
        row["u1"], row["u2"], row["sn"] = type_.high_v, type_.low_v, type_.rated_kva * 1e3
        row["uk"], row["pk"] = type_.short_circuit_pct / 100, type_.load_loss_kw * 1e3
        least = type_.no_load_loss_kw / type_.rated_kva  # a plate without i0 still loses p0
        row["i0"] = max(type_.no_load_current_pct / 100, least)
        row["p0"] = type_.no_load_loss_kw * 1e3
        row["winding_from"], row["winding_to"] = group.high, group.low
        if group.high == STAR and group.low == STAR_N:
            # The way through the core, as one through a star point of the high side to earth:
            # the same impedance at the low side, which power-grid-model knows no other way to say.
            row["winding_from"] = STAR_N
            ohm = type_.zero_sequence_pct / 100 * type_.high_v**2 / (type_.rated_kva * 1e3)
            row["x_grounding_from"], row["r_grounding_from"] = ohm / PHASES, 0.0
        row["clock"] = group.clock
        is_high = type_.tap_side is TapSide.HIGH
        row["tap_side"] = 0 if is_high else 1
        row["tap_pos"], row["tap_nom"] = each.tap, type_.tap_neutral
        row["tap_min"], row["tap_max"] = type_.tap_least, type_.tap_most
        row["tap_size"] = type_.tap_step_pct / 100 * (type_.high_v if is_high else type_.low_v)


def updates(grid: Grid, made: Compiled, profiles: Profiles | None) -> dict[str, Any]:
    """Return the powers of loads by step as power-grid-model takes them: in W and var."""
    import power_grid_model as pgm  # noqa: PLC0415 (as above)

    found: dict[str, Any] = {}
    steps = 1 if profiles is None else profiles.steps
    for name, which in made.order.items():
        if not len(which):
            continue
        rows = pgm.initialize_array("update", name, (steps, len(which)))
        rows["id"] = made.data[name]["id"]
        rows["p_specified"], rows["q_specified"] = _powers(grid, name, which, profiles)
        found[name] = rows
    return found


def load_powers(grid: Grid, profiles: Profiles | None) -> tuple[Floats, Floats]:
    """Return what every load draws by step, (steps, loads) in kW and kvar; feeding in is less.

    They are the profiles' own arrays where nothing is to be changed.
    """
    sign = np.array([load.sign for load in grid.loads], np.float64)
    own = [np.array([getattr(x, name) for x in grid.loads], float) for name in ("p_kw", "q_kvar")]
    if profiles is None:
        return own[0][None] * sign, own[1][None] * sign
    told = [np.asarray(profiles.p_kw, np.float64), np.asarray(profiles.q_kvar, np.float64)]
    if profiles.ids != tuple(load.id for load in grid.loads):
        places = {load.id: i for i, load in enumerate(grid.loads)}
        columns = [places[id_] for id_ in profiles.ids]
        for number, (fixed, values) in enumerate(zip(own, told, strict=True)):
            whole = np.tile(fixed, (profiles.steps, 1))
            whole[:, columns] = values
            told[number] = whole
    if (sign == 1).all():
        return told[0], told[1]
    return told[0] * sign, told[1] * sign


def _powers(grid: Grid, name: str, which: Any, profiles: Profiles | None) -> tuple[Any, Any]:
    p, q = (values[:, which] * 1e3 for values in load_powers(grid, profiles))
    if name == "sym_load":
        return p, q
    phases = np.array([grid.loads[i].phase for i in which], np.int64)
    by_phase = np.eye(PHASES)[phases]
    return p[:, :, None] * by_phase, q[:, :, None] * by_phase
