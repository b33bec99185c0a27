"""What endangers those who work on an incident: too long at work, too little rest, no word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from dianliang.domain.catalog.models import HazardClass
from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation.strength import SHIFT
from dianliang.domain.rosters.models import Turn
from dianliang.domain.safety.lifecycle import OPEN as HAZARD_OPEN
from dianliang.domain.safety.models import Hazard
from dianliang.domain.work.models import Visit
from dianliang.engines.rostering import Rules
from dianliang.flows.command.figures import clock
from dianliang.flows.incidents.figures import Record
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

REST = Rules.emergency().rest
"""What lies between two stretches of work: shorter breaks do not end one."""
SILENT = timedelta(minutes=15)
"""A crew under way that says nothing for so long may be in trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A team was at work without a rest in between; `is_open` while it still is."""

    code: str
    team: str
    window: TimeWindow
    is_open: bool

    @property
    def is_too_long(self) -> bool:
        """Tell whether it is longer than a shift."""
        return self.window.duration > SHIFT


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortRest:
    """Somebody has too little time between two turns of the rosters of the incident."""

    number: str
    name: str
    roster: str
    ends_at: datetime
    next_at: datetime


def stretches(incident: Incident, *, at: datetime) -> tuple[Stretch, ...]:
    """Return for how long each team was at work for an incident. One query.

    A team works from setting out (or, where nobody said so, from arriving) to the end of a visit;
    a visit that is under way goes on until now.
    """
    rows = Visit.objects.filter(job__task__incident=incident).exclude(
        departed_at=None, arrived_at=None
    )
    columns = ("team__code", "team__name", "departed_at", "arrived_at", "ended_at")
    spans: dict[tuple[str, str], list[tuple[datetime, datetime, bool]]] = {}
    for code, name, left, arrived, ended in rows.values_list(*columns):
        begin = min(moment for moment in (left, arrived) if moment)
        if begin < at:
            end = max(begin, min(ended or at, at))
            spans.setdefault((code, name), []).append((begin, end, ended is None))
    return tuple(
        Stretch(code=code, team=name, window=TimeWindow(begin, end), is_open=is_open)
        for (code, name), own in sorted(spans.items())
        for begin, end, is_open in _joined(own)
        if end > begin
    )


def _joined(
    spans: Iterable[tuple[datetime, datetime, bool]],
) -> list[tuple[datetime, datetime, bool]]:
    found: list[tuple[datetime, datetime, bool]] = []
    for begin, end, is_open in sorted(spans):
        if found and begin - found[-1][1] < REST:
            first, last, was_open = found[-1]
            found[-1] = (first, max(last, end), was_open or is_open)
        else:
            found.append((begin, end, is_open))
    return found


def too_long(incident: Incident, *, at: datetime) -> tuple[Stretch, ...]:
    """Return the stretches of work that were longer than a shift."""
    return tuple(one for one in stretches(incident, at=at) if one.is_too_long)


def short_rests(incident: Incident) -> tuple[ShortRest, ...]:
    """Return where the rosters of an incident leave somebody too little rest. One query."""
    turns = Turn.objects.filter(shift__roster__in=incident.rosters.all(), is_live=True)
    own: dict[int, list[Turn]] = {}
    for turn in turns.select_related("person", "shift__roster").order_by("shift__starts_at"):
        own.setdefault(turn.person_id, []).append(turn)
    return tuple(
        ShortRest(
            number=one.person.number,
            name=one.person.name,
            roster=one.shift.roster.number,
            ends_at=one.shift.ends_at,
            next_at=other.shift.starts_at,
        )
        for rows in own.values()
        for one, other in pairwise(rows)
        if other.shift.starts_at - one.shift.ends_at < REST
    )


def hazards(incident: Incident) -> Sequence[Hazard]:
    """Return the grave hazards that were found on the incident's visits and are still open."""
    rows = Hazard.objects.filter(
        inspection__visit__job__task__incident=incident,
        hazard_class=HazardClass.GRAVE,
        status__in=HAZARD_OPEN,
    )
    return list(rows.select_related("area", "unit").order_by("due_at"))


def stretch_records(rows: Iterable[Stretch]) -> tuple[Record, ...]:
    """Return stretches as the records behind a figure."""
    return tuple(
        Record(
            kind="team",
            key=one.code,
            cells=(
                one.team,
                clock(one.window.start),
                "仍在作业" if one.is_open else clock(one.window.end),
                hours_of(one.window.duration),
            ),
        )
        for one in rows
    )


def hours_of(span: timedelta) -> str:
    """Write how long something lasted, in hours."""
    return Phrase("%(h)s 小时", h=f"{span.total_seconds() / 3600:.1f}")
