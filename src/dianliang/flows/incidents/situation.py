"""One incident on one page (态势): numbers, map, alerts to decide about, periods, log."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from dianliang.core import idempotency
from dianliang.domain.customers.access import READERS as CALLERS
from dianliang.domain.incidents import access
from dianliang.domain.incidents.lifecycle import OPEN
from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.operations import incidents as operations
from dianliang.domain.incidents.operations.incidents import UnableToLeadError
from dianliang.domain.incidents.queries import incidents as queries
from dianliang.domain.incidents.queries.incidents import (
    EntryRow,
    IncidentRow,
    PeriodRow,
    reach_of,
)
from dianliang.flows.care_lists import open_about, open_for
from dianliang.flows.incidents import figures
from dianliang.flows.incidents.affected import special_customers
from dianliang.flows.incidents.choices import Choices, choices
from dianliang.flows.incidents.drawing import Layer, written
from dianliang.flows.incidents.figures import Value
from dianliang.flows.incidents.layers import layers
from dianliang.integrations.cap.model import MESSAGE_TYPE_LABELS, MessageType
from dianliang.kernel.actor import Actor

LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRow:
    """An alert that the incident follows."""

    number: str
    headline: str
    type_label: str
    sent_at: datetime
    status: str
    status_label: str
    decided_by: str
    is_waiting: bool
    is_cancel: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinRow:
    """A warning that was sent out about it."""

    number: str
    headline: str
    type_label: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the page of an incident shows."""

    row: IncidentRow
    revision: int
    places: str
    values: tuple[Value, ...]
    layers: tuple[Layer, ...]
    followed: tuple[FollowedRow, ...]
    bulletins: tuple[BulletinRow, ...]
    periods: tuple[PeriodRow, ...]
    entries: tuple[EntryRow, ...]
    verbs: tuple[tuple[str, str], ...]
    may_lead: bool
    may_call: bool

    @property
    def next_starts_at(self) -> datetime | None:
        """Return when the next period begins: when the last one ends."""
        return self.periods[0].ends_at if self.periods else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """What the forms of an incident start with."""

    offered: Choices
    levels: tuple[tuple[int, str], ...]
    area_codes: frozenset[str]
    villages: str
    shapes: str
    teams: frozenset[str]
    rosters: frozenset[str]


def situation(*, number: str, by: Actor, at: datetime) -> Situation:
    """Return an incident as its page shows it.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    incident = access.incident_to_see(number, by=by)
    may_lead = access.may_lead(incident, by=by) and incident.status in OPEN
    return Situation(
        row=queries.row_of(incident),
        revision=incident.revision,
        places="、".join(area.name for area in incident.areas.order_by("code")),
        values=figures.values(incident, by=by, at=at),
        layers=layers(incident, by=by, at=at),
        followed=_followed(incident),
        bulletins=tuple(
            BulletinRow(
                number=row.number,
                headline=row.headline,
                type_label=MESSAGE_TYPE_LABELS[MessageType(row.message_type)],
                sent_at=row.sent_at,
            )
            for row in access.bulletins(by).filter(incident=incident)
        ),
        periods=queries.periods(incident, by=by, at=at),
        entries=queries.log(incident),
        verbs=queries.verbs(incident, by=by),
        may_lead=may_lead,
        may_call=may_lead and by.role in CALLERS,
    )


def editing(*, number: str, by: Actor) -> Editing:
    """Return what the forms of an incident start with.

    Raises:
        NotVisibleError: the actor does not lead it.
    """
    incident = access.incident_to_lead(number, by=by)
    offered = choices(by=by, unit=incident.unit)
    townships = {code for code, _ in offered.townships}
    areas = list(incident.areas.order_by("code"))
    return Editing(
        offered=offered,
        levels=tuple(queries.LEVELS.items()),
        area_codes=frozenset(area.code for area in areas),
        villages="、".join(area.code for area in areas if area.code not in townships),
        shapes=written(incident.shapes),
        teams=frozenset(incident.teams.values_list("code", flat=True)),
        rosters=frozenset(incident.rosters.values_list("number", flat=True)),
    )


def _followed(incident: Incident) -> tuple[FollowedRow, ...]:
    rows = incident.followed.select_related("alert").defer("alert__content")
    return tuple(
        FollowedRow(
            number=row.alert.number,
            headline=row.alert.headline or row.alert.event or row.alert.identifier,
            type_label=MESSAGE_TYPE_LABELS[MessageType(row.alert.message_type)],
            sent_at=row.alert.sent_at,
            status=row.status,
            status_label=str(row.get_status_display()),
            decided_by=row.decided_by,
            is_waiting=row.status == "WAITING" and incident.status in OPEN,
            is_cancel=row.alert.message_type == "Cancel",
        )
        for row in rows.order_by("-alert__sent_at", "-pk")
    )


def call_once(*, key: str, number: str, by: Actor, at: datetime) -> str:
    """Open the list of special customers to be called; the same key opens it once."""
    answer = idempotency.once(
        scope=f"incidents.call:{by.id}",
        key=key,
        body=[number],
        at=at,
        act=lambda: {"number": call_customers(number=number, by=by, at=at)},
    )
    return str(answer["number"])


@transaction.atomic
def call_customers(*, number: str, by: Actor, at: datetime) -> str:
    """Open the list of special customers to be called about an incident; return its number.

    A unit calls from one list: as long as it is open, whoever asks again is led to it.

    Raises:
        NotVisibleError: no such incident, or the actor calls nobody.
        UnableToLeadError: the incident is over, or concerns nobody.
    """
    incident = access.incident_to_lead(number, by=by)
    if incident.status not in OPEN:
        raise UnableToLeadError("事件已结束，不必再逐户联系。")
    operations.hold(incident)
    there_is = open_about(incident.number, by=by)
    if there_is:
        return there_is
    concerned = special_customers(reach_of(incident), by=by)
    if not concerned:
        raise UnableToLeadError("事件范围内没有您负责的特殊客户。")
    title = f"{queries.row_of(incident).name}（{incident.number}）"
    made = open_for(
        title=title[:LONGEST_TITLE],
        starts_at=at,
        ends_at=None,
        customers=concerned,
        about=incident.number,
        by=by,
        at=at,
    )
    words = f"生成特殊客户联系清单 {made.number}，范围内 {len(concerned)} 户"
    operations.note(incident=incident, kind="note", words=words, by=by, at=at)
    return made.number
