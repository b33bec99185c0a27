"""A grid without loops as a tree below its one source: what the fast kernel needs."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.powerflow._model import Floats, Grid, TapSide, Transformer, TransformerType
from dianliang.engines.powerflow._topology import Edge, edges, loops

BASE_VA = 1e5
HZ = 50.0
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """An edge in per unit, as power-grid-model has it: a pi with a turns ratio at its from end.

    `ratio` is from over to beside that of the rated voltages, `series` an impedance at the to end
    and `shunt` an admittance of which half hangs at either end.
    """

    series: complex
    shunt: complex = 0j
    ratio: float = 1.0
    rating: float = np.inf
    is_transformer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tree:
    """Nodes from the source outwards; arrays by place in that order unless they say otherwise.

    `parent` is −1 at the root, whose branch is the source. V = turns · V of the parent − z · J,
    with J the current through the series impedance; J counts `turns` times in the parent. The
    admittance at a node is `shunt`; `near` and `far` are the halves of its own branch. `line` and
    `transformer` say which of the grid's a branch is, −1 for none; `node` which node it is.
    """

    source_pu: float
    parent: Ints
    turns: Floats
    series: NDArray[np.complex128]
    shunt: NDArray[np.complex128]
    near: NDArray[np.complex128]
    far: NDArray[np.complex128]
    rating: Floats
    node: Ints
    line: Ints
    transformer: Ints
    load_at: Ints


def tree(grid: Grid) -> Tree | None:
    """Return a valid grid as a tree; None where the kernel does not fit.

    It does not with several sources, with loops, and with lines under voltage that are open at one
    end and have a capacitance.
    """
    if len(grid.sources) != 1 or loops(grid):
        return None
    branches = _branches(grid)
    near: dict[str, list[Edge]] = {node.id: [] for node in grid.nodes}
    for edge in edges(grid):
        if edge.is_closed:
            near[edge.from_node].append(edge)
            near[edge.to_node].append(edge)
        elif (edge.is_from_closed or edge.is_to_closed) and branches[edge.id].shunt:
            return None
    return _laid_out(grid, near, branches)


def _branches(grid: Grid) -> dict[str, Branch]:
    """Return every line, transformer and switch in per unit of `BASE_VA`."""
    volts = {node.id: node.voltage_v for node in grid.nodes}
    types = {each.id: each for each in grid.line_types}
    made: dict[str, Branch] = {switch.id: Branch(series=0j) for switch in grid.switches}
    for line in grid.lines:
        type_, km = types[line.type], line.length_m / 1000.0
        rated = volts[line.from_node]
        ohm = rated**2 / BASE_VA
        made[line.id] = Branch(
            series=complex(type_.r_ohm_per_km, type_.x_ohm_per_km) * km / line.parallel / ohm,
            shunt=2j * np.pi * HZ * type_.c_nf_per_km * 1e-9 * km * line.parallel * ohm,
            rating=type_.rated_a * line.parallel / (BASE_VA / np.sqrt(3.0) / rated),
        )
    plates = {each.id: each for each in grid.transformer_types}
    for each in grid.transformers:
        made[each.id] = _transformer(each, plates[each.type], volts)
    return made


def _transformer(each: Transformer, type_: TransformerType, volts: dict[str, float]) -> Branch:
    step = (each.tap - type_.tap_neutral) * type_.tap_step_pct / 100
    is_high = type_.tap_side is TapSide.HIGH
    high_v = type_.high_v * (1 + step if is_high else 1)
    low_v = type_.low_v * (1 if is_high else 1 + step)
    rated_va, base_v = type_.rated_kva * 1e3, volts[each.low_node]
    ohm = low_v**2 / rated_va / (base_v**2 / BASE_VA)
    r = type_.load_loss_kw / type_.rated_kva
    x = np.sqrt((type_.short_circuit_pct / 100) ** 2 - r**2)
    g = type_.no_load_loss_kw / type_.rated_kva
    i0 = max(type_.no_load_current_pct / 100, g)
    return Branch(
        series=complex(r, x) * ohm,
        shunt=complex(g, -np.sqrt(i0**2 - g**2)) / ohm,
        ratio=(high_v / low_v) / (volts[each.high_node] / base_v),
        rating=rated_va / BASE_VA,
        is_transformer=True,
    )


def _laid_out(grid: Grid, near: dict[str, list[Edge]], branches: dict[str, Branch]) -> Tree:
    """Walk outwards from the source and write down each node with the branch it hangs on."""
    source = grid.sources[0]
    impedance = 0j
    if source.short_circuit_mva is not None:
        whole = BASE_VA / (source.short_circuit_mva * 1e6)
        x = whole / np.sqrt(1 + source.rx_ratio**2)
        impedance = complex(source.rx_ratio * x, x)
    order, place, todo = [source.node], {source.node: 0}, deque([source.node])
    hung: list[tuple[int, Edge | None]] = [(-1, None)]
    while todo:
        node = todo.popleft()
        for edge in near[node]:
            other = edge.to_node if edge.from_node == node else edge.from_node
            if other not in place:
                hung.append((place[node], edge))
                place[other] = len(order)
                order.append(other)
                todo.append(other)
    nodes = {node.id: i for i, node in enumerate(grid.nodes)}
    lines = {line.id: i for i, line in enumerate(grid.lines)}
    transformers = {each.id: i for i, each in enumerate(grid.transformers)}
    count = len(order)
    turns, rating = np.ones(count), np.full(count, np.inf)
    series, shunt, close, far = (np.zeros(count, np.complex128) for _ in range(4))
    series[0] = impedance
    for k, (parent, on) in enumerate(hung):
        if on is None:
            continue
        branch = branches[on.id]
        half = branch.shunt / 2
        is_outward = on.to_node == order[k]
        turns[k] = 1 / branch.ratio if is_outward else branch.ratio
        series[k] = branch.series * (1 if is_outward else branch.ratio**2)
        close[k] = half / branch.ratio**2 if is_outward else half
        far[k] = half if is_outward else half / branch.ratio**2
        rating[k] = branch.rating
        shunt[parent] += close[k]
        shunt[k] += far[k]
    names = ["" if on is None else on.id for _, on in hung]
    return Tree(
        source_pu=source.voltage_pu,
        parent=np.array([parent for parent, _ in hung], np.int64),
        turns=turns,
        series=series,
        shunt=shunt,
        near=close,
        far=far,
        rating=rating,
        node=np.array([nodes[name] for name in order], np.int64),
        line=np.array([lines.get(name, -1) for name in names], np.int64),
        transformer=np.array([transformers.get(name, -1) for name in names], np.int64),
        load_at=np.array([place[load.node] for load in grid.loads], np.int64),
    )
