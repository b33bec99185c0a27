"""Every write to an incident: opened, led, handed over, drawn anew, noted about.

Decisions name the revision that the person has seen; of two at once the second is told. Each
leaves an entry in the log, in the same transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents.lifecycle import INCIDENT, OPEN
from dianliang.domain.incidents.models import Incident, IncidentAlert, LogEntry, Objective
from dianliang.domain.rosters.models import Roster
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import Person, Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, StaleStateError
from dianliang.kernel.phrases import Phrase

ROMAN = ("", "I", "II", "III", "IV")
"""Levels as people write them: I is the gravest."""
Shapes = Sequence[Mapping[str, Any]]


class UnableToLeadError(DomainError):
    """This cannot be decided about the incident now."""

    code = "incidents.unable-to-lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """An incident to be, checked. `shapes` are as in an alert's zones."""

    title: str
    kind: str
    is_drill: bool
    level: int
    because: str
    unit: Unit
    areas: Collection[Area]
    shapes: Shapes
    commander: Person | None


@transaction.atomic
def open_incident(*, outline: Outline, by: Actor, at: datetime) -> Incident:
    """Write an incident down; it is watched until somebody starts the response (登记事件)."""
    incident = Incident.objects.create(
        number=next_number("SJ", at=at),
        title=outline.title,
        kind=outline.kind,
        is_drill=outline.is_drill,
        level=outline.level,
        unit=outline.unit,
        shapes=[dict(one) for one in outline.shapes],
        commander=outline.commander,
        opened_by=by.name,
        opened_at=at,
    )
    incident.areas.set(outline.areas)
    audit.record("incidents.incident.open", target=incident, by=by, at=at, after=incident.status)
    what = "演练" if outline.is_drill else "事件"
    words = f"登记{what}，{ROMAN[outline.level]} 级：{outline.because}"
    note(
        incident=incident,
        kind=LogEntry.Kind.LEVEL,
        words=words,
        level=outline.level,
        by=by,
        at=at,
    )
    return incident


@transaction.atomic
def lead_on(
    *, incident: Incident, verb: str, because: str, revision: int, by: Actor, at: datetime
) -> Incident:
    """Take a step of the lifecycle, with its reason.

    Raises:
        UnableToLeadError: nobody commands it yet, or something is not settled.
        StaleStateError: somebody else decided first.
        IllegalTransitionError, NotYourTurnError: see the lifecycle.
    """
    turn_the_page(incident, revision)
    INCIDENT.target(incident.status, verb, role=by.role)
    if verb == "respond" and incident.commander is None:
        raise UnableToLeadError("请先指定指挥长，再启动响应。", field="commander")
    if verb == "close":
        _require_settled(incident)
    changes = {"ended_at": at} if verb in {"close", "cancel"} else {}
    transitions.apply(
        incident, verb, lifecycle=INCIDENT, by=by, at=at, note=because, changes=changes
    )
    words = f"{INCIDENT.label(verb)}：{because}"
    note(incident=incident, kind=LogEntry.Kind.STEP, words=words, by=by, at=at)
    return incident


def _require_settled(incident: Incident) -> None:
    left = Objective.objects.filter(period__incident=incident, status="OPEN").count()
    if left:
        raise UnableToLeadError(Phrase("还有 %(n)d 个目标没有结果，请先标明达成或放弃。", n=left))
    waiting = IncidentAlert.objects.filter(incident=incident, status="WAITING").count()
    if waiting:
        raise UnableToLeadError(Phrase("还有 %(n)d 条后续预警没有处置，请先处置。", n=waiting))


@transaction.atomic
def set_level(
    *, incident: Incident, level: int, because: str, revision: int, by: Actor, at: datetime
) -> Incident:
    """Raise or lower the level (升级、降级); a smaller number is graver.

    Raises:
        UnableToLeadError: it is that level already.
        StaleStateError, IllegalTransitionError: see `lead_on`.
    """
    turn_the_page(incident, revision)
    if level == incident.level:
        raise UnableToLeadError(
            Phrase("现在就是 %(level)s 级。", level=ROMAN[level]), field="level"
        )
    before, verb = incident.level, "raise_level" if level < incident.level else "lower_level"
    words = f"{ROMAN[before]} 级改为 {ROMAN[level]} 级：{because}"
    changes = {"level": level}
    transitions.apply(incident, verb, lifecycle=INCIDENT, by=by, at=at, note=words, changes=changes)
    note(incident=incident, kind=LogEntry.Kind.LEVEL, words=words, level=level, by=by, at=at)
    return incident


