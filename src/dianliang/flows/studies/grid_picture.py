"""Where the parts of a computed grid are drawn: by their places, or as a tree where these lack.

A figure of a grid shows what hangs on what. Places are drawn to scale (WGS 84, the degrees of
longitude shortened by the latitude); without them the way from the source runs from left to right
and branches lie below each other, in the order of their leaves (Reingold and Tilford's rule that
a parent stands in the middle of its children).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

from dianliang.flows.studies.grid_rows import BranchRow, NodeRow

MOST_DRAWN = 400
"""Nodes that a picture holds so that somebody can still tell them apart."""
MOST_NAMED = 48
"""Nodes whose names stand beside them."""
WIDTH, MARGIN = 720.0, 28.0
LEAST_HEIGHT, MOST_HEIGHT = 72.0, 900.0
ROW = 26.0
"""Units of the drawing between two branches of a tree."""
NEAR_PU = 0.02
"""A voltage that is so near its limit is said to be near it."""
LEVELS = ((1.0, "over"), (0.8, "heavy"), (0.5, "busy"))
"""From which share of its rating a branch is drawn how; the rest is light."""
HALF_SQUARE, NAME_RIGHT, NAME_UP, NAME_DOWN = 5.0, 7.0, 6.0, 15.0
NAME_ROOM = 80.0
"""Of the right edge: a name there ends at its node, so that it is not cut off."""
Place = tuple[float, float]
Limits = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A node: `tone` is ``far`` outside its voltage limits, ``near`` close to one, else ``in``."""

    row: NodeRow
    x: float
    y: float
    tone: str
    is_named: bool
    is_below: bool
    """Whether its name stands below: every other one does, so that neighbours do not overlap."""

    @property
    def is_last(self) -> bool:
        """Tell whether its name ends at it."""
        return self.x > WIDTH - NAME_ROOM

    @property
    def corner(self) -> Place:
        """Return where the square of a node outside its limits begins."""
        return self.x - HALF_SQUARE, self.y - HALF_SQUARE

    @property
    def name_at(self) -> Place:
        """Return where its name begins, or ends where it stands at the right edge."""
        x = self.x - NAME_RIGHT if self.is_last else self.x + NAME_RIGHT
        return x, self.y + NAME_DOWN if self.is_below else self.y - NAME_UP


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A line or transformer between two points; `tone` is how full it was at its fullest."""

    row: BranchRow
    x1: float
    y1: float
    x2: float
    y2: float
    tone: str

    @property
    def middle(self) -> Place:
        """Return where a transformer's two windings are drawn."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is drawn, in units of `width` × `height`; `left_out` nodes are not."""

    width: float
    height: float
    dots: tuple[Dot, ...]
    strokes: tuple[Stroke, ...]
    is_to_scale: bool
    left_out: int


def picture(
    nodes: Sequence[NodeRow], branches: Sequence[BranchRow], *, limits: Mapping[bool, Limits]
) -> Picture | None:
    """Return the drawing of a grid; None where its branches were not kept (older studies).

    `limits` are the least and the most voltage per unit, of the low side by True. Of a grid that
    is too large the nodes next to the source are drawn.
    """
    joined = [one for one in branches if one.from_node and one.to_node]
    if not joined:
        return None
    shown = _shown(nodes, joined)
    rows = [one for one in nodes if one.id in shown]
    tree = _tree(rows, joined)
    places = _to_scale(rows)
    is_to_scale = places is not None
    places = places or tree
    height = max(y for _, y in places.values()) + MARGIN
    dots = tuple(
        Dot(
            row=row,
            x=round(places[row.id][0], 1),
            y=round(places[row.id][1], 1),
            tone=_tone_of_node(row, limits[row.is_low]),
            is_named=len(rows) <= MOST_NAMED,
            is_below=number % 2 == 1,
        )
        for number, row in enumerate(rows)
    )
    strokes = tuple(
        _stroke(one, places) for one in joined if one.from_node in places and one.to_node in places
    )
    return Picture(
        width=WIDTH,
        height=round(max(LEAST_HEIGHT, height), 1),
        dots=dots,
        strokes=strokes,
        is_to_scale=is_to_scale,
        left_out=len(nodes) - len(rows),
    )


