"""Public alerts (预警) as pages show them, and the list of whom to call about one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from dianliang.domain.customers.models import Customer
from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import PublicAlert
from dianliang.domain.incidents.operations import alerts as operations
from dianliang.domain.incidents.operations.alerts import UnableToListError
from dianliang.domain.incidents.queries import alerts as queries
from dianliang.domain.incidents.queries.incidents import row_of
from dianliang.domain.incidents.zones import Reach, Zone, prefix_of, zone_of
from dianliang.domain.territory.models import Area
from dianliang.flows.care_lists import (
    CALLERS,
    ListRow,
    lists_about,
    open_about,
    open_for,
    still_unlisted,
)
from dianliang.flows.incidents.affected import Kind, kinds, special_customers
from dianliang.flows.incidents.drawing import Layer, shapes_of
from dianliang.integrations.cap.model import (
    CERTAINTY_LABELS,
    MESSAGE_TYPE_LABELS,
    SEVERITY_LABELS,
    STATUS_LABELS,
    URGENCY_LABELS,
    Certainty,
    MessageType,
    Severity,
    Status,
    Urgency,
)
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

VIEWS: Mapping[str, str] = {"now": "生效中和将生效", "waiting": "待确认", "all": "全部"}
MOST_ROWS = 200
NOW = {queries.IN_FORCE, queries.COMING}
TONES: Mapping[Severity, str] = {
    Severity.EXTREME: "danger",
    Severity.SEVERE: "warn",
    Severity.MODERATE: "warn",
}
_LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert as a list shows it."""

    number: str
    identifier: str
    headline: str
    event: str
    sender: str
    sent_at: datetime
    begins_at: datetime
    expires_at: datetime | None
    purpose: str
    purpose_label: str
    is_real: bool
    type_label: str
    severity_label: str
    severity_tone: str
    urgency_label: str
    certainty_label: str
    standing: str
    standing_label: str
    status: str
    status_label: str
    area_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPage:
    """An alert with whom it concerns; `strangers` are codes of places that nobody here knows."""

    row: AlertRow
    description: str
    instruction: str
    received_by: str
    received_at: datetime
    unit_name: str
    acknowledged_by: str
    acknowledged_at: datetime | None
    lists: tuple[ListRow, ...]
    chain: tuple[AlertRow, ...]
    affected: Mapping[str, int]
    villages: tuple[str, ...]
    strangers: tuple[str, ...]
    others: tuple[tuple[Kind, int], ...]
    incidents: tuple[tuple[str, str], ...]
    layers: tuple[Layer, ...]
    may_acknowledge: bool
    may_call: bool
    may_open: bool

    @property
    def affected_count(self) -> int:
        """Return how many special customers it concerns."""
        return sum(self.affected.values())


def register(*, view: str, by: Actor, at: datetime) -> tuple[AlertRow, ...]:
    """Return the alerts, real ones before exercises, newest first."""
    wanted = queries.alerts(by)
    if view == "waiting":
        wanted = wanted.filter(status="RECEIVED")
    elif view != "all":
        wanted = wanted.filter(
            Q(expires_at=None) | Q(expires_at__gt=at), message_type__in=queries.WARNS
        )
    rows = list(wanted[:MOST_ROWS])
    standings = queries.standings(rows, at=at)
    found = [_row(row, standings[row.pk]) for row in rows]
    if view not in {"waiting", "all"}:
        found = [row for row in found if row.standing in NOW]
    return tuple(sorted(found, key=lambda row: not row.is_real))


def page(*, number: str, by: Actor, at: datetime) -> AlertPage:
    """Return an alert, what answers it, and how many special customers it concerns.

    Raises:
        NotVisibleError: there is none of this number, or the actor reads none.
    """
    alert = queries.alert_to_see(number, by=by)
    others = queries.chain(alert, by=by)
    standings = queries.standings([alert, *others], at=at)
    zone = zone_of(alert.zones)
    affected: dict[str, int] = {}
    concerned = special_customers(Reach(zone=zone), by=by)
    for customer in concerned:
        label = str(customer.get_special_kind_display())
        affected[label] = affected.get(label, 0) + 1
    villages = _villages(zone, by=by)
    is_now = standings[alert.pk] in NOW
    return AlertPage(
        row=_row(alert, standings[alert.pk]),
        description=alert.description,
        instruction=alert.instruction,
        received_by=alert.received_by,
        received_at=alert.received_at,
        unit_name=alert.unit.name,
        acknowledged_by=alert.acknowledged_by,
        acknowledged_at=alert.acknowledged_at,
        lists=lists_about(alert.number, earlier=alert.call_list, by=by),
        chain=tuple(_row(other, standings[other.pk]) for other in others),
        affected=affected,
        villages=tuple(area.name for area in villages),
        strangers=_strangers(alert.zones),
        others=tuple(
            (kind, len(kind.find(Reach(zone=zone), by, at.astimezone(SHANGHAI).date())))
            for kind in kinds(by)
            if kind.code != "special"
        ),
        incidents=_incidents(alert, by=by),
        layers=_layers(alert, villages),
        may_acknowledge=alert.status == "RECEIVED" and by.role in access.WRITERS,
        may_call=is_now and by.role in CALLERS and bool(_to_call(alert, concerned)),
        may_open=alert.message_type in queries.WARNS
        and alert.purpose in {Status.ACTUAL, Status.EXERCISE}
        and by.role in access.WRITERS,
    )


