"""Who is joined to whom: ends that are open, parts without a source, loops."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dianliang.engines.powerflow._model import Grid
from dianliang.kernel.phrases import Phrase

MOST_WAYS = 40

LINE, TRANSFORMER, SWITCH = Phrase("线路"), Phrase("变压器"), Phrase("开关")
"""Made once: a grid has thousands of branches, and hardly one of them is ever told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What joins two nodes when both its ends are closed."""

    id: str
    label: str
    from_node: str
    to_node: str
    is_from_closed: bool = True
    is_to_closed: bool = True

    @property
    def is_closed(self) -> bool:
        """Tell whether power can pass."""
        return self.is_from_closed and self.is_to_closed


def edges(grid: Grid) -> Iterator[Edge]:
    """Yield lines, transformers and switches between nodes, with what is open of them.

    Several switches at one end close it only together.
    """
    open_ends = {(each.other, each.node) for each in grid.switches if not each.is_closed}
    ends = [
        *((line.id, LINE, line.from_node, line.to_node) for line in grid.lines),
        *((each.id, TRANSFORMER, each.high_node, each.low_node) for each in grid.transformers),
    ]
    for id_, label, from_node, to_node in ends:
        yield Edge(
            id=id_,
            label=label,
            from_node=from_node,
            to_node=to_node,
            is_from_closed=(id_, from_node) not in open_ends,
            is_to_closed=(id_, to_node) not in open_ends,
        )
    nodes = {node.id for node in grid.nodes}
    for each in grid.switches:
        if each.other in nodes:
            yield Edge(
                id=each.id,
                label=SWITCH,
                from_node=each.node,
                to_node=each.other,
                is_from_closed=each.is_closed,
                is_to_closed=each.is_closed,
            )


def neighbours(grid: Grid) -> dict[str, list[Edge]]:
    """Return the closed edges at each node, both ways."""
    found: dict[str, list[Edge]] = {node.id: [] for node in grid.nodes}
    for edge in edges(grid):
        if edge.is_closed and edge.from_node in found and edge.to_node in found:
            found[edge.from_node].append(edge)
            if edge.to_node != edge.from_node:
                found[edge.to_node].append(edge)
    return found


def islands(grid: Grid) -> list[list[str]]:
    """Return the parts that no source reaches, each as its nodes in their order."""
    near = neighbours(grid)
    lit = {source.node for source in grid.sources if source.node in near}
    _spread(near, lit)
    found: list[list[str]] = []
    order = {node.id: place for place, node in enumerate(grid.nodes)}
    seen = set(lit)
    for node in near:
        if node not in seen:
            part = {node}
            _spread(near, part)
            seen |= part
            found.append(sorted(part, key=lambda id_: order[id_]))
    return found


def _spread(near: dict[str, list[Edge]], reached: set[str]) -> None:
    todo = deque(reached)
    while todo:
        node = todo.popleft()
        for edge in near[node]:
            other = edge.to_node if edge.from_node == node else edge.from_node
            if other not in reached:
                reached.add(other)
                todo.append(other)


def loops(grid: Grid) -> list[tuple[Edge, list[str]]]:
    """Return an edge for each independent loop of closed edges, with the way round without it.

    Only the first `MOST_WAYS` ways are told, the others are empty: a ladder of n rungs has n²/2
    nodes on its ways.
    """
    near = neighbours(grid)
    up: dict[str, tuple[str, str] | None] = {}
    found: list[tuple[Edge, list[str]]] = []
    used: set[str] = set()
    for first in near:
        if first in up:
            continue
        up[first] = None
        todo = deque([first])
        while todo:
            node = todo.popleft()
            for edge in near[node]:
                if edge.id in used:
                    continue
                used.add(edge.id)
                other = edge.to_node if edge.from_node == node else edge.from_node
                if other in up:
                    way = _way(up, node, other) if len(found) < MOST_WAYS else []
                    found.append((edge, way))
                else:
                    up[other] = (node, edge.id)
                    todo.append(other)
    return found


def cut_out(grid: Grid, nodes: frozenset[str]) -> Grid:
    """Return some parts of a grid alone, with what hangs on them by one end that is closed."""
    held = {
        edge.id: (edge.from_node, edge.to_node)
        for edge in edges(grid)
        if (edge.is_from_closed and edge.from_node in nodes)
        or (edge.is_to_closed and edge.to_node in nodes)
    }
    ends = nodes.union(*held.values())
    return replace(
        grid,
        nodes=tuple(each for each in grid.nodes if each.id in ends),
        lines=tuple(each for each in grid.lines if each.id in held),
        transformers=tuple(each for each in grid.transformers if each.id in held),
        switches=tuple(x for x in grid.switches if x.id in held or x.other in held),
        loads=tuple(each for each in grid.loads if each.node in nodes),
        sources=tuple(each for each in grid.sources if each.node in nodes),
    )


def _way(up: dict[str, tuple[str, str] | None], one: str, other: str) -> list[str]:
    """Return the nodes from one to another through the tree."""
    way_up = _ancestors(up, one)
    place = {node: i for i, node in enumerate(way_up)}
    down: list[str] = []
    for node in _ancestors(up, other):
        if node in place:
            return [*way_up[: place[node] + 1], *reversed(down)]
        down.append(node)
    return [*way_up, *reversed(down)]


def _ancestors(up: dict[str, tuple[str, str] | None], node: str) -> list[str]:
    found = [node]
    while (step := up[found[-1]]) is not None:
        found.append(step[0])
    return found