def _stroke(row: BranchRow, places: Mapping[str, Place]) -> Stroke:
    (x1, y1), (x2, y2) = places[row.from_node], places[row.to_node]
    share = row.loading
    tone = next((word for level, word in LEVELS if share > level), "light")
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return Stroke(row=row, tone=tone, **{name: round(value, 1) for name, value in ends.items()})


def _tone_of_node(row: NodeRow, limits: Limits) -> str:
    least, most = limits
    spare = min(row.least_pu - least, most - row.most_pu)
    return "far" if spare < 0 else "near" if spare < NEAR_PU else "in"


def _shown(nodes: Sequence[NodeRow], branches: Sequence[BranchRow]) -> set[str]:
    """Return the nodes that are drawn: all, or those that are reached first from the source."""
    if len(nodes) <= MOST_DRAWN:
        return {one.id for one in nodes}
    return {node for node, _ in _walk(nodes, branches)[:MOST_DRAWN]}


def _walk(nodes: Sequence[NodeRow], branches: Sequence[BranchRow]) -> list[tuple[str, list[str]]]:
    """Return every node with the nodes that hang on it, nearest to the source first.

    A ring is cut where both ways meet; what is not fed begins anew at its first node.
    """
    beside: dict[str, list[str]] = {one.id: [] for one in nodes}
    for one in branches:
        if one.from_node in beside and one.to_node in beside:
            beside[one.from_node].append(one.to_node)
            beside[one.to_node].append(one.from_node)
    order = sorted(
        nodes,
        key=lambda one: (one.away_m is None, one.away_m or 0.0, -one.rated_v),
    )
    seen: set[str] = set()
    told: list[tuple[str, list[str]]] = []
    for start in order:
        if start.id in seen:
            continue
        seen.add(start.id)
        waiting = [start.id]
        for node in waiting:
            children = [other for other in dict.fromkeys(beside[node]) if other not in seen]
            seen.update(children)
            waiting += children
            told.append((node, children))
    return told


def _tree(nodes: Sequence[NodeRow], branches: Sequence[BranchRow]) -> dict[str, Place]:
    """Return places by the way from the source: steps to the right, branches below each other."""
    walked = dict(_walk(nodes, branches))
    depth: dict[str, int] = {}
    for node, children in walked.items():
        depth.setdefault(node, 0)
        depth.update((child, depth[node] + 1) for child in children)
    level: dict[str, float] = {}
    leaves = 0
    for root in [node for node in walked if depth[node] == 0]:
        stack = [root]
        while stack:
            node = stack[-1]
            below = walked[node]
            left = [child for child in below if child not in level]
            if left:
                stack.append(left[0])
                continue
            if below:
                level[node] = (level[below[0]] + level[below[-1]]) / 2
            else:
                level[node] = float(leaves)
                leaves += 1
            stack.pop()
    step = (WIDTH - 2 * MARGIN) / max(1, *depth.values())
    row = min(ROW, (MOST_HEIGHT - 2 * MARGIN) / max(1, leaves - 1))
    return {node: (MARGIN + depth[node] * step, MARGIN + level[node] * row) for node in walked}


def _to_scale(nodes: Sequence[NodeRow]) -> dict[str, Place] | None:
    """Return places on the ground, or None where one is missing or all are one."""
    known = [(one.id, one.lat, one.lon) for one in nodes]
    if any(lat is None or lon is None for _, lat, lon in known):
        return None
    points = {id_: (lon or 0.0, lat or 0.0) for id_, lat, lon in known}
    lats = [lat for _, lat in points.values()]
    shrink = cos(radians(sum(lats) / len(lats)))
    flat = {id_: (lon * shrink, -lat) for id_, (lon, lat) in points.items()}
    left, top = (min(place[axis] for place in flat.values()) for axis in (0, 1))
    right, bottom = (max(place[axis] for place in flat.values()) for axis in (0, 1))
    if right == left and bottom == top:
        return None
    scale = min(
        (WIDTH - 2 * MARGIN) / (right - left) if right > left else float("inf"),
        (MOST_HEIGHT - 2 * MARGIN) / (bottom - top) if bottom > top else float("inf"),
    )
    return {
        id_: (MARGIN + (x - left) * scale, MARGIN + (y - top) * scale)
        for id_, (x, y) in flat.items()
    }
