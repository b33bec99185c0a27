"""What others may know about sites, and the trees in which they hang."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Matrix, Node, Site
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

KIND_LABELS: dict[str, str] = {str(kind): str(label) for kind, label in Site.Kind.choices}
UNPLACED = "-"
"""The code under which the bases of no matrix are shown, flat, as if they were one."""
UNPLACED_NAME = "未列入体系的阵地"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """A site as pages need it."""

    code: str
    name: str
    kind_label: str
    area_code: str
    area_name: str
    address: str
    opening_hours: str
    venue_type: str


def site_row(code: str) -> SiteRow | None:
    """Return a site by its code, or None."""
    site = Site.objects.select_related("area").filter(code=code).first()
    if site is None:
        return None
    return SiteRow(
        code=site.code,
        name=site.name,
        kind_label=site.get_kind_display(),
        area_code=site.area.code,
        area_name=site.area.name,
        address=site.address,
        opening_hours=site.opening_hours,
        venue_type=site.venue_type,
    )


def sites_of(by: Actor) -> QuerySet[Site]:
    """Return the bases that the actor may see: of his units, and those that belong to nobody."""
    if not by.unit_path:
        return Site.objects.none()
    if by.unit_path == "/":
        return Site.objects.all()
    return Site.objects.filter(Q(unit=None) | Q(unit__path__startswith=by.unit_path))


def site_of(code: str, *, by: Actor) -> Site:
    """Return a base that the actor may see.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    site = sites_of(by).select_related("area", "unit").filter(code=code).first()
    if site is None:
        raise NotVisibleError("没有找到这个阵地。")
    return site


