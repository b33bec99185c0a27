"""What a commander reads: the dispatches of an incident, and one of them with all its answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from dianliang.core.models import BackgroundJob
from dianliang.core.waiting import note_of
from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.queries.incidents import IncidentRow, row_of
from dianliang.domain.mobilisation import tasks
from dianliang.domain.mobilisation.models import Dispatch, Task
from dianliang.domain.work.lifecycle import PLAN
from dianliang.domain.work.models import Plan, Unplanned, Visit
from dianliang.domain.work.queries.plan_page import FIX_LABELS
from dianliang.flows.dispatching import running
from dianliang.flows.dispatching.board import METRES, DispatchRow, dispatch_row, rows_of
from dianliang.flows.dispatching.drafting import dispatch_to_follow
from dianliang.flows.dispatching.forcing import Forcing, forcing
from dianliang.flows.dispatching.running import LineRow
from dianliang.flows.dispatching.tasking import LABELS
from dianliang.flows.planning import difference
from dianliang.flows.planning.difference import PlanChange
from dianliang.flows.planning.happened import happened_from
from dianliang.flows.planning.sorts import sort_words
from dianliang.flows.planning.terms import Terms, terms_of
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase, joined, phrase_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftRow:
    """A task that a dispatch leaves out: why, and what would help, in the commander's words."""

    number: str
    title: str
    rank: str
    rank_label: str
    area_name: str
    due_at: datetime | None
    reasons: str
    help: str
    help_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """So many more pieces would do: where, of what, until when."""

    place: str
    sort: str
    count: int
    until: datetime | None
    kind: str
    least: float | None
    lat: float
    lon: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewRow:
    """What one team does: shifts, stops, gear, where it gathers, why it does no more."""

    code: str
    name: str
    shifts: tuple[str, ...]
    stops: int
    done: int
    first_at: datetime | None
    last_at: datetime | None
    gear: tuple[tuple[str, tuple[str, ...]], ...]
    place: str
    limited: str

    @property
    def gear_words(self) -> tuple[str, ...]:
        """Return the gear as one would read it out."""
        return tuple(f"{sort}：{'、'.join(numbers)}" for sort, numbers in self.gear)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One dispatch with all that is said about it."""

    row: DispatchRow
    incident: IncidentRow
    revision: int
    verbs: frozenset[str]
    may_lead: bool
    error: str
    progress_share: float
    progress_note: str
    solved_s: float
    ways: str
    happened: tuple[str, ...]
    kept: tuple[str, ...]
    """What crews had set out for when it was put in force, and what stayed theirs."""
    caught_up: int
    """Crews whose times were laid out again because the draft had waited."""
    most_changes: int
    forced: int
    delayed: int
    """Visits that stay with their crew and begin later."""
    chosen: int
    left: tuple[LeftRow, ...]
    shortages: tuple[Shortage, ...]
    lines: tuple[LineRow, ...]
    crews: tuple[CrewRow, ...]
    curve: tuple[tuple[str, int, int], ...]
    cuts: tuple[str, ...]
    live: str
    beside: DispatchRow | None
    """The dispatch in force, where this one could take its place."""
    pieces: tuple[tuple[str, str], ...]
    forcing: Forcing
    ordinary: int
    """Jobs in it that are no tasks: what the teams had to do anyway."""


@dataclass(frozen=True, slots=True)
class _Stop:
    """What is read of a line: thousands of them make a page."""

    team__code: str
    job_id: int
    start_at: datetime
    depart_at: datetime
    late_s: int
    part_m: float | None
    """How many metres of a line it is."""


def page(*, number: str, by: Actor, at: datetime) -> Page:
    """Return one dispatch. The number of queries does not grow with it.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
    """
    found = dispatch_to_follow(number, by=by)
    plan, incident = found.plan, found.incident
    outcome = plan.outcome or {}
    terms = terms_of(outcome)
    background = BackgroundJob.objects.filter(pk=plan.background_job_id or 0).first()
    told = plan.stops.annotate(part_m=METRES).values_list(*_Stop.__slots__)
    stops = [_Stop(*row) for row in told]
    left = list(plan.unplanned.select_related("job__area", "job__task__kind"))
    places = [row for row in left if not _is_part(row)]
    live = tasks.in_force(incident)
    repair = outcome.get("repair", {})
    names = {team.code: team.name for team in plan.teams.all()}
    return Page(
        row=_row(found, stops, left),
        incident=row_of(incident),
        revision=plan.revision,
        verbs=frozenset(t.verb for t in PLAN.verbs(plan.status, role=Role(by.role))),
        may_lead=access.may_lead(incident, by=by),
        error=outcome.get("error", "") if plan.status == "FAILED" else "",
        progress_share=background.progress_share if background else 0.0,
        progress_note=note_of(background),
        solved_s=outcome.get("solved_s", 0.0),
        ways=outcome.get("ways", ""),
        happened=tuple(phrase_of(one) for one in repair.get("words", ())),
        kept=tuple(outcome.get("kept", ())),
        caught_up=len(outcome.get("caught_up", ())),
        most_changes=repair.get("most_changes", 0),
        forced=len(repair.get("forced", ())),
        delayed=len(repair.get("delayed", ())),
        chosen=len(repair.get("chosen", ())),
        left=_left(places, names),
        shortages=_shortages(left),
        lines=running.lines(incident, plan=plan, at=at),
        crews=_crews(plan, stops, names, terms),
        curve=_curve(incident, stops),
        cuts=tuple(cut.words for cut in happened_from(outcome).cuts),
        live=live.plan.number if live else "",
        beside=rows_of([live])[0] if live and plan.status == "READY" else None,
        pieces=_pieces(terms, names),
        forcing=forcing(number),
        ordinary=plan.jobs.filter(task=None).count(),
    )


def _row(found: Dispatch, stops: Sequence[_Stop], left: Sequence[Unplanned]) -> DispatchRow:
    places = [row for row in left if not _is_part(row)]
    return dispatch_row(
        found,
        {
            "n": sum(s.part_m is None for s in stops),
            "metres": sum(s.part_m or 0.0 for s in stops),
            "late": sum(s.late_s > 0 for s in stops),
            "first": min((s.start_at for s in stops), default=None),
            "last": max((s.depart_at for s in stops), default=None),
        },
        {
            "n": len(places),
            "musts": sum(row.job.priority == "must" for row in places),
            "metres": _metres(left),
        },
    )


def changes(*, number: str, by: Actor) -> tuple[PlanChange, ...]:
    """Return what putting a dispatch in force would change for the crews, with causes.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
    """
    dispatch_to_follow(number, by=by)
    return difference.differences(number=number, by=by)


def _left(rows: Iterable[Unplanned], names: Mapping[str, str]) -> tuple[LeftRow, ...]:
    order = list(LABELS)
    found = [
        LeftRow(
            number=row.job.number,
            title=row.job.title,
            rank=_rank_of(row),
            rank_label=LABELS[_rank_of(row)],
            area_name=row.job.area.name,
            due_at=row.job.due_at,
            reasons=joined("；", (phrase_of(reason["words"]) for reason in row.reasons)),
            help=_help(row, names),
            help_label=FIX_LABELS.get(row.fix["kind"], "") if row.fix else "",
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda row: (order.index(row.rank), row.number)))


def _task_of(row: Unplanned) -> Task | None:
    return getattr(row.job, "task", None)


def _is_part(row: Unplanned) -> bool:
    task = _task_of(row)
    return task is not None and task.line_id is not None


def _metres(rows: Iterable[Unplanned]) -> float:
    parts = [task for row in rows if (task := _task_of(row)) and task.line_id is not None]
    return sum((task.to_m or 0.0) - (task.from_m or 0.0) for task in parts)


def _rank_of(row: Unplanned) -> str:
    task = _task_of(row)
    return task.rank if task else "other"


def _help(row: Unplanned, names: Mapping[str, str]) -> str:
    """Return the cheapest way to serve a task, as it would be said on the telephone."""
    fix = row.fix
    if not fix:
        return ""
    start = _clock(fix.get("start_at"))
    if fix["kind"] == "gear":
        team = names.get(fix["team_id"], fix["team_id"])
        what = joined(
            "、",
            (
                Phrase("一件%(gear)s", gear=sort_words(item.partition("×")[0]))
                for item in fix["items"]
            ),
        )
        told = {"place": row.job.area.name, "what": what, "team": team}
        if start:
            return Phrase(
                "%(place)s再有%(what)s，%(until)s 前交给%(team)s就能送上", until=start, **told
            )
        return Phrase("%(place)s再有%(what)s，交给%(team)s就能送上", **told)
    return phrase_of(fix["words"])


def _clock(text: str | None) -> str:
    return f"{datetime.fromisoformat(text).astimezone(SHANGHAI):%m-%d %H:%M}" if text else ""


def _shortages(rows: Iterable[Unplanned]) -> tuple[Shortage, ...]:
    """Return what gear would serve what is left out for want of it, by township and sort."""
    groups: dict[tuple[str, str], list[tuple[Unplanned, Task]]] = {}
    for row in rows:
        task: Task | None = getattr(row.job, "task", None)
        codes = {reason.get("code") for reason in row.reasons}
        is_short = bool(row.fix and row.fix["kind"] == "gear") or codes & {"no_gear", "gear_out"}
        if task is not None and task.kind is not None and is_short:
            sort = tasks.sort_of(task.kind, task.least_capacity)
            groups.setdefault((row.job.area.name, sort), []).append((row, task))
    return tuple(_shortage(place, sort, found) for (place, sort), found in sorted(groups.items()))


def _shortage(place: str, sort: str, found: Sequence[tuple[Unplanned, Task]]) -> Shortage:
    count = sum(task.quantity for _, task in found)
    starts = [row.fix["start_at"] for row, _ in found if row.fix and row.fix.get("start_at")]
    dues = [row.job.due_at for row, _ in found if row.job.due_at]
    until = min(
        (datetime.fromisoformat(start) for start in starts), default=min(dues, default=None)
    )
    row, task = found[0]
    told = {"place": place, "n": count, "gear": sort_words(sort), "tasks": len(found)}
    return Shortage(
        place=place,
        sort=sort,
        count=count,
        until=until,
        kind=task.kind.code if task.kind else "",
        least=task.least_capacity,
        lat=row.job.lat,
        lon=row.job.lon,
        words=Phrase(
            "%(place)s再有 %(n)d 件%(gear)s，%(until)s 前到，就能做 %(tasks)d 项任务",
            until=f"{until.astimezone(SHANGHAI):%m-%d %H:%M}",
            **told,
        )
        if until
        else Phrase("%(place)s再有 %(n)d 件%(gear)s，就能做 %(tasks)d 项任务", **told),
    )


def _crews(
    plan: Plan, stops: Sequence[_Stop], names: Mapping[str, str], terms: Terms | None
) -> tuple[CrewRow, ...]:
    own: dict[str, list[_Stop]] = {}
    for stop in stops:
        own.setdefault(stop.team__code, []).append(stop)
    done = dict(
        Visit.objects.filter(job__in=plan.jobs.all(), status="DONE")
        .values_list("team__code")
        .order_by("team__code")
        .annotate(n=Count("pk"))
    )
    shifts: dict[str, list[str]] = {}
    for (code, _), span in sorted(terms.windows.items(), key=lambda one: one[1]) if terms else ():
        shifts.setdefault(code, []).append(_shift_words(span))
    return tuple(
        CrewRow(
            code=code,
            name=name,
            shifts=tuple(shifts.get(code, ())),
            stops=len(own.get(code, ())),
            done=done.get(code, 0),
            first_at=min((s.start_at for s in own.get(code, ())), default=None),
            last_at=max((s.depart_at for s in own.get(code, ())), default=None),
            gear=tuple(
                (sort, numbers)
                for sort, numbers in (terms.pieces.get(code, {}) if terms else {}).items()
                if numbers
            ),
            place=terms.places[code][0] if terms and code in terms.places else "",
            limited=terms.limited.get(code, "") if terms else "",
        )
        for code, name in sorted(names.items())
    )


def _shift_words(span: TimeWindow) -> str:
    begin, end = (at.astimezone(SHANGHAI) for at in (span.start, span.end))
    return f"{begin:%m-%d %H:%M}–{'次日 ' if begin.date() != end.date() else ''}{end:%H:%M}"


def _pieces(terms: Terms | None, names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the gear that teams carry, as a form offers it: number, and with whom."""
    return tuple(
        (number, f"{number} {sort}（{names.get(code, code)}）")
        for code, sorts in (terms.pieces if terms else {}).items()
        for sort, numbers in sorts.items()
        for number in numbers
    )


def _curve(incident: Incident, stops: Sequence[_Stop]) -> tuple[tuple[str, int, int], ...]:
    """Return hour by hour how many tasks are done as planned, and how many were done so far."""
    if not stops:
        return ()
    done = Visit.objects.filter(job__task__incident=incident, status="DONE", ended_at__isnull=False)
    ended = {job: at for job, at in done.values_list("job_id", "ended_at") if at}
    before = [at for job, at in ended.items() if job not in {stop.job_id for stop in stops}]
    ends = [*before, *(stop.depart_at for stop in stops)]
    hour = min([*ends, *(stop.start_at for stop in stops)])
    hour, last, found = hour.replace(minute=0, second=0, microsecond=0), max(ends), []
    while hour < last:
        hour += timedelta(hours=1)
        planned, real = (sum(at <= hour for at in ats) for ats in (ends, ended.values()))
        found.append((f"{hour.astimezone(SHANGHAI):%m-%d %H:%M}", planned, real))
    return tuple(found)
