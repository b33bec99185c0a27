"""Outage or warning in an area: who is affected, who was called, who needs help."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery

from dianliang.core.rows import Rows
from dianliang.domain.care import access
from dianliang.domain.care.lifecycle import CONTACT, CONTACT_LABELS, STILL_TO_CALL
from dianliang.domain.care.models import Alert, Call, Contact
from dianliang.domain.care.operations import alerting, unlocking
from dianliang.domain.catalog.queries import active_service
from dianliang.domain.customers import access as customer_access
from dianliang.domain.customers import operations
from dianliang.domain.customers.advice import outage_advice
from dianliang.domain.customers.models import SEALED, Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job
from dianliang.domain.work.operations.jobs import open_job
from dianliang.domain.workforce.models import Team
from dianliang.flows.care import place_of
from dianliang.flows.care_lists import CALLERS, affected
from dianliang.flows.named_areas import named_areas
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MINOR = unlocking.Purpose.MINOR
PAGE_ROWS = 100
HELP_WITHIN = timedelta(hours=2)
"""Our own default; the company's rule for life support may be shorter."""
HELP_MIN = 45
HELP_SKILL_OF = "CARE-LIFE"
"""Whoever brings help can do what a visit to life support needs."""
KINDS = tuple((str(value), str(label)) for value, label in Alert.Kind.choices)
VIEWS = {"call": "待联系", "help": "需要帮助", "reached": "已联系上", "all": "全部"}
_CUTS = {
    "call": Q(status__in=STILL_TO_CALL),
    "help": Q(status="NEEDS_HELP"),
    "reached": Q(status="REACHED"),
    "all": Q(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert with how far the calling is."""

    number: str
    kind_label: str
    title: str
    starts_at: datetime
    ends_at: datetime | None
    status: str
    status_label: str
    unit_name: str
    opened_by: str
    opened_at: datetime
    count: int
    to_call: int
    life_to_call: int
    needs_help: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    """Somebody to call: no name, no number, until the caller asks for them."""

    id: int
    number: str
    kind_label: str
    level: int
    is_life_support: bool
    is_minor: bool
    area_name: str
    unit_name: str
    formats: tuple[str, ...]
    status: str
    status_label: str
    calls_count: int
    called_at: datetime | None
    called_by: str
    last_note: str
    job_number: str
    job_status_label: str
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPage:
    """One page of an alert's contacts; `next_after` is where the next page begins."""

    alert: AlertRow
    areas: tuple[str, ...]
    rows: tuple[ContactRow, ...]
    counts: dict[str, int]
    next_after: int | None
    may_close: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """What a caller needs once he calls; of a minor, whom to call instead.

    `is_locked` where the rest of a minor's file takes the approval of a second person.
    """

    contact_id: int
    is_locked: bool
    name: str
    phone: str
    nominee: str
    key_holder: str
    outage_note: str
    advice: tuple[str, ...]


def alerts(*, by: Actor) -> Sequence[AlertRow]:
    """Return the alerts that concern the actor's units, open ones first."""
    own = customer_access.within(by, prefix="contacts__customer__")
    rows = access.alerts(by).select_related("unit").annotate(**_figures(own))
    in_order = rows.order_by("-status", "-opened_at", "-pk")
    return Rows(in_order, lambda some: tuple(map(_alert, some)))


def _figures(own: Q) -> dict[str, Count]:
    left = own & Q(contacts__status__in=STILL_TO_CALL)
    return {
        "count": Count("contacts", filter=own),
        "to_call": Count("contacts", filter=left),
        "life": Count("contacts", filter=left & Q(contacts__rank=alerting.LIFE_SUPPORT_RANK)),
        "help": Count("contacts", filter=own & Q(contacts__status="NEEDS_HELP")),
    }


def _alert(row: Alert) -> AlertRow:
    figures = vars(row)
    return AlertRow(
        number=row.number,
        kind_label=row.get_kind_display(),
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        status=row.status,
        status_label=row.get_status_display(),
        unit_name=row.unit.name,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        count=figures["count"],
        to_call=figures["to_call"],
        life_to_call=figures["life"],
        needs_help=figures["help"],
    )


def alert_page(*, number: str, view: str, after: int | None, by: Actor) -> AlertPage:
    """Return whom to call in an alert: life support first, then the closest care.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    alert = access.alert_to_see(number, by=by)
    own = customer_access.within(by, prefix="contacts__customer__")
    figures = Alert.objects.select_related("unit").annotate(**_figures(own)).get(pk=alert.pk)
    contacts = access.contacts(alert, by=by)
    counts = contacts.aggregate(**{name: Count("pk", filter=cut) for name, cut in _CUTS.items()})
    queue = contacts.filter(_CUTS.get(view, _CUTS["call"])).order_by("id")
    if after is not None:  # contacts were written in the order in which they are called
        queue = queue.filter(id__gt=after)
    latest = Call.objects.filter(contact=OuterRef("pk")).order_by("-pk").values("note")[:1]
    queue = queue.select_related("customer__area", "customer__unit", "job").defer(
        *(f"customer__{field}" for field in SEALED)
    )
    found = list(queue.annotate(last_note=Subquery(latest))[: PAGE_ROWS + 1])
    return AlertPage(
        alert=_alert(figures),
        areas=tuple(alert.areas.order_by("code").values_list("name", flat=True)),
        rows=tuple(
            _contact(row, is_open=alert.status == "OPEN", by=by) for row in found[:PAGE_ROWS]
        ),
        counts=counts,
        next_after=found[PAGE_ROWS - 1].pk if len(found) > PAGE_ROWS else None,
        may_close=alert.status == "OPEN" and by.reaches_unit(alert.unit.path),
    )


def _contact(row: Contact, *, is_open: bool, by: Actor) -> ContactRow:
    customer = row.customer
    labels = dict(Customer.Format.choices)
    verbs = CONTACT.verbs(row.status, role=by.role) if is_open else ()
    return ContactRow(
        id=row.pk,
        number=customer.number,
        kind_label=customer.get_special_kind_display(),
        level=customer.special_level or 3,
        is_life_support=row.rank == alerting.LIFE_SUPPORT_RANK,
        is_minor=customer.special_kind in customer_access.MINORS,
        area_name=customer.area.name,
        unit_name=customer.unit.name if customer.unit else "",
        formats=tuple(str(labels[code]) for code in customer.formats if code in labels),
        status=row.status,
        status_label=CONTACT_LABELS[row.status],
        calls_count=row.calls_count,
        called_at=row.called_at,
        called_by=row.called_by,
        last_note=vars(row)["last_note"] or "",
        job_number=row.job.number if row.job else "",
        job_status_label=row.job.get_status_display() if row.job else "",
        verbs=tuple((step.verb, step.label) for step in verbs),
    )


@transaction.atomic
def open_alert(
    *,
    kind: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime | None,
    area_codes: Sequence[str],
    villages: str,
    by: Actor,
    at: datetime,
) -> Alert:
    """Open the list of whom to call where power is out or bad weather comes.

    `area_codes` are chosen areas, `villages` names or codes as somebody pastes them. Whoever took
    back his consent to be called is left out, unless his life depends on power (PIPL, article 13).

    Raises:
        NotVisibleError: the actor calls nobody.
        InvalidInputError: a field makes no sense or an area is unknown; it is named.
    """
    unit = Unit.objects.filter(code=by.unit_code).first()
    if by.role not in CALLERS or unit is None:
        raise NotVisibleError("没有可联系的特殊客户。")
    areas = named_areas(area_codes, villages)
    title = clean_text(title, field="title", label="事由", most=80, least=2)
    return alerting.open_alert(
        kind=kind,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        areas=areas,
        unit=unit,
        affected=affected(areas, by=by),
        by=by,
        at=at,
    )


def reveal_number(*, number: str, customer: str, by: Actor, at: datetime) -> Number:
    """Return whom to call and what to know, for an open list; that it was read is kept.

    Of a minor the nominee is told; the rest takes a second person: anybody can open an alert.

    Raises:
        NotVisibleError: not on the list, or not the actor's.
        InvalidInputError: the list is closed.
    """
    contact = access.contact_to_call(number, customer, by=by)
    if contact.alert.status != "OPEN":
        raise InvalidInputError("这份联系清单已结束，不再提供电话。", field="number")
    who = contact.customer
    is_minor = who.special_kind in customer_access.MINORS
    is_locked = is_minor and not unlocking.standing(purpose=MINOR, customer=who, by=by, at=at)
    note = operations.tell_nominee if is_locked else operations.reveal
    note(customer=who, reason=f"停电与预警联系 {number}", by=by, at=at)
    return Number(
        contact_id=contact.pk,
        is_locked=is_locked,
        name="" if is_minor else who.name,
        phone="" if is_minor else who.phone,
        nominee=who.nominee,
        key_holder="" if is_locked else who.key_holder,
        outage_note="" if is_locked else who.outage_note,
        advice=outage_advice(who.special_kind),
    )


@transaction.atomic
def note_call(
    *, number: str, customer: str, verb: str, note: str, by: Actor, at: datetime
) -> Contact:
    """Write down a call; who needs help gets a job that no plan may leave out.

    Raises:
        NotVisibleError: not on the list, or not the actor's.
        InvalidInputError: the note is too long, help has no place to go, or the list is closed.
        IllegalTransitionError, StaleStateError: somebody was quicker.
    """
    contact = access.contact_to_call(number, customer, by=by)
    note = clean_text(note, field="note", label="情况", most=200)
    if verb not in {row.verb for row in CONTACT}:
        raise NotVisibleError("没有这个操作。")
    job = _help(contact, by=by, at=at) if verb == "need_help" else None
    return alerting.note_call(contact=contact, verb=verb, note=note, job=job, by=by, at=at)


def _help(contact: Contact, *, by: Actor, at: datetime) -> Job:
    """Open the job that brings help. The note stays with the call: it may name people."""
    customer = contact.customer
    point = place_of(customer)
    if customer.unit is None or point is None:
        message = Phrase(
            "%(number)s 没有责任单位或坐标，开不了工单。请先打电话派人，再补全客户表。",
            number=customer.number,
        )
        raise InvalidInputError(message, field="verb")
    service = active_service(HELP_SKILL_OF)
    return open_job(
        title=f"停电帮助：{customer.get_special_kind_display()}",
        detail=f"{contact.alert.get_kind_display()}联系清单 {contact.alert.number}：客户需要帮助。",
        skill=service.skill if service else None,
        checklist=outage_advice(customer.special_kind),
        area=customer.area,
        point=point,
        unit=customer.unit,
        customer=customer,
        duration_min=HELP_MIN,
        priority=Job.Priority.MUST,
        due_at=at + HELP_WITHIN,
        preferred_team=Team.objects.filter(
            code=customer.preferred_team_code, is_active=True
        ).first(),
        by=by,
        at=at,
    )


def close(*, number: str, reason: str, by: Actor, at: datetime) -> Alert:
    """End the calling of one's own alert.

    Raises:
        NotVisibleError: it is absent or another unit's.
        UnableToCloseAlertError, IllegalTransitionError: see the operation.
    """
    alert = access.alert_to_see(number, by=by)
    if not by.reaches_unit(alert.unit.path):
        raise NotVisibleError("没有找到这份联系清单。")
    reason = clean_text(reason, field="reason", label="原因", most=200)
    return alerting.close(alert=alert, reason=reason, by=by, at=at)


def townships(*, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the townships in which the actor's units have special customers."""
    paths = customer_access.visible(by).values_list("area__path", flat=True).distinct()
    used = tuple(paths)
    rows = Area.objects.filter(level=Area.Level.TOWNSHIP).order_by("code")
    return tuple(
        (area.code, area.name) for area in rows if any(path.startswith(area.path) for path in used)
    )
