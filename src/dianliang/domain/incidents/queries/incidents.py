"""Incidents as pages show them: register, command, periods with objectives, log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, QuerySet

from dianliang.domain.incidents import access
from dianliang.domain.incidents.lifecycle import INCIDENT, OBJECTIVE, OPEN
from dianliang.domain.incidents.models import (
    Incident,
    LogEntry,
    Objective,
    OperationalPeriod,
)
from dianliang.domain.incidents.operations.incidents import ROMAN
from dianliang.domain.incidents.zones import Reach, zone_of
from dianliang.kernel.actor import Actor

VIEWS: Mapping[str, str] = {"open": "进行中", "ended": "已结束", "all": "全部"}
KINDS: Mapping[str, str] = {str(code): str(label) for code, label in Incident.Kind.choices}
DRILL = "演练"
LEVELS: Mapping[int, str] = {n: f"{ROMAN[n]} 级" for n in range(1, 5)}
TONES: Mapping[int, str] = {1: "danger", 2: "danger", 3: "warn", 4: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """An incident as lists show it."""

    number: str
    title: str
    kind: str
    kind_label: str
    is_drill: bool
    level: int
    level_label: str
    tone: str
    status: str
    status_label: str
    unit_name: str
    commander_name: str
    opened_at: datetime
    ended_at: datetime | None
    is_generated: bool

    @property
    def name(self) -> str:
        """Return its title, which says where it is a drill."""
        return f"【{DRILL}】{self.title}" if self.is_drill else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveRow:
    """An objective with how far it is."""

    number: str
    words: str
    measure: str
    target: Decimal
    done: Decimal
    counted_in: str
    unit_name: str
    status: str
    status_label: str
    is_copy: bool
    revision: int
    verbs: tuple[tuple[str, str], ...]

    @property
    def percent(self) -> int:
        """Return how much is done, in per cent, at most 100."""
        return min(100, int(100 * self.done / self.target))

    @property
    def told(self) -> str:
        """Return how much of how much is done, to the last decimal."""
        return f"{self.done:f} / {self.target:f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRow:
    """A period with its objectives."""

    position: int
    starts_at: datetime
    ends_at: datetime
    commander_name: str
    weather: str
    is_now: bool
    is_last: bool
    objectives: tuple[ObjectiveRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """Something that was noted; `corrected_by` names the later entry that says it right."""

    position: int
    kind: str
    kind_label: str
    words: str
    happened_at: datetime
    noted_at: datetime
    noted_by: str
    corrects: int | None
    corrected_by: int | None

    @property
    def is_late(self) -> bool:
        """Tell whether it was noted more than five minutes after the fact."""
        return (self.noted_at - self.happened_at).total_seconds() > 300


def register(*, view: str, kind: str, drill: str, words: str, by: Actor) -> QuerySet[Incident]:
    """Return the incidents that the actor asks for, newest first."""
    rows = access.incidents(by)
    if view == "open":
        rows = rows.filter(status__in=OPEN)
    elif view == "ended":
        rows = rows.exclude(status__in=OPEN)
    if kind:
        rows = rows.filter(kind=kind)
    if drill:
        rows = rows.filter(is_drill=drill == "yes")
    if words:
        rows = rows.filter(title__contains=words) | rows.filter(number=words)
    return rows


def counts(*, by: Actor) -> Mapping[str, int]:
    """Return how many incidents each view has."""
    found = access.incidents(by).order_by().values("status").annotate(n=Count("pk"))
    by_status = {row["status"]: row["n"] for row in found}
    going = sum(n for status, n in by_status.items() if status in OPEN)
    whole = sum(by_status.values())
    return {"open": going, "ended": whole - going, "all": whole}


def row_of(incident: Incident) -> IncidentRow:
    """Return an incident as lists show it."""
    return IncidentRow(
        number=incident.number,
        title=incident.title,
        kind=incident.kind,
        kind_label=KINDS[incident.kind],
        is_drill=incident.is_drill,
        level=incident.level,
        level_label=LEVELS[incident.level],
        tone=TONES[incident.level],
        status=incident.status,
        status_label=str(incident.get_status_display()),
        unit_name=incident.unit.name,
        commander_name=incident.commander.name if incident.commander else "",
        opened_at=incident.opened_at,
        ended_at=incident.ended_at,
        is_generated=incident.is_generated,
    )


def verbs(incident: Incident, *, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the steps that the actor may take now; levels are changed by choosing one."""
    if not access.may_lead(incident, by=by):
        return ()
    rows = INCIDENT.verbs(incident.status, role=by.role)
    return tuple((row.verb, row.label) for row in rows if not row.verb.endswith("_level"))


def periods(incident: Incident, *, by: Actor, at: datetime) -> tuple[PeriodRow, ...]:
    """Return the periods, newest first, with their objectives. Two queries."""
    rows = incident.periods.select_related("commander").order_by("-position")
    found = list(rows.prefetch_related("objectives__unit"))
    may = access.may_lead(incident, by=by) and incident.status in OPEN
    return tuple(_period(row, is_last=n == 0, may=may, by=by, at=at) for n, row in enumerate(found))


def _period(
    row: OperationalPeriod, *, is_last: bool, may: bool, by: Actor, at: datetime
) -> PeriodRow:
    return PeriodRow(
        position=row.position,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        commander_name=row.commander.name,
        weather=row.weather,
        is_now=row.starts_at <= at < row.ends_at,
        is_last=is_last,
        objectives=tuple(
            _objective(one, may=may and is_last, by=by) for one in row.objectives.all()
        ),
    )


def _objective(row: Objective, *, may: bool, by: Actor) -> ObjectiveRow:
    steps = OBJECTIVE.verbs(row.status, role=by.role) if may else ()
    return ObjectiveRow(
        number=row.number,
        words=row.words,
        measure=row.measure,
        target=row.target.normalize(),
        done=row.done.normalize(),
        counted_in=row.counted_in,
        unit_name=row.unit.name if row.unit else "",
        status=row.status,
        status_label=str(row.get_status_display()),
        is_copy=row.copied_from_id is not None,
        revision=row.revision,
        verbs=tuple((step.verb, step.label) for step in steps if step.verb != "carry"),
    )


def log(incident: Incident) -> tuple[EntryRow, ...]:
    """Return what was noted, newest first."""
    rows = list(LogEntry.objects.filter(incident=incident).select_related("corrects"))
    corrected = {row.corrects.position: row.position for row in rows if row.corrects}
    return tuple(
        EntryRow(
            position=row.position,
            kind=row.kind,
            kind_label=str(row.get_kind_display()),
            words=row.words,
            happened_at=row.happened_at,
            noted_at=row.noted_at,
            noted_by=row.noted_by,
            corrects=row.corrects.position if row.corrects else None,
            corrected_by=corrected.get(row.position),
        )
        for row in reversed(rows)
    )


def reach_of(incident: Incident) -> Reach:
    """Return where an incident is."""
    return Reach(
        zone=zone_of(incident.shapes),
        paths=tuple(incident.areas.values_list("path", flat=True)),
    )
