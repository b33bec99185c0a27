"""The page of a matrix: its levels with what is lacking, and every change to its shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dianliang.core.rows import first_of
from dianliang.domain.insight.base_checks import BaseCheck, checked
from dianliang.domain.insight.bases import BaseRow, Rolled, lacking, site_ids
from dianliang.domain.venues import standards, trees
from dianliang.domain.venues.models import Matrix, Node, Site
from dianliang.domain.venues.queries import (
    UNPLACED,
    MatrixRow,
    TreeNode,
    matrices,
    sites_of,
    tree,
)
from dianliang.domain.venues.standards import Standard
from dianliang.domain.venues.trees import Hung
from dianliang.flows.bases.reach import leads, matrix_to_change, node_of, unit_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_TO_PLACE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRow:
    """A node on the page: its level's sums, and its own base's state."""

    node: TreeNode
    row: BaseRow
    check: BaseCheck | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TreePage:
    """One level of a matrix, with what hangs below it and, for who leads it, what may be hung."""

    found: Rolled
    check: BaseCheck | None
    hits: tuple[TreeNode, ...]
    standard: Standard
    checks: Mapping[int, BaseCheck]
    may_edit: bool
    to_place: tuple[tuple[str, str], ...]
    more_to_place: int

    @property
    def matrix(self) -> MatrixRow:
        """Return the matrix."""
        return self.found.tree.matrix

    def rows(self, nodes: Sequence[TreeNode]) -> tuple[TreeRow, ...]:
        """Return nodes as rows: only those that are looked at are summed up."""
        return tuple(
            TreeRow(node=node, row=self.found.row(node), check=self.checks.get(node.site_id or 0))
            for node in nodes
        )

    @property
    def points(self) -> list[dict[str, object]]:
        """Return the positions below this level for the map: red are those that lack something."""
        return [
            {
                "number": node.site_code,
                "title": node.name,
                "lat": node.lat,
                "lon": node.lon,
                "tone": "late"
                if (check := self.checks.get(node.site_id)) and check.gaps
                else "done",
            }
            for node in self.found.tree.under(self.found.node)
            if node.site_id
        ]


def overview(*, by: Actor, on: date) -> tuple[tuple[MatrixRow, BaseRow], ...]:
    """Return each matrix with its sums; last, where there are any, the bases that stand in none."""
    standard = standards.in_force()
    found = []
    for row in matrices(by=by):
        grown = tree(row.code, by=by)
        checks = checked(site_ids(grown.nodes), standard=standard, on=on)
        found.append((row, lacking(grown, code="", checks=checks).here))
    rest = tree(UNPLACED, by=by)
    if rest.nodes:
        checks = checked(site_ids(rest.nodes), standard=standard, on=on)
        found.append((rest.matrix, lacking(rest, code="", checks=checks).here))
    return tuple(found)


def page(*, code: str, at_code: str, words: str, by: Actor, on: date) -> TreePage:
    """Return one level of a matrix; with words, the nodes whose name or code holds them.

    Raises:
        NotVisibleError: no such matrix or node in the actor's sight.
    """
    grown, standard = tree(code, by=by), standards.in_force()
    checks = checked(site_ids(grown.nodes), standard=standard, on=on)
    found = lacking(grown, code=at_code, checks=checks)
    may_edit = leads(grown.matrix, by=by)
    here = found.node
    to_place, more = _to_place(code, by=by) if may_edit else ((), 0)
    return TreePage(
        found=found,
        check=checks.get(here.site_id) if here and here.site_id else None,
        hits=grown.named(words.strip()) if words.strip() else (),
        standard=standard,
        checks=checks,
        may_edit=may_edit,
        to_place=to_place,
        more_to_place=more,
    )


def _to_place(code: str, *, by: Actor) -> tuple[tuple[tuple[str, str], ...], int]:
    """Return the first bases that stand nowhere in this matrix yet, and how many more do."""
    rows = sites_of(by).filter(closed_on=None).exclude(nodes__matrix__code=code)
    shown, more = first_of(rows.order_by("code").values_list("code", "name"), MOST_TO_PLACE)
    return tuple(shown), more


def create_matrix(
    *, code: str, name: str, unit_code: str, words: str, by: Actor, at: datetime
) -> Matrix:
    """Begin a matrix that one of the actor's units leads.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
    """
    return trees.create_matrix(
        code=code.strip(),
        name=clean_text(name, field="name", label="名称", most=40, least=2),
        unit=unit_of(unit_code, by=by),
        words=clean_text(words, field="words", label="说明", most=200),
        by=by,
        at=at,
    )


def rename_matrix(*, code: str, name: str, words: str, seen: int, by: Actor, at: datetime) -> None:
    """Call a matrix something else.

    Raises:
        NotVisibleError, InvalidInputError, StaleStateError: see the operation.
    """
    trees.rename_matrix(
        matrix=matrix_to_change(code, by=by),
        name=clean_text(name, field="name", label="名称", most=40, least=2),
        words=clean_text(words, field="words", label="说明", most=200),
        seen=seen,
        by=by,
        at=at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A node as a form describes it: a base by its code, or a heading with a code of its own."""

    site_code: str
    code: str
    name: str
    label: str
    parent_code: str


