"""How far work along the lines of an incident is, who does which kilometres, and until when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation import lines as written
from dianliang.domain.mobilisation.forecasting import Forecast, Pace, Turn, forecast
from dianliang.domain.mobilisation.lines import joined, words_of
from dianliang.domain.mobilisation.models import LineReport, LineWork, Task
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Plan, PlannedStop, Unplanned, Visit
from dianliang.flows.planning.terms import Terms, terms_of
from dianliang.kernel.phrases import Phrase, phrase_of
from dianliang.kernel.phrases import joined as sentences

LEAST_PACE_H = 0.5
"""A shift that has worked for less says nothing of its pace yet."""
CREWS_HELP = frozenset({"full", "hours", "not_worth", "no_team", "lunch"})
"""Only where time runs out do more crews like these help; none reaches what is cut off."""
Lane = tuple[str, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchRow:
    """What a crew does of a line in one shift: neighbouring parts in one go."""

    words: str
    km: float
    team: str
    code: str
    on: date
    start_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """Neighbouring kilometres that nobody does: why, and the cheapest that would help."""

    words: str
    km: float
    person_hours: float
    reasons: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """What a crew has reported of a line, and still stands."""

    id: int
    words: str
    team: str
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A line of an incident as it stands at an instant, under one of its plans; metres."""

    at: datetime
    number: str
    title: str
    rank: str
    length_m: float
    done_m: float
    planned_m: float
    due_at: datetime
    rate: float
    people: int
    done: tuple[str, ...]
    stretches: tuple[StretchRow, ...]
    gaps: tuple[GapRow, ...]
    forecast: Forecast | None
    cancelled_at: datetime | None
    reports: tuple[ReportRow, ...]

    @property
    def done_share(self) -> float:
        """Return which share of the length is reported as done."""
        return self.done_m / self.length_m

    @property
    def length_km(self) -> float:
        """Return how long the line is, in kilometres."""
        return self.length_m / 1000

    @property
    def done_km(self) -> float:
        """Return how many kilometres are reported as done."""
        return self.done_m / 1000

    @property
    def left_m(self) -> float:
        """Return how much is still to be done."""
        return max(0.0, self.length_m - self.done_m)

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to do something of it."""
        return self.cancelled_at is None and self.left_m >= 1

    @property
    def is_overdue(self) -> bool:
        """Tell whether its time is over and it is not done, whatever is planned."""
        return self.is_open and self.at > self.due_at

    @property
    def is_late(self) -> bool:
        """Tell whether it is not done by its time, or more likely than not will not be."""
        is_slow = self.forecast is not None and self.forecast.middle > self.due_at
        return self.is_overdue or (self.is_open and is_slow)


@dataclass(frozen=True, slots=True)
class _Stop:
    """A stop of a crew's shift, and which metres of which line it is, if any."""

    code: str
    name: str
    on: date
    start: datetime
    end: datetime
    line: int | None
    from_m: float
    to_m: float


def lines(incident: Incident, *, plan: Plan | None, at: datetime) -> tuple[LineRow, ...]:
    """Return the lines of an incident under a plan of it; the number of queries does not grow."""
    works = written.of(incident)
    if not works:
        return ()
    stops = _stops(plan, at=at) if plan else []
    terms = terms_of(plan.outcome) if plan else None
    lanes = (plan.outcome or {}).get("lanes", ()) if plan else ()
    reports: dict[int, list[LineReport]] = {}
    for one in LineReport.objects.filter(line__in=works).select_related("team"):
        reports.setdefault(one.line_id, []).append(one)
    paces = _paces(works, reports, at=at)
    left = list(plan.unplanned.select_related("job__task")) if plan else []
    return tuple(
        _row(work, stops, reports.get(work.pk, []), left, terms, lanes, paces[work.pk], at=at)
        for work in works
    )


