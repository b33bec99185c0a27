"""After the action (复盘): what happened, plan against actual, what was left, what changed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from dianliang.core.models import AuditEvent
from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.queries.incidents import IncidentRow, log, row_of
from dianliang.domain.key_customers.lifecycle import WATCH
from dianliang.domain.mobilisation import lessons, tasks
from dianliang.domain.mobilisation.lessons import LessonRow
from dianliang.domain.mobilisation.lifecycle import RANKS, REQUEST
from dianliang.domain.mobilisation.models import Dispatch, ResourceRequest, SituationReport, Task
from dianliang.domain.work.models import PlannedStop, Unplanned, Visit
from dianliang.flows.command.effort import left_record
from dianliang.flows.command.figures import Asked, Figure, clock, known
from dianliang.flows.command.lines import line_cards
from dianliang.flows.command.safety import ShortRest, Stretch, short_rests, too_long
from dianliang.flows.command.supply import Supply, supply, watches_of
from dianliang.flows.dispatching.running import LineRow
from dianliang.flows.incidents.figures import Record
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

NOTICEABLE = timedelta(minutes=5)
"""A stop that moves by less was not changed."""
SUMMED = ("teams", "people", "shifts", "turnouts", "outreach")
"""What the page of the incident counts, and its review tells as well."""
STEPS: Mapping[str, str] = {
    **{f"mobilisation.resourcerequest.{row.verb}": row.label for row in REQUEST},
    **{f"key_customers.watch.{row.verb}": row.label for row in WATCH},
    "key_customers.watch.open": "开立供电跟踪",
    "work.plan.publish": "调度方案生效",
}
"""Events of the trail that belong to the story of an incident, beside its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened: `source` says where it is written down."""

    at: datetime
    words: str
    who: str
    source: str
    kind: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RankResult:
    """What came of the tasks of a grade; `off_min` is the median deviation of the arrivals."""

    label: str
    tasks: int
    planned: int
    done: int
    in_time: int
    late: int
    undone: int
    off_min: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A dispatch that was in force, and how much it changed of the one before."""

    number: str
    words: str
    published_at: datetime
    planned: int
    added: int
    removed: int
    moved: int
    retimed: int

    @property
    def changed(self) -> int:
        """Return how many stops are not what they were."""
        return self.added + self.removed + self.moved + self.retimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The review of an incident as of its end, or of now while it goes on."""

    incident: IncidentRow
    until: datetime
    is_over: bool
    timeline: tuple[Event, ...]
    figures: tuple[Figure, ...]
    ranks: tuple[RankResult, ...]
    turns: tuple[Turn, ...]
    lines: tuple[LineRow, ...]
    undone: tuple[Record, ...]
    reasons: tuple[tuple[str, int], ...]
    too_long: tuple[Stretch, ...]
    short_rests: tuple[ShortRest, ...]
    supply: Supply
    lessons: tuple[LessonRow, ...]
    may_note: bool

    @property
    def worst(self) -> tuple[datetime, int] | None:
        """Return when most customers had no power at all, and how many they were."""
        if not self.supply.points:
            return None
        point = max(self.supply.points, key=lambda one: one.total - one.served)
        return point.at, point.total - point.served


def review(*, number: str, by: Actor, at: datetime) -> Review:
    """Return the review of an incident.

    Raises:
        NotVisibleError: the actor does not follow it.
    """
    incident = access.incident_to_follow(number, by=by)
    may_lead = access.may_lead(incident, by=by)
    until = incident.ended_at or at
    asked = Asked(incident=incident, by=by, at=until, since=incident.opened_at)
    undone = _undone(incident)
    return Review(
        incident=row_of(incident),
        until=until,
        is_over=incident.ended_at is not None,
        timeline=timeline(incident, by=by),
        figures=tuple(known(asked, code) for code in SUMMED),
        ranks=_ranks(incident),
        turns=_turns(incident),
        lines=tuple(card.row for card in line_cards(incident, at=until)),
        undone=undone,
        reasons=tuple(Counter(record.cells[-1] for record in undone).most_common()),
        too_long=too_long(incident, at=until),
        short_rests=short_rests(incident),
        supply=supply(incident, by=by, at=until, is_named=False),
        lessons=tuple(
            lessons.rows(incident, may=may_lead, by=by, on=at.astimezone(SHANGHAI).date())
        ),
        may_note=may_lead,
    )


def timeline(incident: Incident, *, by: Actor) -> tuple[Event, ...]:
    """Return what happened in its order: the log, the reports, and steps from the trail."""
    told = [
        Event(
            at=row.happened_at,
            words=row.words,
            who=row.noted_by,
            source=Phrase("日志第 %(n)d 条", n=row.position),
            kind="log",
            key=str(row.position),
        )
        for row in log(incident)
        if row.corrected_by is None
    ]
    told += [
        Event(
            at=row.made_at,
            words=Phrase("第 %(n)d 期情况报告", n=row.position),
            who=row.made_by,
            source=row.number,
            kind="report",
            key=row.number,
        )
        for row in SituationReport.objects.filter(incident=incident).defer("body", "records")
    ]
    return tuple(sorted([*told, *_steps(incident, by=by)], key=lambda one: one.at))


def _steps(incident: Incident, *, by: Actor) -> Iterable[Event]:
    """Return what the trail says of the incident's requests, dispatches and watches. One query."""
    kinds = {
        "request": ResourceRequest.objects.filter(incident=incident).values_list(
            "number", flat=True
        ),
        "plan": Dispatch.objects.filter(incident=incident).values_list("plan__number", flat=True),
        "watch": [watch.number for watch in watches_of(incident, by=by)],
    }
    kind_of = {number: kind for kind, numbers in kinds.items() for number in numbers}
    rows = AuditEvent.objects.filter(
        verb__in=STEPS, target_id__in=kind_of, outcome=AuditEvent.Outcome.OK
    )
    for row in rows.order_by("pk"):
        step = {"step": Phrase(STEPS[row.verb]), "number": row.target_id}
        yield Event(
            at=row.at,
            words=Phrase("%(step)s %(number)s：%(why)s", **step, why=row.reason)
            if row.reason
            else Phrase("%(step)s %(number)s", **step),
            who=row.actor_name,
            source=Phrase("审计 %(n)d", n=row.pk),
            kind=kind_of[row.target_id],
            key=row.target_id,
        )


