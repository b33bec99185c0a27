"""What bases tell the public (000-04): notices and service standards, every version kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from dianliang.core import audit, transitions
from dianliang.core.models import StoredFile
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.venues.lifecycle import NOTICE
from dianliang.domain.venues.models import BaseNotice, BaseNoticeVersion, Node, Site
from dianliang.domain.venues.queries import at_or_below
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from dianliang.kernel.phrases import Phrase

KINDS = tuple((str(value), str(label)) for value, label in BaseNotice.Kind.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The words of a notice, and on which days they are shown."""

    title: str
    words: str
    photo: StoredFile | None
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice as pages show it, with one of its versions."""

    number: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    unit_name: str
    scope: str
    version: int
    title: str
    words: str
    photo: str
    from_on: date
    until_on: date | None
    written_at: datetime
    written_by: str
    reason: str


@transaction.atomic
def draft(
    *, kind: str, unit: Unit, node: Node | None, written: Written, by: Actor, at: datetime
) -> BaseNotice:
    """Write a notice down; nobody outside sees it before it is published.

    Raises:
        InvalidInputError: an unknown kind, or days the wrong way round.
    """
    if kind not in BaseNotice.Kind.values:
        raise InvalidInputError("请选择公告或服务标准。", field="kind")
    _check(written)
    notice = BaseNotice.objects.create(
        number=next_number("GS", at=at), kind=kind, unit=unit, node=node
    )
    _keep(notice, 1, written, reason="", by=by, at=at)
    words = written.title
    audit.record(
        "venues.basenotice.draft", target=notice, by=by, at=at, after="DRAFT", reason=words
    )
    return notice


@transaction.atomic
def revise(
    *, notice: BaseNotice, written: Written, seen: int, reason: str, by: Actor, at: datetime
) -> BaseNoticeVersion:
    """Write other words; those before stay readable. A published notice shows them at once.

    Raises:
        StaleStateError: somebody wrote a version since `seen` was read.
        InvalidInputError: days the wrong way round, or no reason.
    """
    locked = BaseNotice.objects.select_for_update().get(pk=notice.pk)
    newest = locked.versions.aggregate(newest=Max("version"))["newest"] or 0
    if newest != seen:
        raise StaleStateError(
            Phrase(
                "公示 %(locked_number)s 刚被他人修改，请刷新后再改。", locked_number=locked.number
            )
        )
    if not reason:
        raise InvalidInputError("请写明修改原因。", field="reason")
    _check(written)
    made = _keep(locked, newest + 1, written, reason=reason, by=by, at=at)
    audit.record("venues.basenotice.revise", target=locked, by=by, at=at, reason=reason)
    return made


def move(*, notice: BaseNotice, verb: str, reason: str, by: Actor, at: datetime) -> BaseNotice:
    """Publish a notice, or withdraw it with a reason.

    Raises:
        InvalidInputError: it is to be withdrawn without a reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if verb == "withdraw" and not reason:
        raise InvalidInputError("请写明撤回原因。", field="reason")
    return transitions.apply(notice, verb, lifecycle=NOTICE, by=by, at=at, note=reason)


def _keep(
    notice: BaseNotice, version: int, written: Written, *, reason: str, by: Actor, at: datetime
) -> BaseNoticeVersion:
    return BaseNoticeVersion.objects.create(
        notice=notice,
        version=version,
        title=written.title,
        words=written.words,
        photo=written.photo,
        from_on=written.from_on,
        until_on=written.until_on,
        written_at=at,
        written_by=by.name,
        reason=reason,
    )


def _check(written: Written) -> None:
    if written.until_on is not None and written.until_on < written.from_on:
        raise InvalidInputError("结束日期早于开始日期，请核对。", field="until_on")


def visible(by: Actor) -> QuerySet[BaseNotice]:
    """Return the notices of the actor's units."""
    if not by.unit_path:
        return BaseNotice.objects.none()
    return BaseNotice.objects.filter(unit__path__startswith=by.unit_path)


def notice_to_change(number: str, *, by: Actor) -> BaseNotice:
    """Return a notice of the actor's units.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    rows = visible(by).select_related("unit", "node__matrix")
    notice = rows.filter(number=number).first()
    if notice is None:
        raise NotVisibleError("没有找到这份公示。")
    return notice


def rows(*, by: Actor) -> tuple[NoticeRow, ...]:
    """Return the notices of the actor's units, each with its newest version."""
    found = visible(by).select_related("unit", "node__matrix").order_by("-pk")
    newest = _newest(found)
    return tuple(_row(notice, newest[notice.pk]) for notice in found if notice.pk in newest)


