"""Honours, models and media reports as pages show them, and counts by level and period."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from dianliang.domain.honours import access
from dianliang.domain.honours.lifecycle import HONOUR_LABELS
from dianliang.domain.honours.models import Holder, Honour, Level, MediaReport
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

PER_PAGE = 50
LEVELS: Mapping[str, str] = {str(code): str(label) for code, label in Level.choices}
HOLDERS: Mapping[str, str] = {str(code): str(label) for code, label in Holder.choices}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which rows are wanted; what is empty leaves all in. Both days are included."""

    since: date
    until: date
    level: str = ""
    holder: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HonourRow:
    """An honour as pages need it."""

    number: str
    title: str
    level: str
    level_label: str
    issuer: str
    on: date
    holder: str
    holder_label: str
    name: str
    unit_name: str
    call_number: str
    is_model: bool
    story: str
    has_evidence: bool
    status: str
    status_label: str
    revoked_on: date | None
    revoked_because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A media report as pages need it."""

    number: str
    outlet: str
    level: str
    level_label: str
    title: str
    on: date
    link: str
    unit_name: str
    record_kind: str
    record_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A page of rows, how many there are in all, and how many at each level."""

    rows: tuple[HonourRow, ...] | tuple[ReportRow, ...]
    total: int
    page: int
    pages: int
    levels: tuple[tuple[str, str, int], ...]


def honours(*, asked: Asked, by: Actor, page: int = 1) -> Book:
    """Return the honours asked for, newest first; the counts leave the level open."""
    rows = _honours(asked, by)
    counts = _levels(_honours(_any_level(asked), by).exclude(status="REVOKED"))
    return _book(rows, counts, page, lambda found: tuple(row_of(one) for one in found))


def every_honour(*, asked: Asked, by: Actor) -> tuple[HonourRow, ...]:
    """Return all honours asked for, for an export."""
    return tuple(row_of(one) for one in _honours(asked, by))


def _honours(asked: Asked, by: Actor) -> QuerySet[Honour]:
    rows = access.honours(by).filter(on__range=(asked.since, asked.until))
    if asked.level:
        rows = rows.filter(level=asked.level)
    if asked.holder:
        rows = rows.filter(holder=asked.holder)
    if asked.words:
        words = asked.words
        rows = rows.filter(title__icontains=words) | rows.filter(person__name__icontains=words)
    return rows.order_by("-on", "number")


def _any_level(asked: Asked) -> Asked:
    return Asked(since=asked.since, until=asked.until, holder=asked.holder, words=asked.words)


def _levels(rows: QuerySet[Honour] | QuerySet[MediaReport]) -> tuple[tuple[str, str, int], ...]:
    found = dict(rows.order_by().values_list("level").annotate(n=Count("pk", distinct=True)))
    return tuple((code, label, found.get(code, 0)) for code, label in LEVELS.items())


def _book(
    rows: QuerySet[Honour] | QuerySet[MediaReport],
    levels: tuple[tuple[str, str, int], ...],
    page: int,
    shown: Callable[[Iterable[Any]], tuple[HonourRow, ...] | tuple[ReportRow, ...]],
) -> Book:
    total = rows.count()
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    part = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Book(rows=shown(part), total=total, page=page, pages=pages, levels=levels)


def row_of(one: Honour) -> HonourRow:
    """Return an honour as pages need it."""
    return HonourRow(
        number=one.number,
        title=one.title,
        level=one.level,
        level_label=one.get_level_display(),
        issuer=one.issuer,
        on=one.on,
        holder=one.holder,
        holder_label=one.get_holder_display(),
        name=str(one.person or one.team or one.held_by),
        unit_name=one.unit.name,
        call_number=one.call_number,
        is_model=one.is_model,
        story=one.story,
        has_evidence=one.evidence_id is not None,
        status=one.status,
        status_label=HONOUR_LABELS[one.status],
        revoked_on=one.revoked_on,
        revoked_because=one.revoked_because,
    )


def honour(number: str, *, by: Actor) -> HonourRow:
    """Return one honour.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    return row_of(access.honour_to_see(number, by=by))


def models() -> tuple[HonourRow, ...]:
    """Return who is shown to everybody as a model (典型), newest first."""
    rows = Honour.objects.filter(is_model=True, status="VALID")
    return tuple(row_of(one) for one in rows.select_related("unit", "person", "team", "held_by"))


def model(number: str) -> tuple[HonourRow, tuple[HonourRow, ...]]:
    """Return a model with all that the same holder was honoured with.

    Raises:
        NotVisibleError: there is none.
    """
    related = ("unit", "person", "team", "held_by")
    rows = Honour.objects.filter(status="VALID").select_related(*related)
    found = None if "\0" in number else rows.filter(number=number, is_model=True).first()
    if found is None:
        raise NotVisibleError("没有找到这位典型。")
    same = rows.filter(person=found.person, team=found.team, held_by=found.held_by)
    return row_of(found), tuple(row_of(one) for one in same)


def of_holder(*, person: str = "", unit: str = "") -> tuple[HonourRow, ...]:
    """Return the honours in force of a person, or of a unit, for pages about them."""
    rows = Honour.objects.filter(status="VALID")
    rows = rows.filter(person__number=person) if person else rows.filter(held_by__code=unit or "-")
    return tuple(row_of(one) for one in rows.select_related("unit", "person", "team", "held_by"))


def reports(*, asked: Asked, by: Actor, page: int = 1) -> Book:
    """Return the media reports asked for, newest first; the counts leave the level open."""
    rows = _reports(asked, by)
    counts = _levels(_reports(_any_level(asked), by))
    return _book(rows, counts, page, lambda found: tuple(_report(one) for one in found))


def every_report(*, asked: Asked, by: Actor) -> tuple[ReportRow, ...]:
    """Return all media reports asked for, for an export."""
    return tuple(_report(one) for one in _reports(asked, by))


def reports_about(pairs: Iterable[tuple[str, str]]) -> tuple[ReportRow, ...]:
    """Return the media reports about some records, named by kind and number."""
    wanted = set(pairs)
    numbers = {number for _, number in wanted}
    rows = MediaReport.objects.filter(record_number__in=numbers).select_related("unit")
    return tuple(_report(r) for r in rows if (r.record_kind, r.record_number) in wanted)


def _reports(asked: Asked, by: Actor) -> QuerySet[MediaReport]:
    rows = access.reports(by).filter(on__range=(asked.since, asked.until))
    if asked.level:
        rows = rows.filter(level=asked.level)
    if asked.words:
        words = asked.words
        rows = rows.filter(title__icontains=words) | rows.filter(outlet__icontains=words)
    return rows.order_by("-on", "number")


def _report(one: MediaReport) -> ReportRow:
    return ReportRow(
        number=one.number,
        outlet=one.outlet,
        level=one.level,
        level_label=one.get_level_display(),
        title=one.title,
        on=one.on,
        link=one.link,
        unit_name=one.unit.name,
        record_kind=one.record_kind,
        record_number=one.record_number,
    )
