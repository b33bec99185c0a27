"""A grid as trees, each below its own source, loops cut open: what the fast kernel needs."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.powerflow._branches import Branch, branches, impedance
from dianliang.engines.powerflow._model import Floats, Grid, Source
from dianliang.engines.powerflow._topology import Edge, edges

CLOCKS = 12
MOST_TIES = 24
"""More loops below one source are a meshed grid, whose factors a library reuses better."""
LEAST_LOOP = 1e-7
"""A loop of less impedance, in per unit of `BASE_VA`, is one of switches: a line has more."""
Ints = NDArray[np.int64]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tree:
    """One tree: see `Forest`."""

    source: Source
    walk: "Walk"
    turns: Floats
    rating: Floats
    series: Complexes
    shunt: Complexes
    near: Complexes
    far: Complexes
    gains: Complexes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Forest:
    """Trees one after the other, nodes of each from its source outwards; arrays by place in that.

    Places `first[k]` to `first[k + 1]` are of the k-th tree, below `source_pu[k]`, whose loads are
    `first_load[k]` to `first_load[k + 1]`; `parent`, `load_at` and `ties` count places within their
    tree. `parent` is −1 at a root, whose branch is the source.
    V = turns · V of the parent − z · J, with J the current through the series impedance; J counts
    `turns` times in the parent. The admittance at a node is `shunt`; `near` and `far` are the
    halves of its own branch. `line` and `transformer` say which of the grid's a branch is, −1 for
    none; `node` which node it is, −1 for an end of a line or transformer that is open: what its
    capacitance or iron draws flows there. `load` says which of the grid's a load is, `load_at` at
    which place. Where a loop is cut, `ties` (cuts, 2) names the end of the branch that closes it,
    which is −1 in `node`, and the node that it closes on; `gains` holds by cut a row of the inverse
    of its tree's loop impedances. Nodes `apart` are in no tree.
    """

    first: Ints
    first_load: Ints
    first_tie: Ints
    source_pu: Floats
    parent: Ints
    turns: Floats
    series: Complexes
    shunt: Complexes
    near: Complexes
    far: Complexes
    rating: Floats
    node: Ints
    line: Ints
    transformer: Ints
    load: Ints
    load_at: Ints
    ties: Ints
    gains: Complexes
    apart: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Nodes of a tree in their order, with the place of the parent and the edge from there.

    An end that is open is None, and so is the end of an edge that comes back to a node which the
    tree already has: `ties` are the places of both. `place` tells where a node is.
    """

    order: list[str | None]
    parent: list[int]
    edge: list[Edge | None]
    ties: list[tuple[int, int]]
    place: dict[str, int]


def forest(grid: Grid) -> Forest | None:
    """Return the trees of a valid grid, without parts that cannot be swept; None if there is none.

    Those have two sources, or loops that cannot be closed over a cut (`_loops`).
    """
    known = branches(grid)
    near: dict[str, list[Edge]] = {node.id: [] for node in grid.nodes}
    for edge in edges(grid):
        if edge.is_closed:
            near[edge.from_node].append(edge)
            near[edge.to_node].append(edge)
        elif (edge.is_from_closed or edge.is_to_closed) and known[edge.id].shunt:
            near[edge.from_node if edge.is_from_closed else edge.to_node].append(edge)
    walks = [_walked(source, near) for source in grid.sources]
    fed = Counter(node for walk in walks for node in walk.place)
    trees, apart = [], set[str]()
    for source, walk in zip(grid.sources, walks, strict=True):
        tree = None if fed[source.node] > 1 else _tree(source, walk, known)
        if tree is None:
            apart.update(walk.place)
        else:
            trees.append(tree)
    return _laid_out(grid, trees, frozenset(apart)) if trees else None


def _walked(source: Source, near: Mapping[str, Sequence[Edge]]) -> Walk:
    """Walk outwards from a source."""
    walk = Walk(order=[], parent=[], edge=[], ties=[], place={})
    todo: deque[tuple[str | None, int, Edge | None]] = deque([(source.node, -1, None)])
    used: set[str] = set()
    while todo:
        node, parent, on = todo.popleft()
        here = len(walk.order)
        walk.parent.append(parent)
        walk.edge.append(on)
        if node is not None and node in walk.place:
            walk.ties.append((here, walk.place[node]))
            node = None
        walk.order.append(node)
        if node is None:
            continue
        walk.place[node] = here
        for edge in near[node]:
            if edge.id not in used:
                used.add(edge.id)
                other = edge.to_node if edge.from_node == node else edge.from_node
                todo.append((other if edge.is_closed else None, here, edge))
    return walk


