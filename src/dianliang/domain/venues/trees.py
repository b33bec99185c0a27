"""Every write about trees of bases: matrices, their nodes, and where these hang."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, Value
from django.db.models.functions import Concat, Length, Replace, Substr

from dianliang.core import audit
from dianliang.domain.directory.models import Unit
from dianliang.domain.venues.models import BaseNotice, Matrix, Node, Site
from dianliang.domain.venues.queries import at_or_below
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError, StaleStateError
from dianliang.kernel.phrases import Phrase

DEEPEST = 12
"""A path of twelve codes fits its column; no organisation is deeper."""

SLASHES = Length("path") - Length(Replace("path", Value("/"), Value("")))


class UnableToHangError(DomainError):
    """The node cannot stand there, or cannot go."""

    code = "venues.unable-to-hang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """A node as a person describes it; a base, or a heading without one."""

    code: str
    name: str
    label: str
    site: Site | None


@transaction.atomic
def create_matrix(
    *, code: str, name: str, unit: Unit, words: str, by: Actor, at: datetime
) -> Matrix:
    """Begin an empty matrix.

    Raises:
        InvalidInputError: the code is taken.
    """
    require_code(code)
    last = Matrix.objects.aggregate(last=Max("position"))["last"] or 0
    matrix, is_new = Matrix.objects.get_or_create(
        code=code, defaults={"name": name, "unit": unit, "words": words, "position": last + 1}
    )
    if not is_new:
        raise InvalidInputError(
            Phrase(
                "体系编码 %(code)s 已经用于“%(matrix)s”，请换一个。", code=code, matrix=matrix.name
            ),
            field="code",
        )
    _record("create", matrix, by=by, at=at, words=f"{code} {name}")
    return matrix


@transaction.atomic
def rename_matrix(
    *, matrix: Matrix, name: str, words: str, seen: int, by: Actor, at: datetime
) -> Matrix:
    """Call a matrix something else.

    Raises:
        StaleStateError: somebody changed the matrix since it was read.
    """
    locked = begin(matrix, seen=seen)
    before = locked.name
    locked.name, locked.words = name, words
    locked.save(update_fields=["name", "words"])
    _record("rename", locked, by=by, at=at, words=f"{before} → {name}")
    return locked


@transaction.atomic
def hang(
    *,
    matrix: Matrix,
    hung: Hung,
    parent: Node | None,
    seen: int,
    by: Actor,
    at: datetime,
) -> Node:
    """Hang a base or a heading below a node, or as a root.

    Raises:
        StaleStateError: somebody changed the matrix since it was read.
        UnableToHangError: it stands in this matrix already, or too deep.
    """
    begin(matrix, seen=seen)
    require_code(hung.code)
    above = _above(parent, matrix)
    taken = Node.objects.filter(matrix=matrix, code=hung.code).first()
    if taken is not None:
        raise UnableToHangError(
            Phrase(
                "编码 %(hung_code)s 在本体系中已是“%(taken)s”。",
                hung_code=hung.code,
                taken=taken.name,
            ),
            field="code",
        )
    twin = Node.objects.filter(matrix=matrix, site=hung.site).first() if hung.site else None
    if twin is not None:
        words = Phrase(
            "%(hung)s已在本体系中（%(twin_code)s），同一体系里只能列一次，以免重复统计。",
            hung=hung.name,
            twin_code=twin.code,
        )
        raise UnableToHangError(words, field="site")
    path = f"{above.path if above else '/'}{hung.code}/"
    _require_depth(path.count("/") - 1)
    node = Node.objects.create(
        matrix=matrix,
        code=hung.code,
        name=hung.name,
        label=hung.label,
        site=hung.site,
        parent=above,
        path=path,
    )
    _record("hang", matrix, by=by, at=at, words=f"{node.code} {node.name} {path}")
    return node


@transaction.atomic
def move(*, node: Node, parent: Node | None, seen: int, by: Actor, at: datetime) -> Node:
    """Hang a node with all below it somewhere else in its matrix. Two writes, whatever hangs there.

    Raises:
        StaleStateError: somebody changed the matrix since it was read.
        UnableToHangError: it would hang below itself, where it hangs, or too deep.
    """
    begin(node.matrix, seen=seen)
    moved, above = _present(node, node.matrix), _above(parent, node.matrix)
    if above is not None and above.path.startswith(moved.path):
        words = Phrase(
            "“%(above)s”就在“%(moved)s”下面，不能把上级移到自己的下级里。",
            above=above.name,
            moved=moved.name,
        )
        raise UnableToHangError(words, field="parent")
    if moved.parent_id == (above.pk if above else None):
        raise UnableToHangError(
            Phrase("“%(moved)s”已经在这里，不用移动。", moved=moved.name), field="parent"
        )
    old, new = moved.path, f"{above.path if above else '/'}{moved.code}/"
    below = at_or_below(moved.matrix_id, old)
    deepest = below.aggregate(deepest=Max(SLASHES))["deepest"]
    _require_depth(deepest - old.count("/") + new.count("/") - 1)
    below.update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    moved.parent, moved.path = above, new
    moved.save(update_fields=["parent"])
    _record("move", moved.matrix, by=by, at=at, words=f"{moved.code} {old} → {new}")
    return moved


@transaction.atomic
def rename(*, node: Node, name: str, label: str, seen: int, by: Actor, at: datetime) -> Node:
    """Call a node something else in its matrix; the base keeps its own name.

    Raises:
        StaleStateError: somebody changed the matrix since it was read.
    """
    begin(node.matrix, seen=seen)
    before = f"{node.label} {node.name}".strip()
    Node.objects.filter(pk=node.pk).update(name=name, label=label)
    after = f"{label} {name}".strip()
    _record("rename_node", node.matrix, by=by, at=at, words=f"{node.code} {before} → {after}")
    return node


@transaction.atomic
def take_down(*, node: Node, with_below: bool, seen: int, by: Actor, at: datetime) -> int:
    """Take a node out of its matrix, perhaps with all below it; the bases stay. Return how many.

    Raises:
        StaleStateError: somebody changed the matrix since it was read.
        UnableToHangError: something hangs below it, or a public notice is addressed to it.
    """
    begin(node.matrix, seen=seen)
    gone = _present(node, node.matrix)
    nodes = at_or_below(gone.matrix_id, gone.path)
    count = nodes.count()
    if count > 1 and not with_below:
        words = Phrase(
            "“%(gone)s”下面还有 %(n)s 个节点，请先移走，或勾选“连同下级”。",
            gone=gone.name,
            n=count - 1,
        )
        raise UnableToHangError(words, field="with_below")
    told = BaseNotice.objects.filter(node__in=nodes).first()
    if told is not None:
        words = Phrase(
            "公示 %(told_number)s 的展示范围在这里，请先改到别处（撤回的公示也要保留原样）。",
            told_number=told.number,
        )
        raise UnableToHangError(words, field="node")
    levels = {path.count("/") for path in nodes.values_list("path", flat=True)}
    for level in sorted(levels, reverse=True):  # what hangs below goes first
        nodes.annotate(slashes=SLASHES).filter(slashes=level).delete()
    _record("take_down", gone.matrix, by=by, at=at, words=f"{gone.path} {count}")
    return count


def begin(matrix: Matrix, *, seen: int) -> Matrix:
    """Lock a matrix for a change and count its revision up.

    Raises:
        StaleStateError: somebody changed it since revision `seen` was read.
    """
    locked = Matrix.objects.select_for_update().get(pk=matrix.pk)
    if locked.revision != seen:
        raise StaleStateError("这个阵地体系刚被他人修改，请刷新后再改。")
    Matrix.objects.filter(pk=matrix.pk).update(revision=F("revision") + 1)
    matrix.revision = locked.revision = seen + 1
    return locked


def require_code(code: str) -> None:
    """Check what is to be part of paths and addresses.

    Raises:
        InvalidInputError: it is empty, too long, or holds what an address cannot.
    """
    fits = all(character.isalnum() or character in "-_." for character in code)
    if not (0 < len(code) <= 24 and fits and code[0].isalnum()):
        shape = Phrase("编码应为 1 到 24 位的字母、数字、汉字或 - _ .，以字母、数字或汉字开头")
        raise InvalidInputError(
            Phrase("%(shape)s，现为“%(code)s”。", shape=shape, code=code[:30]), field="code"
        )


def _present(node: Node, matrix: Matrix) -> Node:
    """Read a node again under the lock: another may have moved or taken it meanwhile."""
    found = Node.objects.select_related("matrix").filter(pk=node.pk, matrix=matrix).first()
    if found is None:
        raise UnableToHangError("这个节点已不在本体系中，请刷新后再试。", field="parent")
    return found


def _above(parent: Node | None, matrix: Matrix) -> Node | None:
    return _present(parent, matrix) if parent else None


def _require_depth(depth: int) -> None:
    if depth > DEEPEST:
        raise UnableToHangError(
            Phrase(
                "体系最多 %(deepest)s 级，这里会成为第 %(depth)s 级。", deepest=DEEPEST, depth=depth
            ),
            field="parent",
        )


def _record(verb: str, matrix: Matrix, *, by: Actor, at: datetime, words: str) -> None:
    audit.record_about(
        f"venues.matrix.{verb}",
        target_type="venues.matrix",
        target_id=matrix.code,
        by=by,
        at=at,
        reason=words,
    )
