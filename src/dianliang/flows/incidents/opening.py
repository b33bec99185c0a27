"""Open an incident: by hand, as a drill, or from an alert (登记事件)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import idempotency
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import Incident, PublicAlert
from dianliang.domain.incidents.operations import following
from dianliang.domain.incidents.operations import incidents as operations
from dianliang.domain.incidents.operations.incidents import Outline, UnableToLeadError
from dianliang.domain.incidents.queries import alerts as alert_queries
from dianliang.domain.incidents.zones import prefix_of
from dianliang.domain.territory.models import Area
from dianliang.flows.branches.choices import person_of
from dianliang.flows.incidents import choices
from dianliang.flows.incidents.drawing import read_shapes, written
from dianliang.integrations.cap.model import Status
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError

LEVEL_OF: Mapping[str, int] = {"Extreme": 1, "Severe": 2, "Moderate": 3}
"""The level that an alert of a severity suggests; a person decides."""
KIND_OF: tuple[tuple[str, Incident.Kind], ...] = (
    ("台风", Incident.Kind.TYPHOON),
    ("暴雨", Incident.Kind.FLOOD),
    ("洪", Incident.Kind.FLOOD),
    ("汛", Incident.Kind.FLOOD),
    ("冰", Incident.Kind.ICE),
    ("雪", Incident.Kind.ICE),
    ("寒潮", Incident.Kind.COLD),
    ("低温", Incident.Kind.COLD),
    ("高温", Incident.Kind.HEAT),
    ("地震", Incident.Kind.EARTHQUAKE),
    ("停电", Incident.Kind.OUTAGE),
)
"""Words of an alert's event or headline that say what it is about; the first that fits counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in; `shapes` is one line for each, see `drawing.read_shapes`."""

    title: str
    kind: str
    is_drill: bool
    level: str
    because: str
    unit: str
    area_codes: Sequence[str]
    villages: str
    shapes: str
    commander: str
    alert: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """What an alert suggests for the form; `is_drill` follows from what it is for."""

    alert: str
    headline: str
    title: str
    kind: str
    is_drill: bool
    level: int
    because: str
    area_codes: tuple[str, ...]
    villages: str
    shapes: str


def open_once(*, key: str, asked: Asked, by: Actor, at: datetime) -> str:
    """Open an incident; the same key opens it once. Returns its number.

    Raises:
        NotVisibleError: the actor opens none, or the alert is not his to read.
        InvalidInputError, UnableToLeadError: a field makes no sense; it is named.
    """
    body = {name: getattr(asked, name) for name in Asked.__dataclass_fields__}
    answer = idempotency.once(
        scope=f"incidents.open:{by.id}",
        key=key,
        body=body,
        at=at,
        act=lambda: {"number": open_incident(asked=asked, by=by, at=at).number},
    )
    return str(answer["number"])


@transaction.atomic
def open_incident(*, asked: Asked, by: Actor, at: datetime) -> Incident:
    """Open an incident; see `open_once`."""
    if by.role not in access.WRITERS:
        raise NotVisibleError("您的岗位不登记事件。")
    alert = alert_queries.alert_to_see(asked.alert, by=by) if asked.alert else None
    unit = choices.unit_of(asked.unit, by=by)
    areas = choices.areas_asked(asked.area_codes, asked.villages, by=by)
    shapes = read_shapes(asked.shapes)
    if not areas and not shapes:
        raise InvalidInputError("请勾选乡镇、填写村名，或在地图上划定范围。", field="areas")
    outline = Outline(
        title=choices.words(asked.title, field="title", label="名称", most=60),
        kind=choices.kind_of(asked.kind),
        is_drill=_is_drill(alert) if alert else asked.is_drill,
        level=choices.level_of(asked.level),
        because=choices.words(asked.because, field="because", label="定级依据", most=200),
        unit=unit,
        areas=areas,
        shapes=shapes,
        commander=person_of(asked.commander, by=by, field="commander", label="指挥长")
        if asked.commander.strip()
        else None,
    )
    incident = operations.open_incident(outline=outline, by=by, at=at)
    if alert is not None:
        following.open_from(incident=incident, alert=alert, by=by, at=at)
    return incident


def _is_drill(alert: PublicAlert) -> bool:
    """Tell whether what an alert opens is a drill: neither can be taken for the other.

    Raises:
        UnableToLeadError: it is for neither.
    """
    if alert.purpose not in {Status.ACTUAL, Status.EXERCISE}:
        raise UnableToLeadError("测试、系统消息和草稿不能据以登记事件。", field="alert")
    if alert.message_type not in alert_queries.WARNS:
        raise UnableToLeadError("解除和回执不能据以登记事件，请从它针对的预警登记。", field="alert")
    return bool(alert.purpose == Status.EXERCISE)


def suggest(*, alert: str, by: Actor) -> Suggested:
    """Return what an alert suggests for the form of an incident.

    Raises:
        NotVisibleError: there is no such alert.
        UnableToLeadError: it is none to open an incident from.
    """
    found = alert_queries.alert_to_see(alert, by=by)
    name = found.headline or found.event
    said = f"{found.event}{found.headline}"
    townships, villages = areas_named(found.zones, by=by)
    return Suggested(
        alert=found.number,
        headline=name,
        title=name[:60],
        kind=next((kind for word, kind in KIND_OF if word in said), Incident.Kind.OTHER),
        is_drill=_is_drill(found),
        level=LEVEL_OF.get(found.severity, 4),
        because=f"{found.sender} {name}"[:200],
        area_codes=tuple(area.code for area in townships),
        villages="、".join(area.name for area in villages),
        shapes=written(found.zones),
    )


def areas_named(zones: Sequence[Mapping[str, Any]], *, by: Actor) -> tuple[list[Area], list[Area]]:
    """Return the actor's townships and villages that codes name; a county is its towns."""
    codes = [str(code) for zone in zones for code in zone.get("codes", ())]
    prefixes = tuple(prefix for code in codes if (prefix := prefix_of(code)))
    if not prefixes:
        return [], []
    own = areas_of(by)
    towns = list(own.filter(level=Area.Level.TOWNSHIP).order_by("code"))
    whole = [area for area in towns if area.code.startswith(prefixes)]
    covered = tuple(area.path for area in whole)
    villages = [
        area
        for area in own.filter(level=Area.Level.VILLAGE).order_by("code")
        if area.code.startswith(prefixes) and not (covered and area.path.startswith(covered))
    ]
    return whole, villages