def _ranks(incident: Incident) -> tuple[RankResult, ...]:
    """Return by grade what was asked for, planned, done, done in time; three queries.

    What lies along a line is counted in kilometres, apart (`lines`).
    """
    rows = list(tasks.places_of(incident))
    live = tasks.in_force(incident)
    planned = set(live.plan.stops.values_list("job_id", flat=True)) if live else set[int]()
    visits = Visit.objects.filter(job__task__incident=incident, arrived_at__isnull=False)
    columns = ("job_id", "arrive_at", "arrived_at", "ended_at", "status")
    off: dict[int, float] = {}
    ended: dict[int, datetime] = {}
    for job, plan_at, arrived_at, ended_at, status in visits.values_list(*columns):
        off[job] = (arrived_at - plan_at).total_seconds() / 60
        if status == "DONE":
            ended[job] = ended_at
    return tuple(
        _rank(label, own, planned, off, ended)
        for code, label in RANKS
        if (own := [row for row in rows if row.rank == code])
    )


def _rank(
    label: str,
    rows: Sequence[Task],
    planned: set[int],
    off: Mapping[int, float],
    ended: Mapping[int, datetime],
) -> RankResult:
    done = [row for row in rows if row.job.status == "DONE"]
    in_time = [row for row in done if _is_in_time(row, ended)]
    offs = [off[row.job_id] for row in rows if row.job_id in off]
    return RankResult(
        label=label,
        tasks=len(rows),
        planned=sum(row.job_id in planned or row.job_id in ended for row in rows),
        done=len(done),
        in_time=len(in_time),
        late=len(done) - len(in_time),
        undone=len(rows) - len(done),
        off_min=round(median(offs)) if offs else None,
    )


def _is_in_time(row: Task, ended: Mapping[int, datetime]) -> bool:
    due = row.job.due_at
    at = ended.get(row.job_id) or row.job.done_at
    return due is None or at is None or at <= due


def _turns(incident: Incident) -> tuple[Turn, ...]:
    """Return the dispatches that were in force in their order, with what each changed."""
    found = list(
        Dispatch.objects.filter(incident=incident, plan__published_at__isnull=False)
        .select_related("plan")
        .order_by("plan__published_at", "pk")
    )
    stops: dict[int, dict[int, tuple[int, datetime]]] = {row.plan_id: {} for row in found}
    columns = ("plan_id", "job_id", "team_id", "start_at")
    places = PlannedStop.objects.filter(plan__in=stops, job__task__line=None)
    for plan, job, team, at in places.values_list(*columns):
        stops[plan][job] = (team, at)
    jobs = Task.objects.filter(incident=incident, job__done_at__isnull=False)
    done: dict[int, datetime] = {
        job: at for job, at in jobs.values_list("job_id", "job__done_at") if at is not None
    }
    turns = []
    before: Mapping[int, tuple[int, datetime]] | None = None
    for row in found:
        after, at = stops[row.plan_id], row.plan.published_at or row.plan.created_at
        open_before = {
            job: stop for job, stop in (before or after).items() if done.get(job, at) >= at
        }
        turns.append(_turn(row, open_before, after, at=at))
        before = after
    return tuple(turns)


def _turn(
    row: Dispatch,
    before: Mapping[int, tuple[int, datetime]],
    after: Mapping[int, tuple[int, datetime]],
    *,
    at: datetime,
) -> Turn:
    """Tell what a dispatch changed of the stops that were still open when it came into force."""
    both = before.keys() & after.keys()
    moved = {job for job in both if before[job][0] != after[job][0]}
    retimed = {job for job in both - moved if abs(before[job][1] - after[job][1]) >= NOTICEABLE}
    return Turn(
        number=row.plan.number,
        words=tasks.title_of(row),
        published_at=at,
        planned=len(after),
        added=len(after.keys() - before.keys()),
        removed=len(before.keys() - after.keys()),
        moved=len(moved),
        retimed=len(retimed),
    )


def _undone(incident: Incident) -> tuple[Record, ...]:
    """Return the tasks that nobody finished, each with why: the plan's reason, or the crew's."""
    rows = list(tasks.places_of(incident).exclude(job__status="DONE").order_by("pk"))
    live = tasks.in_force(incident)
    left = Unplanned.objects.filter(plan=live.plan) if live else Unplanned.objects.none()
    planned = {row.job_id: row for row in left.select_related("job__area", "job__task")}
    said = dict(
        Visit.objects.filter(job__task__incident=incident, status__in=["DECLINED", "UNMET"])
        .order_by("pk")
        .values_list("job_id", "reason")
    )
    labels = dict(RANKS)
    found = []
    for row in rows:
        if row.job_id in said:
            why, words = "队伍到不了或做不了", said[row.job_id]
        elif row.job_id in planned:
            found.append(left_record(planned[row.job_id]))
            continue
        elif row.job.status == "SCHEDULED":
            why, words = "已排给队伍，还没做完", clock(row.job.due_at)
        else:
            why, words = "没有进入生效的方案", ""
        cells = (row.job.title, labels[row.rank], row.job.area.name, words, why)
        found.append(Record(kind="task", key=row.job.number, cells=cells))
    return tuple(found)