def _tree(source: Source, walk: Walk, known: Mapping[str, Branch]) -> Tree | None:
    """Write down each node of a walk with the branch it hangs on; None where loops forbid it."""
    count = len(walk.order)
    turns, rating, clock = np.ones(count), np.full(count, np.inf), [0] * count
    series, shunt, close, far = (np.zeros(count, np.complex128) for _ in range(4))
    series[0] = impedance(source)
    for k, (parent, on) in enumerate(zip(walk.parent, walk.edge, strict=True)):
        if on is None:
            continue
        branch = known[on.id]
        half = branch.shunt / 2
        is_outward = on.from_node == walk.order[parent]
        turns[k] = 1 / branch.ratio if is_outward else branch.ratio
        series[k] = branch.series * (1 if is_outward else branch.ratio**2)
        close[k] = half / branch.ratio**2 if is_outward else half
        far[k] = half if is_outward else half / branch.ratio**2
        rating[k] = branch.rating
        clock[k] = clock[parent] + (branch.clock if is_outward else -branch.clock)
        shunt[parent] += close[k]
        shunt[k] += far[k]
    gains = np.zeros((0, 0), np.complex128)
    if walk.ties:
        if any((clock[end] - clock[node]) % CLOCKS for end, node in walk.ties):
            return None  # a current flows round the loop whatever the loads
        found = _loops(walk, turns, series)
        if found is None:
            return None
        gains = found
    return Tree(
        source=source,
        walk=walk,
        turns=turns,
        rating=rating,
        series=series,
        shunt=shunt,
        near=close,
        far=far,
        gains=gains,
    )


def _loops(walk: Walk, turns: Floats, series: Complexes) -> Complexes | None:
    """Return the inverse of the loops' impedances: what current closes which gap.

    One that is drawn at a cut's end and given back at its node flows down both ways to where they
    meet; what two of them share is their mutual impedance. None for too many loops, and for one of
    switches alone, in which any current may flow.
    """
    if len(walk.ties) > MOST_TIES:
        return None
    ways = np.zeros((len(walk.ties), len(walk.order)))
    for way, (end, node) in zip(ways, walk.ties, strict=True):
        for first, sign in ((end, 1.0), (node, -1.0)):
            k, share = first, sign
            while k >= 0:
                way[k] += share
                share *= turns[k]
                k = walk.parent[k]
    impedances = (ways * series) @ ways.T
    if np.linalg.svd(impedances, compute_uv=False).min() < LEAST_LOOP:
        return None
    return np.asarray(np.linalg.inv(impedances), np.complex128)


def _laid_out(grid: Grid, trees: Sequence[Tree], apart: frozenset[str]) -> Forest:
    """Lay trees one after the other, and say what of the grid lies where."""
    nodes = {node.id: i for i, node in enumerate(grid.nodes)}
    lines = {line.id: i for i, line in enumerate(grid.lines)}
    transformers = {each.id: i for i, each in enumerate(grid.transformers)}
    tree_of = {id_: t for t, tree in enumerate(trees) for id_ in tree.walk.place}
    fed = [
        (t, trees[t].walk.place[load.node], i)
        for i, load in enumerate(grid.loads)
        if (t := tree_of.get(load.node)) is not None
    ]
    fed.sort()
    which = np.array(fed, np.int64).reshape(-1, 3)
    order = [name for tree in trees for name in tree.walk.order]
    names = ["" if on is None else on.id for tree in trees for on in tree.walk.edge]
    ties = [tie for tree in trees for tie in tree.walk.ties]
    most = max((len(tree.walk.ties) for tree in trees), default=0)
    gains = [np.pad(x.gains, ((0, 0), (0, most - len(x.gains)))) for x in trees]

    def joined(name: str) -> Complexes:
        return np.concatenate([getattr(tree, name) for tree in trees])

    return Forest(
        first=_starts([len(tree.walk.order) for tree in trees]),
        first_load=np.searchsorted(which[:, 0], np.arange(len(trees) + 1)).astype(np.int64),
        first_tie=_starts([len(tree.walk.ties) for tree in trees]),
        source_pu=np.array([tree.source.voltage_pu for tree in trees], np.float64),
        parent=np.array([k for tree in trees for k in tree.walk.parent], np.int64),
        turns=joined("turns").real,
        series=joined("series"),
        shunt=joined("shunt"),
        near=joined("near"),
        far=joined("far"),
        rating=joined("rating").real,
        node=np.array([-1 if name is None else nodes[name] for name in order], np.int64),
        line=np.array([lines.get(name, -1) for name in names], np.int64),
        transformer=np.array([transformers.get(name, -1) for name in names], np.int64),
        load=which[:, 2],
        load_at=which[:, 1],
        ties=np.array(ties, np.int64).reshape(-1, 2),
        gains=np.concatenate(gains),
        apart=apart,
    )


def _starts(counts: Sequence[int]) -> Ints:
    """Return where each of some parts begins, and where the last ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
