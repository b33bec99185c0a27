"""Matrices of bases rolled up (000-01, 002-16, 004-21): every figure on every level, drillable.

A tree lists each node before what hangs below it, so that a level is a slice of the list, and its
figure the difference of two running sums, whatever the shape of the tree.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from dianliang.domain.insight.base_checks import BaseCheck, checked
from dianliang.domain.insight.base_figures import FIGURES, Counted, counted
from dianliang.domain.insight.base_shapes import Span
from dianliang.domain.venues.queries import KIND_LABELS, Tree, TreeNode
from dianliang.domain.venues.standards import Standard

WHOLE = "合计"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One figure of a level."""

    name: str
    label: str
    of: int
    good: int
    good_label: str
    is_minutes: bool

    @property
    def shown(self) -> str:
        """Return the figure as it is read: hours with one decimal, everything else whole."""
        return f"{self.of / 60:.1f}" if self.is_minutes else str(self.of)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRow:
    """A node with everything at and below it summed up; `score` is the mean of its bases."""

    node: TreeNode | None
    bases: int
    kinds: tuple[tuple[str, int], ...]
    values: tuple[Value, ...]
    score: float | None
    gaps: int
    expiring: int

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.node.name if self.node else WHOLE

    def value(self, name: str) -> Value:
        """Return one figure."""
        return next(value for value in self.values if value.name == name)


@dataclass(frozen=True, kw_only=True)
class Rolled:
    """One level of a matrix: itself (or the whole), its way up, and what hangs below it."""

    tree: Tree
    node: TreeNode | None
    row: Callable[[TreeNode | None], BaseRow]
    """Sums up any node of the tree."""

    @cached_property
    def here(self) -> BaseRow:
        """Return the sums of the level."""
        return self.row(self.node)

    @property
    def way_up(self) -> tuple[TreeNode, ...]:
        """Return the nodes above it, from the root down."""
        return self.tree.way_up(self.node)

    @property
    def children(self) -> tuple[TreeNode, ...]:
        """Return what hangs directly below it; perhaps thousands."""
        return self.tree.children(self.node)

    @cached_property
    def rows(self) -> tuple[BaseRow, ...]:
        """Return the sums of everything that hangs directly below it."""
        return tuple(map(self.row, self.children))


class _Sums:
    """Running sums along a tree."""

    def __init__(
        self,
        tree: Tree,
        figures: Mapping[str, Mapping[int, Counted]],
        checks: Mapping[int, BaseCheck],
    ) -> None:
        sites = [node.site_id or 0 for node in tree.nodes]
        own = [checks.get(site) for site in sites]
        self.tree = tree
        places = {site: place for place, site in enumerate(sites) if site}
        self.figures = {
            name: _placed(by_site, places, len(sites)) for name, by_site in figures.items()
        }
        self.kinds = [node.kind_label if node.site_id else "" for node in tree.nodes]
        self.bases = _running([int(site > 0) for site in sites])
        self.checked = _running([int(check is not None) for check in own])
        self.score = _running([round(check.score * 10) if check else 0 for check in own])
        self.gaps = _running([check.gaps if check else 0 for check in own])
        self.expiring = _running([check.expiring if check else 0 for check in own])

    def row(self, node: TreeNode | None) -> BaseRow:
        """Return a level's sums."""
        start, end = (node.start, node.end) if node else (0, len(self.tree.nodes))

        def within(running: Sequence[int]) -> int:
            return running[end] - running[start]

        measured = within(self.checked)
        kinds = Counter(self.kinds[start:end])
        kinds.pop("", None)
        return BaseRow(
            node=node,
            bases=within(self.bases),
            kinds=tuple(sorted(kinds.items(), key=_kind_order)),
            values=tuple(
                Value(
                    name=name,
                    label=FIGURES[name].label,
                    of=within(of),
                    good=within(good),
                    good_label=FIGURES[name].good_label,
                    is_minutes=FIGURES[name].is_minutes,
                )
                for name, (of, good) in self.figures.items()
            ),
            score=within(self.score) / 10 / measured if measured else None,
            gaps=within(self.gaps),
            expiring=within(self.expiring),
        )


def _placed(
    by_site: Mapping[int, Counted], places: Mapping[int, int], count: int
) -> tuple[list[int], list[int]]:
    """Return the running sums of all and of good ones, each figure at the place of its base."""
    of, good = [0] * count, [0] * count
    for site, counted_there in by_site.items():
        place = places.get(site)
        if place is not None:
            of[place], good[place] = counted_there.of, counted_there.good
    return _running(of), _running(good)


def _running(values: Sequence[int]) -> list[int]:
    return list(accumulate(values, initial=0))


_ORDER = {label: place for place, label in enumerate(KIND_LABELS.values())}


def _kind_order(kind: tuple[str, int]) -> tuple[int, str]:
    return _ORDER.get(kind[0], len(_ORDER)), kind[0]


def rolled_up(tree: Tree, *, code: str, span: Span, standard: Standard) -> Rolled:
    """Return one level of a tree with what hangs below it; without a code, all of it.

    The number of queries depends on the figures and the standard, not on the number of bases.

    Raises:
        NotVisibleError: the tree has no such node.
    """
    node = tree.node(code) if code else None
    sites = site_ids(tree.nodes)
    sums = _Sums(tree, counted(span), checked(sites, standard=standard, on=span.on))
    return Rolled(tree=tree, node=node, row=sums.row)


def lacking(tree: Tree, *, code: str, checks: Mapping[int, BaseCheck]) -> Rolled:
    """Return one level of a tree with scores and gaps only.

    Raises:
        NotVisibleError: the tree has no such node.
    """
    node = tree.node(code) if code else None
    return Rolled(tree=tree, node=node, row=_Sums(tree, {}, checks).row)


def site_ids(nodes: Sequence[TreeNode]) -> list[int]:
    """Return the bases among some nodes."""
    return [node.site_id for node in nodes if node.site_id]