def site_choices(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the open bases that the actor may see, by code and name."""
    return tuple(sites_of(by).filter(closed_on=None).order_by("code").values_list("code", "name"))


def at_or_below(matrix: int, path: str) -> QuerySet[Node]:
    """Return a node of a matrix by its path, and all that hangs below it.

    Compared letter by letter: to SQLite's ``LIKE`` the codes `a1` and `A1` are the same.
    """
    rows = Node.objects.alias(head=Left("path", len(path)))
    return rows.filter(matrix=matrix, path__startswith=path, head=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """A matrix as pages name it."""

    code: str
    name: str
    unit_name: str
    unit_path: str
    words: str
    revision: int


class TreeNode(NamedTuple):
    """A place in a tree. `start` and `end` say where in the tree's order what hangs below lies.

    A tuple is made in a fifth of the time of a frozen dataclass, thousands of times a page.
    """

    code: str
    name: str
    label: str
    path: str
    parent: str
    depth: int
    start: int
    end: int
    children: int
    site_id: int | None
    site_code: str
    kind: str
    area_name: str
    unit_name: str
    lat: float | None
    lon: float | None
    closed_on: date | None

    @property
    def kind_label(self) -> str:
        """Return what this level is called here, else what the base is for."""
        return self.label or KIND_LABELS.get(self.kind, "")

    @property
    def below(self) -> int:
        """Return how many nodes hang below it, at any depth."""
        return self.end - self.start - 1


@dataclass(frozen=True)
class Tree:
    """A matrix as one actor sees it: every node before what hangs below it."""

    matrix: MatrixRow
    nodes: tuple[TreeNode, ...]

    @cached_property
    def _by_code(self) -> dict[str, TreeNode]:
        return {node.code: node for node in self.nodes}

    def find(self, code: str) -> TreeNode | None:
        """Return a node by its code."""
        return self._by_code.get(code)

    def node(self, code: str) -> TreeNode:
        """Return a node by its code.

        Raises:
            NotVisibleError: it is absent, or out of the actor's sight.
        """
        found = self.find(code)
        if found is None:
            raise NotVisibleError("没有找到这个阵地。")
        return found

    def under(self, node: TreeNode | None) -> tuple[TreeNode, ...]:
        """Return a node and all below it; without one, everything."""
        return self.nodes[node.start : node.end] if node else self.nodes

    def children(self, node: TreeNode | None) -> tuple[TreeNode, ...]:
        """Return what hangs directly below a node; without one, the roots."""
        return tuple(self._children(node))

    def _children(self, node: TreeNode | None) -> Iterator[TreeNode]:
        at, end = (node.start + 1, node.end) if node else (0, len(self.nodes))
        while at < end:
            yield self.nodes[at]
            at = self.nodes[at].end

    def way_up(self, node: TreeNode | None) -> tuple[TreeNode, ...]:
        """Return the nodes above a node, from the root down."""
        steps: list[TreeNode] = []
        above = self.find(node.parent) if node else None
        while above is not None:
            steps.append(above)
            above = self.find(above.parent)
        return tuple(reversed(steps))

    def named(self, words: str) -> tuple[TreeNode, ...]:
        """Return the nodes whose name or code holds the words."""
        asked = words.casefold()
        return tuple(
            n for n in self.nodes if asked in n.name.casefold() or asked in n.code.casefold()
        )


def matrices(*, by: Actor) -> tuple[MatrixRow, ...]:
    """Return the matrices that the actor leads or in which one of his bases stands."""
    if not by.unit_path:
        return ()
    rows = Matrix.objects.select_related("unit")
    if by.unit_path != "/":
        own = Node.objects.filter(site__in=sites_of(by)).values("matrix")
        rows = rows.filter(Q(unit__path__startswith=by.unit_path) | Q(pk__in=own))
    return tuple(_matrix_row(matrix) for matrix in rows)


def _matrix_row(matrix: Matrix) -> MatrixRow:
    return MatrixRow(
        code=matrix.code,
        name=matrix.name,
        unit_name=matrix.unit.name,
        unit_path=matrix.unit.path,
        words=matrix.words,
        revision=matrix.revision,
    )


_OF_SITE = ("code", "kind", "area", "unit", "lat", "lon", "closed_on")
"""Of area and unit only the keys: thousands of bases share few, whose names are read once."""
_PATH, _SITE, _UNIT = 3, 4, 8
"""Where in a row these stand."""
MANY = 900
"""A list of more keys would be slower to ask by than all rows are to read."""


def tree(code: str, *, by: Actor) -> Tree:
    """Return a matrix by its code; by `UNPLACED`, the bases that stand in none. Four queries.

    Of what hangs above the actor's bases only headings are shown; a base whose upper base belongs
    to somebody else stands as high as it can.

    Raises:
        NotVisibleError: there is no such matrix in the actor's sight.
    """
    if code == UNPLACED:
        return _unplaced(by)
    matrix = Matrix.objects.select_related("unit").filter(code=code).first()
    if matrix is None or not by.unit_path:
        raise NotVisibleError("没有找到这个阵地体系。")
    columns = (f"site__{column}" for column in _OF_SITE)
    rows = list(
        Node.objects.filter(matrix=matrix)
        .order_by()
        .values_list("code", "name", "label", "path", "site_id", *columns)
    )
    rows.sort(key=_path)
    leads = by.reaches_unit(matrix.unit.path)
    units = _units()
    kept = rows if by.unit_path == "/" else _seen(rows, units, by=by, leads=leads)
    if not kept and not leads:
        raise NotVisibleError("没有找到这个阵地体系。")
    return Tree(_matrix_row(matrix), _hung(kept, units))


def _path(row: tuple[Any, ...]) -> str:
    return str(row[_PATH])


def _units() -> Mapping[int | None, tuple[str, str]]:
    """Return path and name of every unit."""
    rows = Unit.objects.order_by().values_list("pk", "path", "name")
    return {pk: (path, name) for pk, path, name in rows}


def _seen(
    rows: list[tuple[Any, ...]],
    units: Mapping[int | None, tuple[str, str]],
    *,
    by: Actor,
    leads: bool,
) -> list[tuple[Any, ...]]:
    """Keep what the actor may see: his bases, and the headings above them."""
    own = {pk for pk, (path, _) in units.items() if path.startswith(by.unit_path)} | {None}
    kept: list[tuple[Any, ...]] = []
    lowest = ""
    for row in reversed(rows):
        if row[_SITE] is None:
            is_seen = leads or lowest.startswith(row[_PATH])
        else:
            is_seen = row[_UNIT] in own
        if is_seen:
            kept.append(row)
            lowest = row[_PATH]
    kept.reverse()
    return kept


def _hung(
    rows: Sequence[tuple[Any, ...]], units: Mapping[int | None, tuple[str, str]]
) -> tuple[TreeNode, ...]:
    """Make nodes of rows in the order of their paths; column by column, which is quickest."""
    if not rows:
        return ()
    codes, names, labels, paths, sites, site_codes, kinds, areas, unit_keys, *rest = zip(
        *rows, strict=True
    )
    count = len(rows)
    ends, parents, depths, children = [count] * count, [""] * count, [0] * count, [0] * count
    open_: list[int] = []
    for at, path in enumerate(paths):
        while open_ and not path.startswith(paths[open_[-1]]):
            ends[open_.pop()] = at
        if open_:
            parents[at] = codes[open_[-1]]
            children[open_[-1]] += 1
        depths[at] = len(open_)
        open_.append(at)
    named = _area_names({*areas} - {None})
    nameless = ("", "")
    columns = (
        *(codes, names, labels, paths, parents, depths, range(count), ends, children, sites),
        [code or "" for code in site_codes],
        [kind or "" for kind in kinds],
        [named.get(area, "") for area in areas],
        [units.get(unit, nameless)[1] for unit in unit_keys],
        *rest,
    )
    return tuple(map(TreeNode._make, zip(*columns, strict=True)))


def _area_names(wanted: Collection[int]) -> Mapping[int | None, str]:
    rows = Area.objects.order_by()
    if len(wanted) <= MANY:
        rows = rows.filter(pk__in=wanted)
    return dict(rows.values_list("pk", "name"))


def _unplaced(by: Actor) -> Tree:
    rows = sites_of(by).filter(nodes=None).exclude(kind=Site.Kind.CHARGING).order_by("code")
    made = [
        (code, name, "", f"/{code}/", pk, code, *more)
        for pk, name, code, *more in rows.values_list("pk", "name", *_OF_SITE)
    ]
    named = MatrixRow(
        code=UNPLACED, name=UNPLACED_NAME, unit_name="", unit_path="", words="", revision=0
    )
    return Tree(named, _hung(made, _units()))


def places_of(site: Site, *, by: Actor) -> tuple[tuple[MatrixRow, str], ...]:
    """Return the matrices in which a base stands, each with the code of its node."""
    visible = {row.code: row for row in matrices(by=by)}
    rows = Node.objects.filter(site=site).values_list("matrix__code", "code")
    return tuple((visible[matrix], code) for matrix, code in rows if matrix in visible)


def home_of(code: str, *, by: Actor) -> str:
    """Return the code of the first matrix that holds a node or base of this code.

    Raises:
        NotVisibleError: no matrix in the actor's sight has it.
    """
    named = Node.objects.filter(Q(code=code) | Q(site__code=code))
    rows = named.filter(Q(site=None) | Q(site__in=sites_of(by))).order_by("matrix__position")
    seen = {row.code for row in matrices(by=by)}
    for found in rows.values_list("matrix__code", flat=True):
        if found in seen:
            return str(found)
    if sites_of(by).filter(code=code, nodes=None).exists():
        return UNPLACED
    raise NotVisibleError("没有找到这个阵地。")