@transaction.atomic
def hand_over(
    *, incident: Incident, to: Person, because: str, revision: int, by: Actor, at: datetime
) -> Incident:
    """Give the command to somebody (指挥长).

    Raises:
        UnableToLeadError: the incident is over.
        StaleStateError: somebody else decided first.
    """
    turn_the_page(incident, revision)
    before = incident.commander
    incident.commander = to
    incident.save(update_fields=["commander"])
    words = f"指挥长由{before.name if before else '空缺'}改为{to.name}：{because}"
    _decided(incident, "hand_over", LogEntry.Kind.COMMAND, words, by=by, at=at)
    return incident


@transaction.atomic
def redraw(
    *,
    incident: Incident,
    areas: Collection[Area],
    shapes: Shapes,
    because: str,
    revision: int,
    by: Actor,
    at: datetime,
) -> Incident:
    """Say anew where it is (改范围).

    Raises:
        UnableToLeadError: the incident is over.
        StaleStateError: somebody else decided first.
    """
    turn_the_page(incident, revision)
    incident.shapes = [dict(one) for one in shapes]
    incident.save(update_fields=["shapes"])
    incident.areas.set(areas)
    _decided(incident, "redraw", LogEntry.Kind.AREA, f"调整范围：{because}", by=by, at=at)
    return incident


@transaction.atomic
def assign(
    *,
    incident: Incident,
    teams: Collection[Team],
    rosters: Collection[Roster],
    revision: int,
    by: Actor,
    at: datetime,
) -> Incident:
    """Say which teams and rosters work on it (投入力量).

    Raises:
        UnableToLeadError: the incident is over.
        StaleStateError: somebody else decided first.
    """
    turn_the_page(incident, revision)
    incident.teams.set(teams)
    incident.rosters.set(rosters)
    words = f"投入力量：队伍 {len(teams)} 支、值班表 {len(rosters)} 张"
    _decided(incident, "assign", LogEntry.Kind.COMMAND, words, by=by, at=at)
    return incident


def _decided(
    incident: Incident, verb: str, kind: str, words: str, *, by: Actor, at: datetime
) -> None:
    audit.record(f"incidents.incident.{verb}", target=incident, by=by, at=at, reason=words)
    note(incident=incident, kind=kind, words=words, by=by, at=at)


@transaction.atomic
def note(
    *,
    incident: Incident,
    kind: str,
    words: str,
    happened_at: datetime | None = None,
    level: int | None = None,
    corrects: LogEntry | None = None,
    by: Actor,
    at: datetime,
) -> LogEntry:
    """Note something (记事); what is over is noted about all the same."""
    # One number after the other; places of its people may be written meanwhile.
    Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    last = LogEntry.objects.filter(incident=incident).aggregate(last=Max("position"))["last"]
    return LogEntry.objects.create(
        incident=incident,
        position=(last or 0) + 1,
        kind=kind,
        words=words[:500],
        level=level,
        corrects=corrects,
        happened_at=happened_at or at,
        noted_at=at,
        noted_by=by.name,
    )


def turn_the_page(incident: Incident, revision: int) -> None:
    """Let the actor decide alone, from what he has seen.

    Raises:
        StaleStateError: somebody else decided first.
        UnableToLeadError: the incident is over.
    """
    kept = Incident.objects.filter(pk=incident.pk, revision=revision)
    if not kept.update(revision=F("revision") + 1):
        raise StaleStateError("这个事件刚被他人改动，请看过新的情况再决定。")
    hold(incident)


def hold(incident: Incident) -> None:
    """Keep the incident as it is now until the transaction ends: taken before what belongs to it.

    Raises:
        UnableToLeadError: the incident is over.
    """
    incident.refresh_from_db(from_queryset=Incident.objects.select_for_update(no_key=True))
    if incident.status not in OPEN:
        raise UnableToLeadError(
            Phrase(
                "%(number)s %(state)s，不能再改。",
                number=incident.number,
                state=Phrase(incident.get_status_display()),
            )
        )