def _incidents(alert: PublicAlert, *, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return number and title of the incidents that follow an alert, as far as the actor sees."""
    rows = access.incidents(by).filter(followed__alert=alert).order_by("-opened_at")
    return tuple((row.number, row_of(row).name) for row in rows)


def _layers(alert: PublicAlert, villages: Iterable[Area]) -> tuple[Layer, ...]:
    """Return what the map of an alert shows: its shapes, and the villages that they hold."""
    drawn = shapes_of(alert.zones, title=alert.headline or alert.event)
    points = [
        {"type": "point", "at": [area.lat, area.lon], "title": area.name}
        for area in villages
        if area.lat is not None
    ]
    layers = (
        Layer(code="alert", label="预警范围", tone="danger", counted_in="处范围", shapes=drawn),
        Layer(code="villages", label="村（社区）", tone="open", counted_in="个村", shapes=points),
    )
    return tuple(layer for layer in layers if layer.shapes)


def _strangers(zones: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return codes of places that are none of ours, or not known here: nobody looks there."""
    codes = [str(code) for area in zones for code in area.get("codes", ())]
    known = tuple(Area.objects.values_list("code", flat=True))
    return tuple(
        code
        for code in dict.fromkeys(codes)
        if not (prefix := prefix_of(code)) or not any(one.startswith(prefix) for one in known)
    )


def _villages(zone: Zone, *, by: Actor) -> list[Area]:
    if zone.is_empty:
        return []
    villages = Area.objects.filter(level=Area.Level.VILLAGE).order_by("code")
    return [
        area
        for area in villages
        if zone.holds(
            GeoPoint(area.lat, area.lon) if area.lat is not None and area.lon is not None else None,
            code=area.code,
        )
    ]


def _row(alert: PublicAlert, standing: str) -> AlertRow:
    severity = Severity(alert.severity) if alert.severity else None
    return AlertRow(
        number=alert.number,
        identifier=alert.identifier,
        headline=alert.headline or alert.event or MESSAGE_TYPE_LABELS[_type(alert)],
        event=alert.event,
        sender=alert.sender,
        sent_at=alert.sent_at,
        begins_at=alert.begins_at,
        expires_at=alert.expires_at,
        purpose=alert.purpose,
        purpose_label=STATUS_LABELS[Status(alert.purpose)],
        is_real=alert.purpose == Status.ACTUAL,
        type_label=MESSAGE_TYPE_LABELS[_type(alert)],
        severity_label=SEVERITY_LABELS[severity] if severity else "",
        severity_tone=TONES.get(severity, "") if severity else "",
        urgency_label=URGENCY_LABELS[Urgency(alert.urgency)] if alert.urgency else "",
        certainty_label=CERTAINTY_LABELS[Certainty(alert.certainty)] if alert.certainty else "",
        standing=standing,
        standing_label=queries.STANDING_LABELS[standing],
        status=alert.status,
        status_label=str(alert.get_status_display()),
        area_words=alert.area_words,
    )


def _type(alert: PublicAlert) -> MessageType:
    return MessageType(alert.message_type)


@transaction.atomic
def acknowledge(*, number: str, by: Actor, at: datetime) -> None:
    """Say that the alert was read.

    Raises:
        NotVisibleError: there is none of this number, or the actor reads none.
        IllegalTransitionError, StaleStateError: somebody did so before.
    """
    operations.acknowledge(alert=queries.alert_to_see(number, by=by), by=by, at=at)


def original(*, number: str, by: Actor) -> bytes:
    """Return the file as it was received.

    Raises:
        NotVisibleError: there is none of this number, or the actor reads none.
    """
    return bytes(queries.alert_to_see(number, by=by).content)


@transaction.atomic
def call_customers(*, number: str, by: Actor, at: datetime) -> str:
    """Open the list of special customers to be called about an alert; return its number.

    Each unit calls its own from one list: as long as it is open, whoever asks again is led to it.
    Who stands on the list of another unit is not called a second time.

    Raises:
        NotVisibleError: no such alert, or the actor calls nobody.
        UnableToListError: the alert holds no more, or concerns nobody who is not called yet.
    """
    alert = queries.alert_to_see(number, by=by)
    operations.hold(alert)
    there_is = open_about(alert.number, by=by)
    if there_is:
        return there_is
    if queries.standings([alert], at=at)[alert.pk] not in NOW:
        raise UnableToListError("这条预警已不在生效期，不必再逐户联系。")
    zone = zone_of(alert.zones)
    concerned = special_customers(Reach(zone=zone), by=by)
    if not concerned:
        raise UnableToListError("预警范围内没有您负责的特殊客户。")
    concerned = _to_call(alert, concerned)
    if not concerned:
        raise UnableToListError("您负责的特殊客户都已在联系清单上，或本人不愿接到电话。")
    made = open_for(
        title=_title(alert),
        starts_at=max(alert.begins_at, at),
        ends_at=alert.expires_at,
        customers=concerned,
        about=alert.number,
        by=by,
        at=at,
    )
    operations.note_call_list(alert=alert, number=made.number, by=by, at=at)
    return made.number


def _to_call(alert: PublicAlert, concerned: Sequence[Customer]) -> list[Customer]:
    return still_unlisted(concerned, about=alert.number, earlier=alert.call_list)


def _title(alert: PublicAlert) -> str:
    """Return what a list is called: whoever calls must know that an exercise is none."""
    purpose = Status(alert.purpose)
    mark = "" if purpose == Status.ACTUAL else f"【{STATUS_LABELS[purpose]}】"
    name, ending = alert.headline or alert.event, f"（{alert.number}）"
    room = _LONGEST_TITLE - len(mark) - len(ending)
    return f"{mark}{name if len(name) <= room else f'{name[: room - 1]}…'}{ending}"
