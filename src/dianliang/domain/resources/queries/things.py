"""Gear as lists and cards need it, with what stands in the way of sending it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from dianliang.domain.resources import access, attributes, standing
from dianliang.domain.resources.attributes import Attribute
from dianliang.domain.resources.lifecycle import BOUND, BY_HAND, RESOURCE, RESOURCE_LABELS
from dianliang.domain.resources.models import Resource, ResourceKind, Upkeep
from dianliang.kernel.actor import Actor
from dianliang.kernel.geo import GeoPoint

DUE_SOON_DAYS = 30
VIEWS = {
    "live": "在用",
    "free": "可用",
    "out": "在外",
    "repair": "检修",
    "due": "检验到期",
    "scrapped": "报废",
}
OUT = frozenset({"PROMISED", "OUT", "LENT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list of gear is cut by."""

    view: str = "live"
    kind: str = ""
    unit: str = ""
    store: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow:
    """A piece as lists need it. `blocked` says why it cannot be sent; empty if it can."""

    number: str
    name: str
    kind_name: str
    measure: str
    unit_name: str
    holder_name: str
    is_away: bool
    place: str
    at: GeoPoint
    located_at: datetime
    status: str
    status_label: str
    since_at: datetime
    overdue: str
    blocked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepRow:
    """What is due to a piece, and when it was last done."""

    key: int
    name: str
    every_days: int | None
    due_on: date | None
    is_overdue: bool
    is_soon: bool
    last_on: date | None
    last_passed: bool
    last_words: str
    paper: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A photo or document of a piece."""

    title: str
    token: str
    is_photo: bool
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceCard:
    """A whole piece, without the requests it went to."""

    row: ResourceRow
    kind_code: str
    store_code: str
    store_name: str
    facts: tuple[tuple[str, str], ...]
    values: Mapping[str, float | str]
    attributes: tuple[Attribute, ...]
    upkeeps: tuple[UpkeepRow, ...]
    papers: tuple[PaperRow, ...]
    may_keep: bool
    verbs: tuple[tuple[str, str], ...]


def kinds() -> tuple[tuple[str, str], ...]:
    """Return code and name of the kinds in use."""
    return tuple(ResourceKind.objects.filter(is_active=True).values_list("code", "name"))


def kind_attributes(code: str) -> tuple[Attribute, ...]:
    """Return what a kind is told by; empty for a kind that is not there."""
    found = None if "\0" in code else ResourceKind.objects.filter(code=code).first()
    return attributes.attributes_of(found.attributes) if found else ()


def chosen(*, filters: Filters, by: Actor, on: date) -> QuerySet[Resource]:
    """Return the gear of the actor's units that filters leave."""
    return _cut(access.resources(by), filters, on=on)


def _cut(rows: QuerySet[Resource], filters: Filters, *, on: date) -> QuerySet[Resource]:
    if filters.kind:
        rows = rows.filter(kind__code=filters.kind)
    if filters.unit:
        rows = rows.filter(unit__code=filters.unit)
    if filters.store:
        rows = rows.filter(store__code=filters.store)
    if filters.words:
        words = filters.words
        rows = rows.filter(
            Q(number__icontains=words) | Q(name__icontains=words) | Q(place__icontains=words)
        )
    return rows.filter(_view(filters.view, on))


def _view(view: str, on: date) -> Q:
    if view == "due":
        due = Upkeep.objects.filter(due_on__lt=on + timedelta(days=DUE_SOON_DAYS))
        return Q(pk__in=due.values("resource")) & ~Q(status="SCRAPPED")
    states = {
        "free": ["FREE"],
        "out": sorted(OUT),
        "repair": ["REPAIR"],
        "scrapped": ["SCRAPPED"],
    }
    return Q(status__in=states[view]) if view in states else ~Q(status="SCRAPPED")


def counts(*, filters: Filters, by: Actor, on: date) -> dict[str, int]:
    """Return how many pieces each view holds, with the other filters as they are. One query."""
    rows = access.resources(by)
    parts = [_cut(rows, replace(filters, view=view), on=on) for view in ("live", "scrapped")]
    base = parts[0] | parts[1]
    told = base.aggregate(
        **{view: Count("pk", filter=_view(view, on), distinct=True) for view in VIEWS}
    )
    return {view: int(told[view]) for view in VIEWS}


def rows_of(found: Iterable[Resource], *, on: date) -> tuple[ResourceRow, ...]:
    """Return pieces as lists need them. One query more for what is overdue."""
    pieces = list(found)
    late = standing.overdue([piece.pk for piece in pieces], on=on)
    return tuple(row_of(piece, late=late) for piece in pieces)


def row_of(piece: Resource, *, late: Mapping[int, str]) -> ResourceRow:
    """Return a piece as lists need it, given what is overdue."""
    return ResourceRow(
        number=piece.number,
        name=piece.name,
        kind_name=piece.kind.name,
        measure=measure_of(piece),
        unit_name=piece.unit.name,
        holder_name=piece.holder.name,
        is_away=piece.holder_id != piece.unit_id,
        place=piece.place,
        at=GeoPoint(piece.lat, piece.lon),
        located_at=piece.located_at,
        status=piece.status,
        status_label=RESOURCE_LABELS[piece.status],
        since_at=piece.since_at,
        overdue=late.get(piece.pk, ""),
        blocked=standing.why_not(piece, late=late),
    )


def measure_of(piece: Resource) -> str:
    """Return how much a piece can do, with its unit; empty where its kind has no measure."""
    if piece.capacity is None:
        return ""
    known = attributes.attributes_of(piece.kind.attributes)
    measure = next((one for one in known if one.code == piece.kind.measure), None)
    return attributes.said(measure, piece.capacity) if measure else ""


def card(number: str, *, by: Actor, on: date) -> ResourceCard:
    """Return a whole piece.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    piece = access.resource_to_see(number, by=by)
    known = attributes.attributes_of(piece.kind.attributes)
    may = by.role in access.KEEPERS
    verbs = RESOURCE.verbs(piece.status, role=by.role) if may else ()
    bound = piece.status in BOUND
    return ResourceCard(
        row=rows_of([piece], on=on)[0],
        kind_code=piece.kind.code,
        store_code=piece.store.code,
        store_name=piece.store.name,
        facts=attributes.told(known, piece.attributes),
        values=piece.attributes,
        attributes=known,
        upkeeps=_upkeeps(piece, on=on),
        papers=tuple(
            PaperRow(
                title=paper.title,
                token=paper.file.token,
                is_photo=paper.file.media_type.startswith("image/"),
                added_by=paper.added_by,
                added_at=paper.added_at,
            )
            for paper in piece.papers.select_related("file")
        ),
        may_keep=may,
        verbs=tuple((one.verb, one.label) for one in verbs if one.verb in BY_HAND and not bound),
    )


def _upkeeps(piece: Resource, *, on: date) -> tuple[UpkeepRow, ...]:
    found = []
    for upkeep in piece.upkeeps.prefetch_related("records__paper"):
        last = next(iter(upkeep.records.all()), None)
        due = upkeep.due_on
        found.append(
            UpkeepRow(
                key=upkeep.pk,
                name=upkeep.name,
                every_days=upkeep.every_days,
                due_on=due,
                is_overdue=due is not None and due < on,
                is_soon=due is not None and on <= due < on + timedelta(days=DUE_SOON_DAYS),
                last_on=last.done_on if last else None,
                last_passed=last.is_passed if last else True,
                last_words=last.words if last else "",
                paper=last.paper.token if last and last.paper else "",
            )
        )
    return tuple(found)