def _newest(notices: Iterable[BaseNotice]) -> dict[int, BaseNoticeVersion]:
    versions = BaseNoticeVersion.objects.filter(notice__in=[n.pk for n in notices])
    return {v.notice_id: v for v in versions.select_related("photo").order_by("version")}


def history(notice: BaseNotice) -> tuple[NoticeRow, ...]:
    """Return every version of a notice, newest first."""
    versions = notice.versions.select_related("photo").order_by("-version")
    return tuple(_row(notice, version) for version in versions)


def shown_at(site: Site, *, on: date) -> tuple[NoticeRow, ...]:
    """Return what a base tells the public on a day: service standards first, then the newest.

    Of each published notice the newest version that has begun counts; one that has ended is over.
    """
    above = [
        (matrix, path[: at + 1])
        for matrix, path in Node.objects.filter(site=site).values_list("matrix_id", "path")
        for at in range(1, len(path))
        if path[at] == "/"
    ]
    of_node = Q(pk__in=())
    for matrix, path in above:
        of_node |= Q(node__matrix=matrix, node__path=path)
    of_unit = Q(pk__in=())
    if site.unit is not None:
        steps = site.unit.path.strip("/").split("/")
        paths = ["/" + "/".join(steps[: n + 1]) + "/" for n in range(len(steps))]
        of_unit = Q(node=None, unit__path__in=paths)
    published = BaseNotice.objects.filter(of_node | of_unit, status="PUBLISHED")
    found = list(published.select_related("unit", "node__matrix").order_by("-number"))
    begun = BaseNoticeVersion.objects.filter(notice__in=found, from_on__lte=on)
    counting = {v.notice_id: v for v in begun.select_related("photo").order_by("version")}
    current = [
        _row(notice, counting[notice.pk])
        for notice in found
        if notice.pk in counting and _lasts(counting[notice.pk].until_on, on)
    ]
    return tuple(sorted(current, key=lambda row: row.kind != BaseNotice.Kind.STANDARD))


def standards_shown(units: Mapping[int, str], *, on: date) -> Mapping[int, int]:
    """Return how many service standards each base shows on a day.

    `units` are the paths of the units of the bases that are asked for. Two queries, and one for
    each standard that is addressed to a part of a matrix.
    """
    of_kind = BaseNotice.objects.filter(status="PUBLISHED", kind=BaseNotice.Kind.STANDARD)
    begun = BaseNoticeVersion.objects.filter(notice__in=of_kind, from_on__lte=on)
    until = dict(begun.order_by("version").values_list("notice", "until_on"))
    columns = ("pk", "unit__path", "node__matrix", "node__path")
    aims = [
        (unit, matrix, path)
        for pk, unit, matrix, path in of_kind.values_list(*columns)
        if pk in until and _lasts(until[pk], on)
    ]
    to_units = [unit for unit, matrix, _ in aims if matrix is None]
    of_unit = {unit: sum(unit.startswith(path) for path in to_units) for unit in {*units.values()}}
    counted = {site: of_unit[unit] for site, unit in units.items()}
    for _, matrix, path in aims:
        if matrix is not None:
            below = at_or_below(matrix, path).filter(site__isnull=False)
            for site in below.values_list("site", flat=True):
                if site in counted:
                    counted[site] += 1
    return counted


def _lasts(until_on: date | None, on: date) -> bool:
    return until_on is None or until_on >= on


def _row(notice: BaseNotice, version: BaseNoticeVersion) -> NoticeRow:
    node = notice.node
    return NoticeRow(
        number=notice.number,
        kind=notice.kind,
        kind_label=notice.get_kind_display(),
        status=notice.status,
        status_label=notice.get_status_display(),
        unit_name=notice.unit.name,
        scope=f"{node.matrix.name} · {node.name}" if node else notice.unit.name,
        version=version.version,
        title=version.title,
        words=version.words,
        photo=version.photo.token if version.photo else "",
        from_on=version.from_on,
        until_on=version.until_on,
        written_at=version.written_at,
        written_by=version.written_by,
        reason=version.reason,
    )
