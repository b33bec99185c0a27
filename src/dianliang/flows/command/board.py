"""The commander's live board (实时态势): teams, places, supply, urgent tasks, alarms.

It is read again every few seconds, so of the places that people have told only one of each team is
unsealed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from dianliang.core import audit
from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.queries.incidents import IncidentRow, row_of
from dianliang.domain.mobilisation import positions, tasks
from dianliang.domain.mobilisation.lifecycle import RANKS
from dianliang.domain.mobilisation.models import Task
from dianliang.domain.mobilisation.positions import Seen
from dianliang.domain.work.lifecycle import VISIT_LABELS
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Team
from dianliang.flows.command import safety
from dianliang.flows.command.figures import clock
from dianliang.flows.command.lines import LineCard, line_cards
from dianliang.flows.command.reports import ReportRow, last_of
from dianliang.flows.command.supply import Supply, supply
from dianliang.flows.dispatching import terms as scene
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

SOON = timedelta(hours=1)
MOST_TASKS = 20
TRACK = timedelta(hours=2)
GRAVE = ("special", "first")
ORDER = ("ARRIVED", "EN_ROUTE", "ACCEPTED", "SCHEDULED", "DONE", "IDLE")
LABELS = {**VISIT_LABELS, "DONE": "已做完", "IDLE": "待命"}
TONES = {"ARRIVED": "good", "EN_ROUTE": "warn", "ACCEPTED": "", "SCHEDULED": "plain"}
RANK_LABELS = dict(RANKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    """A team as it is now: what it does, since when, how far it is, where it was seen last."""

    code: str
    name: str
    state: str
    state_label: str
    tone: str
    title: str
    since: datetime | None
    done: int
    left: int
    seen_at: datetime | None
    age_s: int | None
    people: int
    is_silent: bool
    at: GeoPoint | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentRow:
    """A task that cannot wait."""

    number: str
    title: str
    rank_label: str
    area_name: str
    due_at: datetime | None
    opened_at: datetime
    is_late: bool
    team: str
    status_label: str
    said: str
    """What the last crew said that could not do it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that endangers those at work; `is_grave` calls for a decision now."""

    words: str
    is_grave: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How far the tasks are, and how many people tell where they are."""

    tasks: int
    done: int
    waiting: int
    late: int
    teams: int
    out: int
    located: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The live board of an incident at a moment."""

    incident: IncidentRow
    at: datetime
    counts: Counts
    teams: tuple[TeamRow, ...]
    urgent: tuple[UrgentRow, ...]
    urgent_total: int
    lines: tuple[LineCard, ...]
    alarms: tuple[Alarm, ...]
    supply: Supply
    report: ReportRow | None
    may_lead: bool

    @property
    def marks(self) -> list[dict[str, object]]:
        """Return what the map draws: a mark for each team that was seen."""
        return [
            {
                "code": row.code,
                "lat": row.at.lat,
                "lon": row.at.lon,
                "state": row.state,
                "old": row.is_silent or (row.age_s or 0) > safety.SILENT.total_seconds(),
                "title": row.name,
            }
            for row in self.teams
            if row.at is not None
        ]


def open_board(*, number: str, by: Actor, at: datetime) -> Board:
    """Return the board for somebody who opens it: that he looks at places is on record.

    Raises:
        NotVisibleError: the actor does not follow the incident.
    """
    found = board(number=number, by=by, at=at)
    audit.record_about(
        "mobilisation.whereabouts.read",
        target_type="incidents.incident",
        target_id=number,
        by=by,
        at=at,
        after=str(len(found.marks)),
    )
    return found


def board(*, number: str, by: Actor, at: datetime) -> Board:
    """Return the board as it is now; the number of queries does not grow with it.

    Raises:
        NotVisibleError: the actor does not follow the incident.
    """
    incident = access.incident_to_follow(number, by=by)
    seen = positions.seen(incident)
    rows = _teams(incident, seen, at=at)
    urgent = _urgent(incident, at=at)
    return Board(
        incident=row_of(incident),
        at=at,
        counts=_counts(incident, rows, at=at),
        teams=rows,
        urgent=tuple(urgent[:MOST_TASKS]),
        urgent_total=len(urgent),
        lines=line_cards(incident, at=at),
        alarms=_alarms(incident, rows, at=at),
        supply=supply(incident, by=by, at=at, is_named=False),
        report=last_of(incident),
        may_lead=access.may_lead(incident, by=by),
    )


def _teams(incident: Incident, seen: Mapping[int, Seen], *, at: datetime) -> tuple[TeamRow, ...]:
    teams = scene.teams_for(incident)
    visits = Visit.objects.filter(job__task__incident=incident)
    states: dict[int, set[str]] = {}
    counted: dict[int, dict[str, int]] = {}
    told = visits.values_list("team", "status").annotate(
        n=Count("pk"), parts=Count("job__task__line")
    )
    for team, status, n, parts in told.order_by():
        states.setdefault(team, set()).add(status)
        counted.setdefault(team, {})[status] = n - parts
    busy: dict[int, Visit] = {}
    under_way = visits.filter(status__in=ORDER[:2]).select_related("job")
    for visit in under_way.order_by("departed_at", "pk"):
        known = busy.get(visit.team_id)
        if known is None or ORDER.index(visit.status) <= ORDER.index(known.status):
            busy[visit.team_id] = visit
    rows = [
        _team(
            team,
            states.get(team.pk, set()),
            counted.get(team.pk, {}),
            busy.get(team.pk),
            seen.get(team.pk),
            at=at,
        )
        for team in teams
    ]
    return tuple(sorted(rows, key=lambda row: (not row.is_silent, ORDER.index(row.state))))


def _team(
    team: Team,
    states: Collection[str],
    counts: Mapping[str, int],
    visit: Visit | None,
    seen: Seen | None,
    *,
    at: datetime,
) -> TeamRow:
    """Return a row; `counts` are places, for work along lines is measured on its own card."""
    state = next((one for one in ORDER if one in states), "IDLE")
    age = at - seen.at if seen else None
    since = (visit.arrived_at or visit.departed_at) if visit else None
    return TeamRow(
        code=team.code,
        name=team.name,
        state=state,
        state_label=LABELS[state],
        tone=TONES.get(state, "plain"),
        title=visit.job.title if visit else "",
        since=since,
        done=counts.get("DONE", 0),
        left=sum(counts.get(one, 0) for one in ORDER[:4]),
        seen_at=seen.at if seen else None,
        age_s=int(age.total_seconds()) if age is not None else None,
        people=seen.people if seen else 0,
        is_silent=visit is not None and age is not None and age > safety.SILENT,
        at=seen.point if seen else None,
    )


def _urgent(incident: Incident, *, at: datetime) -> list[UrgentRow]:
    """Return what came up on the way, is grave and due soon, is late, or a crew could not do."""
    said = dict(
        Visit.objects.filter(
            job__task__incident=incident, status__in=["DECLINED", "UNMET"], job__status="OPEN"
        )
        .order_by("pk")
        .values_list("job_id", "reason")
    )
    rows = tasks.places_of(incident).exclude(job__status="DONE")
    rows = rows.filter(
        Q(is_urgent=True)
        | Q(rank__in=GRAVE, job__due_at__lt=at + SOON)
        | Q(job__due_at__lt=at)
        | Q(job__in=said)
    )
    found = list(rows.order_by("job__due_at", "pk"))
    teams = dict(
        Visit.objects.filter(
            job__in=[row.job_id for row in found[:MOST_TASKS]], status__in=ORDER[:4]
        ).values_list("job_id", "team__name")
    )
    return [
        _urgent_row(row, teams.get(row.job_id, ""), said.get(row.job_id, ""), at=at)
        for row in found
    ]


def _urgent_row(row: Task, team: str, said: str, *, at: datetime) -> UrgentRow:
    return UrgentRow(
        number=row.job.number,
        title=row.job.title,
        rank_label=RANK_LABELS[row.rank],
        area_name=row.job.area.name,
        due_at=row.job.due_at,
        opened_at=row.job.opened_at,
        is_late=row.job.due_at is not None and row.job.due_at < at,
        team=team,
        status_label=str(row.job.get_status_display()),
        said=said,
    )


def _counts(incident: Incident, rows: tuple[TeamRow, ...], *, at: datetime) -> Counts:
    found = tasks.places_of(incident).aggregate(
        tasks=Count("pk"),
        done=Count("pk", filter=Q(job__status="DONE")),
        waiting=Count("pk", filter=Q(job__status__in=["OPEN", "HANDED_OVER"])),
        late=Count("pk", filter=~Q(job__status="DONE") & Q(job__due_at__lt=at)),
    )
    return Counts(
        **found,
        teams=len(rows),
        out=sum(row.state in ORDER[:2] for row in rows),
        located=positions.located(incident, since=at - safety.SILENT),
    )


def _alarms(incident: Incident, rows: tuple[TeamRow, ...], *, at: datetime) -> tuple[Alarm, ...]:
    found = [
        Alarm(
            words=Phrase(
                "%(team)s在“%(title)s”路上或现场，已 %(n)d 分钟没有位置，请呼叫确认",
                team=row.name,
                title=row.title,
                n=(row.age_s or 0) // 60,
            ),
            is_grave=True,
        )
        for row in rows
        if row.is_silent
    ]
    for one in safety.too_long(incident, at=at):
        if one.is_open:
            hours = f"{one.window.duration.total_seconds() / 3600:.1f}"
            words = Phrase("%(team)s已连续作业 %(h)s 小时，请安排轮换", team=one.team, h=hours)
            found.append(Alarm(words=words, is_grave=True))
    for row in safety.hazards(incident):
        words = Phrase(
            "重大隐患 %(number)s：%(item)s（%(area)s），%(due)s 前整改",
            number=row.number,
            item=row.item,
            area=row.area.name,
            due=clock(row.due_at),
        )
        found.append(Alarm(words=words, is_grave=True))
    for rest in safety.short_rests(incident):
        if rest.next_at >= at:
            words = Phrase(
                "%(who)s %(next)s 的班前只休息 %(rest)s，请调班",
                who=rest.name,
                next=clock(rest.next_at),
                rest=safety.hours_of(rest.next_at - rest.ends_at),
            )
            found.append(Alarm(words=words, is_grave=False))
    return tuple(found)


def tracks(*, number: str, team: str, by: Actor, at: datetime) -> list[list[float]]:
    """Return the thin track of a team in the last two hours; that it was read is on record.

    Raises:
        NotVisibleError: the actor does not follow the incident, or the team does not work on it.
    """
    incident = access.incident_to_follow(number, by=by)
    found = next((one for one in scene.teams_for(incident) if one.code == team), None)
    if found is None:
        raise NotVisibleError("没有找到这支队伍。")
    audit.record_about(
        "mobilisation.track.read",
        target_type="incidents.incident",
        target_id=number,
        by=by,
        at=at,
        reason=team,
    )
    points = positions.track(incident, found.pk, since=at - TRACK)
    return [[point.lat, point.lon] for _, point in points]
