"""Whom an outreach is for, one by one: masked, filtered, page by page, with what was received."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from dianliang.domain.customers.models import SEALED
from dianliang.domain.outreach import access
from dianliang.domain.outreach.lifecycle import DELIVERED, FAILED, READ, STAGES, state_of
from dianliang.domain.outreach.models import Channel, Delivery, Outreach, Preference, Recipient
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.masking import mask_name, mask_phone

PER_PAGE = 50
AT_ONCE = 2000
UNREAD = tuple(f"customer__{name}" for name in SEALED if name not in {"name", "phone"})
STATES = {
    "": "全部",
    **{str(stage): label for stage, label in STAGES.items()},
    "reached": "已送达以上",
    "read": "已阅读以上",
    "missed": "未触达",
    "excluded": "不发",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    """Somebody as lists show him: a firm by name, a person and every telephone masked."""

    serial: int
    key: str
    name: str
    phone: str
    kind_label: str
    unit_name: str
    area_name: str
    state: int
    state_label: str
    reason: str
    shares: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRow:
    """What was said about a message."""

    label: str
    reason: str
    said_at: datetime
    source_label: str
    source_ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message with all that was said about it."""

    number: str
    round: int
    channel_name: str
    batch_number: str
    state_label: str
    failure: str
    receipts: tuple[ReceiptRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which recipients are asked for: a state (or a group of states), a unit, words of the key."""

    state: str = ""
    unit: str = ""
    key: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of recipients."""

    title: str
    number: str
    rows: tuple[RecipientRow, ...]
    count: int
    page: int
    pages: int
    units: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WishRow:
    """A wish as the page shows it: whose it is nobody can read."""

    agrees: bool
    label: str
    how_label: str
    words: str
    said_at: datetime
    said_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """A way out, without its secret."""

    code: str
    name: str
    kind: str
    kind_label: str
    address: str
    per_minute: int
    batch_size: int
    is_active: bool
    set_up_by: str
    set_up_at: datetime


def listed(number: str, *, asked: Asked, by: Actor) -> Listed:
    """Return recipients of an outreach.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    outreach = access.to_see(number, by=by)
    rows = _cut(Recipient.objects.filter(outreach=outreach), asked)
    count = rows.count()
    pages = max(1, -(-count // PER_PAGE))
    here = min(max(1, asked.page), pages)
    cut = _whole(rows)[(here - 1) * PER_PAGE : here * PER_PAGE]
    units = Recipient.objects.filter(outreach=outreach).order_by("unit__path")
    return Listed(
        title=outreach.title,
        number=outreach.number,
        rows=tuple(_row(row) for row in cut),
        count=count,
        page=here,
        pages=pages,
        units=tuple(units.values_list("unit__code", "unit__name").distinct()),
    )


def _cut(rows: QuerySet[Recipient], asked: Asked) -> QuerySet[Recipient]:
    if asked.unit:
        rows = rows.filter(unit__code=asked.unit)
    if asked.key:
        rows = rows.filter(key__contains=asked.key)
    failed = ~Q(failure="") & Q(stage__lt=DELIVERED)
    cuts = {
        "excluded": ~Q(excluded=""),
        "reached": Q(stage__gte=DELIVERED),
        "read": Q(stage__gte=READ),
        "missed": Q(excluded="", stage__lt=DELIVERED),
        **{str(stage): Q(excluded="", stage=stage) & ~failed for stage in STAGES},
        str(FAILED): failed,
    }
    return rows.filter(cuts[asked.state]) if asked.state in cuts else rows


def _whole(rows: QuerySet[Recipient]) -> QuerySet[Recipient]:
    whole = rows.select_related("customer", "unit", "area", "lead").order_by("serial")
    return whole.defer(*UNREAD, "lead__name", "lead__phone")


def every(outreach: Outreach) -> Iterator[RecipientRow]:
    """Yield everybody of an outreach, in pieces."""
    after = 0
    while True:
        rows = list(_whole(Recipient.objects.filter(outreach=outreach, serial__gt=after))[:AT_ONCE])
        if not rows:
            return
        yield from (_row(row) for row in rows)
        after = rows[-1].serial


def _row(row: Recipient) -> RecipientRow:
    who = row.customer if row.customer is not None else row
    state = state_of(row.stage, row.failure)
    is_firm = row.kind == "enterprise"
    excluded = row.get_excluded_display()
    return RecipientRow(
        serial=row.serial,
        key=row.key,
        name=who.name if is_firm else mask_name(who.name),
        phone=mask_phone(who.phone),
        kind_label=row.get_kind_display(),
        unit_name=row.unit.name,
        area_name=row.area.name if row.area else "",
        state=state,
        state_label="不发" if row.excluded else STAGES[state],
        reason=excluded or (row.failure if state == FAILED else ""),
        shares=row.lead.key if row.lead else "",
    )


def one(number: str, serial: int, *, by: Actor) -> tuple[str, RecipientRow, tuple[MessageRow, ...]]:
    """Return a recipient with every message and receipt; the title of the outreach comes first.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    outreach = access.to_see(number, by=by)
    row = _whole(Recipient.objects.filter(outreach=outreach, serial=serial)).first()
    if row is None:
        raise NotVisibleError("没有找到这个对象。")
    holder = row.lead or row
    messages = holder.deliveries.select_related("round__channel", "batch").order_by("pk")
    return outreach.title, _row(row), tuple(_messages(messages.prefetch_related("receipts")))


def _messages(rows: Iterable[Delivery]) -> Iterator[MessageRow]:
    for row in rows:
        state = state_of(row.stage, row.failure)
        yield MessageRow(
            number=row.number,
            round=row.round.serial,
            channel_name=str(row.round.channel),
            batch_number=row.batch.number if row.batch else "",
            state_label=STAGES[state],
            failure=row.failure,
            receipts=tuple(
                ReceiptRow(
                    label=STAGES[said.stage],
                    reason=said.reason,
                    said_at=said.said_at,
                    source_label=said.get_source_display(),
                    source_ref=said.source_ref,
                )
                for said in row.receipts.all()
            ),
        )


def every_message(outreach: Outreach) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield number, recipient's key, batch, state and reason of every message, in pieces."""
    after = 0
    while True:
        rows = list(
            Delivery.objects.filter(round__outreach=outreach, pk__gt=after)
            .order_by("pk")
            .values_list(*("pk", "number", "recipient__key", "batch__number", "stage", "failure"))[
                :AT_ONCE
            ]
        )
        if not rows:
            return
        for _key, number, whose, batch, stage, failure in rows:
            yield number, whose, batch or "", STAGES[state_of(stage, failure)], failure
        after = rows[-1][0]


def wishes() -> QuerySet[Preference]:
    """Return what was said about being told anything, the latest first."""
    return Preference.objects.select_related("unit")


def wish_row(row: Preference, *, by: Actor) -> WishRow:
    """Return what was said, for a list; the words only to the unit where it was said and above."""
    may_read = row.unit is not None and by.reaches_unit(row.unit.path)
    return WishRow(
        agrees=row.agrees,
        label=str(row),
        how_label=row.get_how_display(),
        words=row.words if may_read else "",
        said_at=row.said_at,
        said_by=row.said_by if may_read else "",
    )


def standing() -> Counter[bool]:
    """Return how many telephones agree now (true) and refuse now (false)."""
    said = Preference.objects.order_by()
    last = said.values("phone_index").annotate(last=Max("pk")).values("last")
    return Counter(dict(said.filter(pk__in=last).values_list("agrees").annotate(there=Count("pk"))))


def channels() -> tuple[ChannelRow, ...]:
    """Return all ways out."""
    return tuple(
        ChannelRow(
            code=row.code,
            name=row.name,
            kind=row.kind,
            kind_label=row.get_kind_display(),
            address=row.address,
            per_minute=row.per_minute,
            batch_size=row.batch_size,
            is_active=row.is_active,
            set_up_by=row.set_up_by,
            set_up_at=row.set_up_at,
        )
        for row in Channel.objects.defer("secret")
    )