def _row(
    work: LineWork,
    stops: Sequence[_Stop],
    told: Sequence[LineReport],
    left: Sequence[Unplanned],
    terms: Terms | None,
    lanes: Iterable[Mapping[str, Any]],
    paces: Sequence[Pace],
    *,
    at: datetime,
) -> LineRow:
    own = [stop for stop in stops if stop.line == work.pk]
    spans = joined((one.from_m, one.to_m) for one in told)
    done_m = sum(end - begin for begin, end in spans)
    turns = _turns(work, stops, terms, lanes, at=at)
    return LineRow(
        at=at,
        number=work.number,
        title=work.title,
        rank=work.rank,
        length_m=work.length_m,
        done_m=done_m,
        planned_m=sum(stop.to_m - stop.from_m for stop in own),
        due_at=work.due_at,
        rate=work.km_per_person_day,
        people=work.people,
        done=tuple(words_of(begin, end) for begin, end in spans),
        stretches=_stretches(own),
        gaps=_gaps(work, left),
        forecast=None if work.cancelled_at else forecast(work.length_m - done_m, turns, paces),
        cancelled_at=work.cancelled_at,
        reports=tuple(
            ReportRow(
                id=one.pk,
                words=words_of(one.from_m, one.to_m),
                team=one.team.name,
                told_at=one.told_at,
            )
            for one in told
        ),
    )


def _stops(plan: Plan, *, at: datetime) -> list[_Stop]:
    """Return the stops of a plan that are still ahead, in the order of each crew's shifts.

    Each begins when its crew gets there, as on the phone and in the list of what changes. What a
    crew accepted under an earlier plan stays as that one told it, and belongs to this one.
    """
    if plan.status == "PUBLISHED":
        rows: Any = Visit.objects.filter(job__in=plan.jobs.all(), status__in=VISIT_OPEN)
    else:
        rows = PlannedStop.objects.filter(plan=plan, depart_at__gt=at)
    columns = ("team__code", "team__name", "on", "arrive_at", "depart_at")
    parts = ("job__task__line", "job__task__from_m", "job__task__to_m")
    found = rows.order_by("team__code", "on", "sequence").values_list(*columns, *parts)
    return [_Stop(*row) for row in found]


def _stretches(stops: Sequence[_Stop]) -> tuple[StretchRow, ...]:
    """Join parts of a shift that lie side by side, whichever way the crew walks them."""
    shifts: dict[Lane, list[_Stop]] = {}
    for stop in stops:
        shifts.setdefault((stop.code, stop.on), []).append(stop)
    found: list[StretchRow] = []
    for own in shifts.values():
        for begin, end in joined((stop.from_m, stop.to_m) for stop in own):
            inside = [stop for stop in own if begin <= stop.from_m < end]
            found.append(
                StretchRow(
                    words=words_of(begin, end),
                    km=(end - begin) / 1000,
                    team=own[0].name,
                    code=own[0].code,
                    on=own[0].on,
                    start_at=min(stop.start for stop in inside),
                    end_at=max(stop.end for stop in inside),
                )
            )
    return tuple(sorted(found, key=lambda row: (row.start_at, row.code)))


def _gaps(work: LineWork, left: Sequence[Unplanned]) -> tuple[GapRow, ...]:
    """Join parts that a plan leaves out; of their fixes the cheapest is offered."""
    out: list[tuple[Task, Unplanned]] = []
    for row in left:
        task: Task | None = getattr(row.job, "task", None)
        if task and task.line_id == work.pk and row.job.status in {"OPEN", "SCHEDULED"}:
            out.append((task, row))
    found: list[GapRow] = []
    for begin, end in joined((t.from_m or 0.0, t.to_m or 0.0) for t, _ in out):
        own = [row for t, row in out if begin <= (t.from_m or 0.0) < end]
        reasons = dict.fromkeys(phrase_of(one["words"]) for row in own for one in row.reasons[:1])
        fixes = sorted(
            (fix for row in own for fix in (row.fix, *row.other_fixes) if fix),
            key=lambda fix: fix["price_s"],
        )
        hours = (end - begin) / 1e6 * work.s_per_km * work.people / 3.6
        found.append(
            GapRow(
                words=words_of(begin, end),
                km=(end - begin) / 1000,
                person_hours=hours,
                reasons=sentences("；", list(reasons)[:3]),
                help=_help(
                    work,
                    hours,
                    phrase_of(fixes[0]["words"]) if fixes else "",
                    parts=len(own),
                    is_short={r.get("code") for row in own for r in row.reasons[:1]} <= CREWS_HELP,
                ),
            )
        )
    return tuple(found)


