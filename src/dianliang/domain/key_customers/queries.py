"""What others may know about key customers; contacts stay sealed."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from dianliang.domain.key_customers import access
from dianliang.domain.key_customers.models import (
    SEALED,
    BroughtTable,
    Feed,
    Grade,
    KeyCustomer,
    OwnSupply,
)
from dianliang.domain.key_customers.standard import STANDARD, TEST_EVERY, lacking
from dianliang.domain.territory.models import Area
from dianliang.kernel.actor import Actor
from dianliang.kernel.masking import mask_name, mask_phone
from dianliang.kernel.phrases import Phrase, kept, phrase_of

PAGE_ROWS = 50
VIEWS: Mapping[str, str] = {
    "all": "在册",
    "bare": "无自备电源",
    "untested": "自备电源一年未试验",
    "untied": "应急接口不具备或未核实",
    "single": "只有一路电源",
    "later": "未到期或已移出",
}
GRADES = tuple((str(value), str(label)) for value, label in Grade.choices)
KINDS = tuple((str(value), str(label)) for value, label in KeyCustomer.Kind.choices)
TIE_INS = tuple((str(value), str(label)) for value, label in KeyCustomer.TieIn.choices)
SUPPLY_KINDS = tuple((str(value), str(label)) for value, label in OwnSupply.Kind.choices)
IN_ORDER = (
    Case(
        *(When(grade=grade, then=Value(rank)) for rank, grade in enumerate(Grade.values)),
        output_field=IntegerField(),
    ),
    "number",
)
"""The gravest grade first."""
GRADE_TONES: Mapping[str, str] = {"special": "danger", "first": "warn", "temporary": "plain"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the register is asked for; an empty part asks for all."""

    view: str = "all"
    grade: str = ""
    kind: str = ""
    area: str = ""
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyRow:
    """A supply of the customer's own; `is_untested` when nobody ran it within a year."""

    kind: str
    kind_label: str
    power_kva: float | None
    power_kw: float | None
    autonomy_h: float | None
    tested_on: date | None
    is_untested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    """A key customer as lists show it."""

    pk: int
    number: str
    name: str
    grade: str
    grade_label: str
    grade_tone: str
    kind: str
    kind_label: str
    unit_name: str
    area_code: str
    area_name: str
    lat: float | None
    lon: float | None
    tie_in: str
    tie_in_label: str
    cable_m: int | None
    plug: str
    begins_on: date | None
    ends_on: date | None
    removed_on: date | None
    supplies: tuple[SupplyRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPage:
    """A page of the register, and how many there are in each view within the other filters."""

    rows: tuple[CustomerRow, ...]
    total: int
    counts: Mapping[str, int]
    grades: Mapping[str, int]
    page: int
    pages: int


def register(*, filters: Filters, by: Actor, on: date) -> RegisterPage:
    """Return a page of the actor's key customers by grade and number. Five queries."""
    filtered = _filtered(filters, by=by)
    views = _views(on)
    counted = filtered.aggregate(**{name: Count("pk", filter=q) for name, q in views.items()})
    graded = filtered.filter(views["all"]).values_list("grade").annotate(n=Count("pk"))
    chosen = filtered.filter(views[filters.view])
    total = counted[filters.view]
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(max(1, filters.page), pages)
    rows = listed(chosen)[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    return RegisterPage(
        rows=tuple(row_of(row, on=on) for row in rows),
        total=total,
        counts=counted,
        grades=dict(graded.order_by()),
        page=page,
        pages=pages,
    )


def chosen(*, filters: Filters, by: Actor, on: date) -> QuerySet[KeyCustomer]:
    """Return all key customers that filters name, on every page."""
    return _filtered(filters, by=by).filter(_views(on)[filters.view])


def listed(rows: QuerySet[KeyCustomer]) -> QuerySet[KeyCustomer]:
    """Return key customers in the order of lists, with what a row shows and without contacts."""
    found = rows.select_related("area__parent", "unit").prefetch_related("supplies")
    return found.defer(*SEALED).order_by(*IN_ORDER)


def _filtered(filters: Filters, *, by: Actor) -> QuerySet[KeyCustomer]:
    rows = access.visible(by)
    if filters.grade:
        rows = rows.filter(grade=filters.grade)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.area:
        below = Area.objects.filter(code=filters.area).values_list("path", flat=True).first()
        rows = rows.filter(area__path__startswith=below or "?")
    if filters.words:
        rows = rows.filter(Q(name__icontains=filters.words) | Q(number__icontains=filters.words))
    return rows


def _views(on: date) -> dict[str, Q]:
    own = OwnSupply.objects.filter(customer=OuterRef("pk"))
    others = Feed.objects.filter(customer=OuterRef("pk"))
    fresh = own.filter(tested_on__gt=on - TEST_EVERY)
    here = access.in_force(on)
    return {
        "all": here,
        "bare": here & ~Q(Exists(own)),
        "untested": here & Q(Exists(own)) & ~Q(Exists(fresh)),
        "untied": here & ~Q(tie_in=KeyCustomer.TieIn.READY),
        "single": here & ~Q(Exists(others.filter(is_main=False))),
        "later": ~here,
    }


def row_of(row: KeyCustomer, *, on: date) -> CustomerRow:
    """Return a key customer, read with its area, unit and supplies, as lists show it."""
    return CustomerRow(
        pk=row.pk,
        number=row.number,
        name=row.name,
        grade=row.grade,
        grade_label=row.get_grade_display(),
        grade_tone=GRADE_TONES.get(row.grade, ""),
        kind=row.kind,
        kind_label=row.get_kind_display(),
        unit_name=row.unit.name,
        area_code=row.area.code,
        area_name=row.area.name,
        lat=row.lat,
        lon=row.lon,
        tie_in=row.tie_in,
        tie_in_label=row.get_tie_in_display(),
        cable_m=row.cable_m,
        plug=row.plug,
        begins_on=row.begins_on,
        ends_on=row.ends_on,
        removed_on=row.removed_on,
        supplies=tuple(_supply(supply, on=on) for supply in row.supplies.all()),
    )


def _supply(row: OwnSupply, *, on: date) -> SupplyRow:
    return SupplyRow(
        kind=row.kind,
        kind_label=row.get_kind_display(),
        power_kva=row.power_kva,
        power_kw=row.power_kw,
        autonomy_h=row.autonomy_h,
        tested_on=row.tested_on,
        is_untested=row.tested_on is None or row.tested_on <= on - TEST_EVERY,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """What feeds a customer."""

    code: str
    name: str
    kind_label: str
    is_main: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """A decision on the grade."""

    grade_label: str
    begins_on: date | None
    ends_on: date | None
    decided_on: date | None
    document: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One key customer; the contact is masked."""

    row: CustomerRow
    address: str
    note: str
    contact: str
    phone: str
    checklist_code: str
    checklist_name: str
    feeds: tuple[FeedRow, ...]
    lacking: tuple[Phrase, ...]
    """What the standard asks for and the register does not have."""
    standard: str
    decisions: tuple[DecisionRow, ...]


def card(customer: KeyCustomer, *, on: date) -> Card:
    """Return what the page of a key customer shows."""
    feeds = customer.feeds.select_related("feeder", "transformer__feeder")
    lines = [feed.feeder or (feed.transformer and feed.transformer.feeder) for feed in feeds]
    return Card(
        row=row_of(customer, on=on),
        address=customer.address,
        note=customer.note,
        contact=mask_name(customer.contact),
        phone=mask_phone(customer.phone),
        checklist_code=customer.checklist.code,
        checklist_name=customer.checklist.name,
        feeds=tuple(feed_row(feed) for feed in feeds),
        lacking=lacking(
            grade=customer.grade,
            lines=[line.code for line in lines if line],
            has_own=bool(customer.supplies.all()),
        ),
        standard=STANDARD,
        decisions=tuple(
            DecisionRow(
                grade_label=row.get_grade_display(),
                begins_on=row.begins_on,
                ends_on=row.ends_on,
                decided_on=row.decided_on,
                document=row.document,
                recorded_at=row.recorded_at,
                recorded_by=row.recorded_by,
            )
            for row in customer.decisions.all()
        ),
    )


def feed_row(feed: Feed) -> FeedRow:
    """Return a feed, read with its line or transformer."""
    if feed.feeder is not None:
        thing: tuple[str, str, str] = (feed.feeder.code, feed.feeder.name, "线路")
    else:
        transformer = feed.transformer
        thing = (transformer.number, transformer.name, "变压器") if transformer else ("", "", "")
    code, name, label = thing
    return FeedRow(code=code, name=name, kind_label=label, is_main=feed.is_main)


def fed_by(*, feeders: Collection[int], transformers: Collection[int]) -> set[int]:
    """Return the keys of those fed by lines, by transformers on them, or by transformers."""
    on_line = Q(feeder__in=feeders) | Q(transformer__feeder__in=feeders)
    rows = Feed.objects.filter(on_line | Q(transformer__in=transformers))
    return set(rows.values_list("customer_id", flat=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A table that was brought, and what became of it."""

    number: str
    name: str
    only_check: bool
    status: str
    status_label: str
    brought_at: datetime
    brought_by: str
    ended_at: datetime | None
    outcome: Mapping[str, int]
    faults: tuple[str, ...]
    job_id: int | None


def kept_faults(faults: Sequence[str]) -> str:
    """Return complaints as a table keeps them, so that each reader is told in his language."""
    return json.dumps([kept(words) for words in faults], ensure_ascii=False)


def _faults(text: str) -> tuple[str, ...]:
    try:
        return tuple(phrase_of(words) for words in json.loads(text))
    except ValueError:  # tables of old keep plain lines
        return tuple(text.splitlines())


def table_row(row: BroughtTable) -> TableRow:
    """Return a table as its page shows it."""
    return TableRow(
        number=row.number,
        name=row.name,
        only_check=row.only_check,
        status=row.status,
        status_label=row.get_status_display(),
        brought_at=row.brought_at,
        brought_by=row.brought_by,
        ended_at=row.ended_at,
        outcome=row.outcome,
        faults=_faults(row.faults),
        job_id=row.background_job_id,
    )
