"""Public alerts (预警): taken in as CAP files, read, turned into the list of whom to call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from dianliang.domain.customers.access import within
from dianliang.domain.customers.models import SEALED, Customer
from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents import operations, queries
from dianliang.domain.incidents.models import PublicAlert
from dianliang.domain.incidents.operations import Named, Told, UnableToListError
from dianliang.domain.incidents.zones import Zone, prefix_of, zone_of
from dianliang.domain.territory.models import Area
from dianliang.flows.care import place_of
from dianliang.flows.care_lists import open_for
from dianliang.integrations import cap
from dianliang.integrations.cap.model import (
    CERTAINTY_LABELS,
    MESSAGE_TYPE_LABELS,
    SEVERITY_LABELS,
    STATUS_LABELS,
    URGENCY_LABELS,
    Alert,
    Certainty,
    Info,
    MessageType,
    Severity,
    Status,
    Urgency,
)
from dianliang.integrations.cap.model import Area as AlertArea
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint

VIEWS: Mapping[str, str] = {"now": "生效中和将生效", "waiting": "待确认", "all": "全部"}
MOST_FILES = 50
MOST_ROWS = 200
NOW = {queries.IN_FORCE, queries.COMING}
TONES: Mapping[Severity, str] = {
    Severity.EXTREME: "danger",
    Severity.SEVERE: "warn",
    Severity.MODERATE: "warn",
}
_LONGEST = {"event": 200, "headline": 400, "title": 80}


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
    call_list: str
    chain: tuple[AlertRow, ...]
    affected: Mapping[str, int]
    villages: tuple[str, ...]
    strangers: tuple[str, ...]
    points: tuple[Mapping[str, Any], ...]
    may_acknowledge: bool
    may_call: bool

    @property
    def affected_count(self) -> int:
        """Return how many special customers it concerns."""
        return sum(self.affected.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file that was taken in."""

    number: str
    headline: str
    is_new: bool


@transaction.atomic
def take_in(*, files: Iterable[tuple[str, bytes]], by: Actor, at: datetime) -> tuple[Taken, ...]:
    """Keep the alerts in CAP files, all or none; a file sent again is the same alert.

    Raises:
        NotVisibleError: the actor has no business with alerts.
        InvalidInputError: a file is no alert, or too many; the file and the place are named.
        UnableToReceiveError: a name was used for another text.
    """
    unit = Unit.objects.filter(code=by.unit_code).first()
    if by.role not in queries.READERS or unit is None:
        raise NotVisibleError("您的岗位不接收预警。")
    named = list(files)
    if not named:
        raise InvalidInputError("请选择预警文件（CAP 1.2，.xml）。", field="files")
    if len(named) > MOST_FILES:
        raise InvalidInputError(f"一次最多 {MOST_FILES} 个文件。", field="files")
    told = _all_told(named)
    taken = []
    for one in told:
        alert, is_new = operations.receive(told=one, unit=unit, by=by, at=at)
        taken.append(
            Taken(number=alert.number, headline=alert.headline or alert.event, is_new=is_new)
        )
    return tuple(taken)


def _all_told(named: Iterable[tuple[str, bytes]]) -> list[Told]:
    told, faults = [], []
    for name, content in named:
        try:
            told.append(_told(cap.read(content), content))
        except cap.BadAlertError as error:
            faults += [f"{name} {fault}" for fault in error.faults]
    if faults:
        raise InvalidInputError("\n".join(faults), field="files")
    return told