def _help(work: LineWork, person_hours: float, fix: str, *, parts: int, is_short: bool) -> str:
    """Say what would do: the cheapest change for one part, so many crews for a shift for all.

    Crews are counted only where it is crews' time that is short (`is_short`).
    """
    if not is_short or (fix and parts == 1):
        return fix
    count = ceil(person_hours / (work.people * work.day_h))
    whole = Phrase(
        "再有 %(n)d 支队伍各上一班就能做完（每队 %(people)d 人、在线上 %(h)s 小时）",
        n=count,
        people=work.people,
        h=f"{work.day_h:g}",
    )
    return Phrase("%(whole)s；只多做一段：%(fix)s", whole=whole, fix=fix) if fix else whole


def _turns(
    work: LineWork,
    stops: Sequence[_Stop],
    terms: Terms | None,
    lanes: Iterable[Mapping[str, Any]],
    *,
    at: datetime,
) -> list[Turn]:
    """Return when crews are still on a line: from their first part until they must go home.

    A crew that also does other things gives the line the share of its time that the plan does.
    """
    home = {
        (lane["team"], date.fromisoformat(lane["on"])): datetime.fromisoformat(lane["return_at"])
        for lane in lanes
        if lane.get("return_at")
    }
    shifts: dict[Lane, list[_Stop]] = {}
    for stop in stops:
        shifts.setdefault((stop.code, stop.on), []).append(stop)
    found: list[Turn] = []
    for lane, own in shifts.items():
        mine = [stop for stop in own if stop.line == work.pk]
        if not mine:
            continue
        last = max(stop.end for stop in own)
        window = terms.windows.get(lane) if terms else None
        way = max(home[lane] - last, last - last) if lane in home else last - last
        end = max(last, window.end - way) if window else last
        start = max(at, min(stop.start for stop in mine))
        found.append(Turn(start=start, end=end, m_per_h=_share(own, mine) * _m_per_h(work)))
    return found


def _share(own: Sequence[_Stop], mine: Sequence[_Stop]) -> float:
    """Return which share of the work of a shift is a line's."""
    whole = sum((stop.end - stop.start).total_seconds() for stop in own)
    return sum((stop.end - stop.start).total_seconds() for stop in mine) / whole if whole else 1.0


def _m_per_h(work: LineWork) -> float:
    return 3.6e6 / work.s_per_km


def _paces(
    works: Sequence[LineWork], reports: Mapping[int, Sequence[LineReport]], *, at: datetime
) -> dict[int, list[Pace]]:
    """Return the reported shifts of each line: what was done from its first part to its last word.

    What came after a crew's last report counts when it reports again.
    """
    rows = Visit.objects.filter(job__task__line__in=works, arrive_at__lte=at)
    first: dict[tuple[int, int, date], datetime] = {}
    columns = ("job__task__line", "team", "on", "arrived_at", "arrive_at")
    for line, team, on, arrived, planned in rows.values_list(*columns):
        key = (line, team, on)
        first[key] = min(first.get(key, arrived or planned), arrived or planned)
    found: dict[int, list[Pace]] = {}
    for work in works:
        shifts: dict[tuple[int, date], list[LineReport]] = {}
        for one in reports.get(work.pk, ()):
            shifts.setdefault((one.team_id, one.on), []).append(one)
        found[work.pk] = [
            Pace(done_m=sum(one.new_m for one in own), planned_m=hours * _m_per_h(work))
            for (team, on), own in shifts.items()
            if (began := first.get((work.pk, team, on)))
            and (hours := _hours(began, own)) >= LEAST_PACE_H
        ]
    return found


def _hours(began: datetime, told: Sequence[LineReport]) -> float:
    return (max(one.told_at for one in told) - began).total_seconds() / 3600
