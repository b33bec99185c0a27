"""Write, publish and withdraw what bases tell the public."""

from dataclasses import dataclass
from datetime import date, datetime

from dianliang.core import files
from dianliang.domain.venues import notices
from dianliang.domain.venues.lifecycle import NOTICE
from dianliang.domain.venues.models import BaseNotice, BaseNoticeVersion, Node
from dianliang.domain.venues.notices import NoticeRow, Written, notice_to_change
from dianliang.domain.venues.queries import matrices, tree
from dianliang.flows.bases.reach import EDITORS, unit_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.lifecycle import Transition
from dianliang.kernel.text import clean_text

MOST_WORDS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A notice as a form holds it."""

    title: str
    words: str
    photo: bytes | None
    keeps_photo: bool
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePage:
    """A notice with all its versions and what may be done."""

    current: NoticeRow
    versions: tuple[NoticeRow, ...]
    verbs: tuple[Transition, ...]
    may_edit: bool


def page(number: str, *, by: Actor) -> NoticePage:
    """Return a notice of the actor's units.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    notice = notice_to_change(number, by=by)
    versions = notices.history(notice)
    return NoticePage(
        current=versions[0],
        versions=versions,
        verbs=NOTICE.verbs(notice.status, role=by.role),
        may_edit=by.role in EDITORS,
    )


def scopes(*, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the parts of matrices to which the actor may address a notice: what has some below."""
    found: list[tuple[str, str]] = []
    for row in matrices(by=by):
        if not by.reaches_unit(row.unit_path):
            continue
        grown = tree(row.code, by=by)
        found += [
            (f"{row.code}/{node.code}", f"{row.name} · {'　' * node.depth}{node.name}")
            for node in grown.nodes
            if node.depth == 0 or node.children
        ]
    return tuple(found)


def draft(
    *, kind: str, unit_code: str, scope: str, typed: Typed, by: Actor, at: datetime
) -> BaseNotice:
    """Write a notice down for the bases of a unit, or of a part of a matrix.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
    """
    unit, node = unit_of(unit_code, by=by), _scope(scope, by=by)
    written = _written(typed, None, at=at)
    return notices.draft(kind=kind, unit=unit, node=node, written=written, by=by, at=at)


def _scope(scope: str, *, by: Actor) -> Node | None:
    if not scope:
        return None
    matrix, _, code = scope.partition("/")
    node = (
        Node.objects.select_related("matrix__unit").filter(matrix__code=matrix, code=code).first()
    )
    if node is None or not by.reaches_unit(node.matrix.unit.path):
        raise InvalidInputError("展示范围应在本单位牵头的体系内，请重新选择。", field="scope")
    return node


def _written(typed: Typed, before: BaseNoticeVersion | None, *, at: datetime) -> Written:
    photo = before.photo if before and typed.keeps_photo else None
    if typed.photo:
        photo = files.keep_image(typed.photo, at=at, field="photo")
    return Written(
        title=clean_text(typed.title, field="title", label="标题", most=60, least=2),
        words=clean_text(typed.words, field="words", label="内容", most=MOST_WORDS, least=2),
        photo=photo,
        from_on=typed.from_on,
        until_on=typed.until_on,
    )


def revise(
    *, number: str, typed: Typed, seen: int, reason: str, by: Actor, at: datetime
) -> BaseNoticeVersion:
    """Write another version of a notice.

    Raises:
        NotVisibleError, InvalidInputError, StaleStateError: see the operation.
    """
    notice = _to_change(number, by=by)
    before = notice.versions.select_related("photo").order_by("-version").first()
    words = clean_text(reason, field="reason", label="修改原因", most=200, least=2)
    written = _written(typed, before, at=at)
    return notices.revise(notice=notice, written=written, seen=seen, reason=words, by=by, at=at)


def move(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> BaseNotice:
    """Publish or withdraw a notice.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    words = clean_text(reason, field="reason", label="原因", most=200)
    return notices.move(notice=_to_change(number, by=by), verb=verb, reason=words, by=by, at=at)


def _to_change(number: str, *, by: Actor) -> BaseNotice:
    notice = notice_to_change(number, by=by)
    if by.role not in EDITORS:
        raise NotVisibleError("没有找到这份公示。")
    return notice


def photo_of(*, number: str, token: str, by: Actor) -> bytes:
    """Return a picture of any version of a notice.

    Raises:
        NotVisibleError: the notice is absent, another unit's, or has no such picture.
    """
    notice = notice_to_change(number, by=by)
    if not notice.versions.filter(photo__token=token).exists():
        raise NotVisibleError("没有找到这张图片。")
    return files.read_token(token)
