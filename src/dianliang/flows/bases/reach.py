"""Who may change which matrix and which base."""

from dianliang.domain.directory.models import Unit
from dianliang.domain.venues.models import Matrix, Node, Site
from dianliang.domain.venues.queries import MatrixRow, site_of
from dianliang.domain.workforce.charging import people_of
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase

EDITORS = frozenset({Role.PARTY_AFFAIRS, Role.DISPATCHER, Role.ADMINISTRATOR})


def matrix_to_change(code: str, *, by: Actor) -> Matrix:
    """Return a matrix that one of the actor's units leads.

    Raises:
        NotVisibleError: absent, or led by another unit.
    """
    matrix = Matrix.objects.select_related("unit").filter(code=code).first()
    if matrix is None or by.role not in EDITORS or not by.reaches_unit(matrix.unit.path):
        raise NotVisibleError("没有找到这个阵地体系。")
    return matrix


def leads(row: MatrixRow, *, by: Actor) -> bool:
    """Tell whether the actor may change a matrix."""
    return by.role in EDITORS and bool(row.unit_path) and by.reaches_unit(row.unit_path)


def node_of(matrix: Matrix, code: str, *, field: str = "node") -> Node:
    """Return a node of a matrix by the code that a form names.

    Raises:
        InvalidInputError: there is none.
    """
    node = Node.objects.select_related("matrix", "site").filter(matrix=matrix, code=code).first()
    if node is None:
        raise InvalidInputError(
            Phrase(
                "“%(matrix)s”里没有编码为“%(code)s”的节点。", matrix=matrix.name, code=code[:24]
            ),
            field=field,
        )
    return node


def may_change(site: Site, *, by: Actor) -> bool:
    """Tell whether the actor may change a base: of his units; who serves all, also nobody's."""
    if by.role not in EDITORS:
        return False
    return by.reaches_unit(site.unit.path) if site.unit else by.unit_path == "/"


def site_to_change(code: str, *, by: Actor) -> Site:
    """Return a base that the actor may change.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    site = site_of(code, by=by)
    if not may_change(site, by=by):
        raise NotVisibleError("没有找到这个阵地。")
    return site


def units_of(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the units of the actor, by code and name."""
    if not by.unit_path:
        return ()
    rows = Unit.objects.filter(path__startswith=by.unit_path).order_by("path")
    return tuple(rows.values_list("code", "name"))


def unit_of(code: str, *, by: Actor, field: str = "unit") -> Unit:
    """Return a unit of the actor that a form names.

    Raises:
        InvalidInputError: there is none.
    """
    unit = Unit.objects.filter(code=code, path__startswith=by.unit_path or "-").first()
    if unit is None:
        raise InvalidInputError("请选择本单位范围内的单位。", field=field)
    return unit


def person_of(number: str, *, by: Actor) -> Person | None:
    """Return somebody on duty in the actor's units, or nobody for an empty number.

    Raises:
        InvalidInputError: nobody there has this number.
    """
    if not number:
        return None
    found = people_of(by).filter(number=number).first()
    if found is None:
        words = Phrase("本单位在岗人员中没有编号 %(number)s，请从列表中选择。", number=number[:24])
        raise InvalidInputError(words, field="person")
    return found
