"""A grid without loops as trees, each below its own source: what the fast kernel needs."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.powerflow._model import (
    Floats,
    Grid,
    Source,
    TapSide,
    Transformer,
    TransformerType,
)
from dianliang.engines.powerflow._topology import Edge, edges

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
class Forest:
    """Trees one after the other, nodes of each from its source outwards; arrays by place in that.

    Places `first[k]` to `first[k + 1]` are of the k-th tree, below `source_pu[k]`, whose loads are
    `first_load[k]` to `first_load[k + 1]`. `parent` is −1 at a root, whose branch is the source.
    V = turns · V of the parent − z · J, with J the current through the series impedance; J counts
    `turns` times in the parent. The admittance at a node is `shunt`; `near` and `far` are the
    halves of its own branch. `line` and `transformer` say which of the grid's a branch is, −1 for
    none; `node` which node it is, −1 for an end of a line or transformer that is open: what its
    capacitance or iron draws flows there. `load` says which of the grid's a load is, `load_at` at
    which place.
    """

    first: Ints
    first_load: Ints
    source_pu: Floats
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
    load: Ints
    load_at: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Nodes of all trees in their order, with the place of the parent and the edge from there.

    An end that is open is None.
    """

    order: list[str | None]
    parent: list[int]
    edge: list[Edge | None]
    first: list[int]


def forest(grid: Grid, *, apart: set[str]) -> Forest:
    """Return a valid grid as its trees, without the nodes of parts that are none (`apart`)."""
    branches = _branches(grid)
    near: dict[str, list[Edge]] = {node.id: [] for node in grid.nodes}
    for edge in edges(grid):
        if edge.is_closed:
            near[edge.from_node].append(edge)
            near[edge.to_node].append(edge)
        elif (edge.is_from_closed or edge.is_to_closed) and branches[edge.id].shunt:
            near[edge.from_node if edge.is_from_closed else edge.to_node].append(edge)
    sources = [source for source in grid.sources if source.node not in apart]
    return _laid_out(grid, sources, _walked(sources, near), branches)


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


def _walked(sources: Sequence[Source], near: Mapping[str, Sequence[Edge]]) -> Walk:
    """Walk outwards from each source in turn."""
    walk = Walk(order=[], parent=[], edge=[], first=[0])
    for source in sources:
        todo: deque[tuple[str | None, int, Edge | None]] = deque([(source.node, -1, None)])
        while todo:
            node, parent, on = todo.popleft()
            place = len(walk.order)
            walk.order.append(node)
            walk.parent.append(parent)
            walk.edge.append(on)
            for edge in near[node] if node is not None else ():
                other = edge.to_node if edge.from_node == node else edge.from_node
                if edge is not on:
                    todo.append((other if edge.is_closed else None, place, edge))
        walk.first.append(len(walk.order))
    return walk


def _laid_out(
    grid: Grid, sources: Sequence[Source], walk: Walk, branches: Mapping[str, Branch]
) -> Forest:
    """Write down each node of a walk with the branch it hangs on."""
    nodes = {node.id: i for i, node in enumerate(grid.nodes)}
    lines = {line.id: i for i, line in enumerate(grid.lines)}
    transformers = {each.id: i for i, each in enumerate(grid.transformers)}
    count = len(walk.order)
    turns, rating = np.ones(count), np.full(count, np.inf)
    series, shunt, close, far = (np.zeros(count, np.complex128) for _ in range(4))
    series[walk.first[:-1]] = [_impedance(source) for source in sources]
    for k, (parent, on) in enumerate(zip(walk.parent, walk.edge, strict=True)):
        if on is None:
            continue
        branch = branches[on.id]
        half = branch.shunt / 2
        is_outward = on.from_node == walk.order[parent]
        turns[k] = 1 / branch.ratio if is_outward else branch.ratio
        series[k] = branch.series * (1 if is_outward else branch.ratio**2)
        close[k] = half / branch.ratio**2 if is_outward else half
        far[k] = half if is_outward else half / branch.ratio**2
        rating[k] = branch.rating
        shunt[parent] += close[k]
        shunt[k] += far[k]
    names = ["" if on is None else on.id for on in walk.edge]
    place = {name: k for k, name in enumerate(walk.order)}
    fed = [i for i, load in enumerate(grid.loads) if load.node in place]
    fed.sort(key=lambda i: place[grid.loads[i].node])
    at = np.array([place[grid.loads[i].node] for i in fed], np.int64)
    return Forest(
        first=np.array(walk.first, np.int64),
        first_load=np.searchsorted(at, walk.first).astype(np.int64),
        source_pu=np.array([source.voltage_pu for source in sources], np.float64),
        parent=np.array(walk.parent, np.int64),
        turns=turns,
        series=series,
        shunt=shunt,
        near=close,
        far=far,
        rating=rating,
        node=np.array([-1 if name is None else nodes[name] for name in walk.order], np.int64),
        line=np.array([lines.get(name, -1) for name in names], np.int64),
        transformer=np.array([transformers.get(name, -1) for name in names], np.int64),
        load=np.array(fed, np.int64),
        load_at=at,
    )


def _impedance(source: Source) -> complex:
    """Return what lies behind a source in per unit; one that never gives way has nothing."""
    if source.short_circuit_mva is None:
        return 0j
    whole = BASE_VA / (source.short_circuit_mva * 1e6)
    x = whole / np.sqrt(1 + source.rx_ratio**2)
    return complex(source.rx_ratio * x, x)