def _told(alert: Alert, content: bytes) -> Told:
    infos = _in_chinese(alert.infos)
    worst = min(infos, key=lambda info: list(Severity).index(info.severity), default=None)
    fields: dict[str, Any] = {
        "purpose": alert.status.value,
        "message_type": alert.message_type.value,
        "begins_at": alert.sent_at,
    }
    if worst is not None:
        expires = [info.expires_at for info in infos if info.expires_at is not None]
        begins = [info.onset_at or info.effective_at or alert.sent_at for info in infos]
        fields |= {
            "event": "、".join(dict.fromkeys(info.event for info in infos))[: _LONGEST["event"]],
            "headline": (worst.headline or worst.event)[: _LONGEST["headline"]],
            "severity": worst.severity.value,
            "urgency": worst.urgency.value,
            "certainty": worst.certainty.value,
            "description": _together(info.description for info in infos),
            "instruction": _together(info.instruction for info in infos),
            "area_words": _together(area.description for info in infos for area in info.areas),
            "zones": [_stored(area) for info in infos for area in info.areas],
            "begins_at": min(begins),
            "expires_at": max(expires) if len(expires) == len(infos) else None,
        }
    return Told(
        name=Named(sender=alert.sender, identifier=alert.identifier, sent_at=alert.sent_at),
        answers=tuple(
            Named(sender=one.sender, identifier=one.identifier, sent_at=one.sent_at)
            for one in alert.references
        ),
        fields=fields,
        content=content,
    )


def _in_chinese(infos: tuple[Info, ...]) -> tuple[Info, ...]:
    """Return the parts in Chinese; where there are none, those in the first language."""
    chinese = tuple(info for info in infos if info.language.lower().startswith("zh"))
    return chinese or tuple(info for info in infos if info.language == infos[0].language)


def _together(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))


def _stored(area: AlertArea) -> dict[str, Any]:
    return {
        "words": area.description,
        "polygons": [[[point.lat, point.lon] for point in ring] for ring in area.polygons],
        "circles": [[one.centre.lat, one.centre.lon, one.radius_km] for one in area.circles],
        "codes": [code.value for code in area.geocodes],
    }


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
    concerned = _concerned(zone, by=by)
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
        call_list=alert.call_list,
        chain=tuple(_row(other, standings[other.pk]) for other in others),
        affected=affected,
        villages=tuple(area.name for area in villages),
        strangers=_strangers(alert.zones),
        points=tuple(
            {"number": area.code, "title": area.name, "lat": area.lat, "lon": area.lon}
            for area in villages
            if area.lat is not None
        ),
        may_acknowledge=alert.status == "RECEIVED",
        may_call=is_now and not alert.call_list and by.role == Role.DISPATCHER,
    )


def _strangers(zones: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return codes of places that are none of ours, or not known here: nobody looks there."""
    codes = [str(code) for area in zones for code in area.get("codes", ())]
    known = tuple(Area.objects.values_list("code", flat=True))
    return tuple(
        code
        for code in dict.fromkeys(codes)
        if not (prefix := prefix_of(code)) or not any(one.startswith(prefix) for one in known)
    )


def _concerned(zone: Zone, *, by: Actor) -> list[Customer]:
    """Return the special customers of the actor's units in a zone, without what is sealed.

    A leader is told how many there are, never who: pages show counts alone.
    """
    if zone.is_empty:
        return []
    rows = Customer.objects.filter(within(by), special_level__isnull=False)
    return [
        row
        for row in rows.select_related("area").defer(*SEALED)
        if zone.holds(place_of(row), code=row.area.code)
    ]


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

    Raises:
        NotVisibleError: no such alert, or the actor calls nobody.
        UnableToListError: the alert holds no more, concerns nobody, or has a list already.
    """
    alert = queries.alert_to_see(number, by=by)
    if queries.standings([alert], at=at)[alert.pk] not in NOW:
        raise UnableToListError("这条预警已不在生效期，不必再逐户联系。")
    zone = zone_of(alert.zones)
    concerned = _concerned(zone, by=by)
    if not concerned:
        raise UnableToListError("预警范围内没有您负责的特殊客户。")
    made = open_for(
        title=_title(alert),
        starts_at=max(alert.begins_at, at),
        ends_at=alert.expires_at,
        customers=concerned,
        by=by,
        at=at,
    )
    operations.note_call_list(alert=alert, number=made.number, by=by, at=at)
    return made.number


def _title(alert: PublicAlert) -> str:
    """Return what a list is called: whoever calls must know that an exercise is none."""
    purpose = Status(alert.purpose)
    mark = "" if purpose == Status.ACTUAL else f"【{STATUS_LABELS[purpose]}】"
    name, ending = alert.headline or alert.event, f"（{alert.number}）"
    room = _LONGEST["title"] - len(mark) - len(ending)
    return f"{mark}{name if len(name) <= room else f'{name[: room - 1]}…'}{ending}"