def hang(*, code: str, wanted: Wanted, seen: int, by: Actor, at: datetime) -> Node:
    """Hang a base of the actor's units, or a heading, into a matrix that he leads.

    Raises:
        NotVisibleError: the matrix is absent or another's.
        InvalidInputError, UnableToHangError, StaleStateError: see the operation.
    """
    matrix = matrix_to_change(code, by=by)
    site = _site(wanted.site_code, by=by)
    name = wanted.name.strip() or (site.name if site else "")
    hung = Hung(
        code=site.code if site else wanted.code.strip(),
        name=clean_text(name, field="name", label="名称", most=60, least=2),
        label=clean_text(wanted.label, field="label", label="称呼", most=20),
        site=site,
    )
    parent = _parent(matrix, wanted.parent_code)
    return trees.hang(matrix=matrix, hung=hung, parent=parent, seen=seen, by=by, at=at)


def _site(code: str, *, by: Actor) -> Site | None:
    if not code:
        return None
    site = sites_of(by).filter(code=code).first()
    if site is None:
        raise InvalidInputError(
            Phrase("没有编码为“%(code)s”的阵地，或不在您的范围内。", code=code[:24]), field="site"
        )
    return site


def _parent(matrix: Matrix, code: str) -> Node | None:
    return node_of(matrix, code.strip(), field="parent") if code.strip() else None


def move(
    *, code: str, node_code: str, parent_code: str, seen: int, by: Actor, at: datetime
) -> Node:
    """Hang a node with all below it somewhere else.

    Raises:
        NotVisibleError, InvalidInputError, UnableToHangError, StaleStateError: see the operation.
    """
    matrix = matrix_to_change(code, by=by)
    node, parent = node_of(matrix, node_code), _parent(matrix, parent_code)
    return trees.move(node=node, parent=parent, seen=seen, by=by, at=at)


def rename(
    *, code: str, node_code: str, name: str, label: str, seen: int, by: Actor, at: datetime
) -> Node:
    """Call a node something else.

    Raises:
        NotVisibleError, InvalidInputError, StaleStateError: see the operation.
    """
    node = node_of(matrix_to_change(code, by=by), node_code)
    return trees.rename(
        node=node,
        name=clean_text(name, field="name", label="名称", most=60, least=2),
        label=clean_text(label, field="label", label="称呼", most=20),
        seen=seen,
        by=by,
        at=at,
    )


def take_down(
    *, code: str, node_code: str, with_below: bool, seen: int, by: Actor, at: datetime
) -> int:
    """Take a node out of a matrix; the bases stay. Return how many went.

    Raises:
        NotVisibleError, InvalidInputError, UnableToHangError, StaleStateError: see the operation.
    """
    node = node_of(matrix_to_change(code, by=by), node_code)
    return trees.take_down(node=node, with_below=with_below, seen=seen, by=by, at=at)
