"""How far along lines each node lies from the grid above."""

from heapq import heappop, heappush

from dianliang.engines.powerflow import Grid


def distances_m(grid: Grid) -> dict[str, float]:
    """Return the way along lines from the nearest source to each node that is fed, in metres.

    Transformers and closed switches have no length (Dijkstra's algorithm). A switch at the end of
    a line or transformer opens that branch.
    """
    known = {node.id for node in grid.nodes}
    opened = {switch.other for switch in grid.switches if not switch.is_closed}
    beside: dict[str, list[tuple[str, float]]] = {node.id: [] for node in grid.nodes}

    def join(one: str, other: str, length_m: float) -> None:
        beside[one].append((other, length_m))
        beside[other].append((one, length_m))

    for line in grid.lines:
        if line.id not in opened:
            join(line.from_node, line.to_node, line.length_m)
    for each in grid.transformers:
        if each.id not in opened:
            join(each.high_node, each.low_node, 0.0)
    for switch in grid.switches:
        if switch.is_closed and switch.other in known:
            join(switch.node, switch.other, 0.0)
    found: dict[str, float] = {}
    waiting = [(0.0, source.node) for source in grid.sources]
    while waiting:
        away, node = heappop(waiting)
        if node in found:
            continue
        found[node] = away
        for other, length_m in beside[node]:
            if other not in found:
                heappush(waiting, (away + length_m, other))
    return found
