"""What a crew has done, does and does next under the dispatch in force, place by place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation.lines import Span
from dianliang.domain.mobilisation.models import Dispatch
from dianliang.domain.work.lifecycle import VISIT_LABELS
from dianliang.domain.work.models import PlannedStop, Visit
from dianliang.flows.dispatching.tasking import LABELS
from dianliang.flows.dispatching.tracks import Track
from dianliang.flows.planning.records import turned_of
from dianliang.flows.planning.terms import Terms, terms_of
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

PATIENCE = timedelta(minutes=15)
"""A crew that is so much later than planned is late."""
TONES = {"late": "晚了", "busy": "在途或在场", "next": "还没去", "done": "做完", "failed": "没做成"}
AHEAD = ("late", "busy", "next")
ORDINARY = "原有上门"
FAILED = ("DECLINED", "UNMET")


@dataclass(frozen=True, slots=True)
class _Row:
    """What is read of a visit: thousands of them make a map."""

    team__code: str
    plan_id: int | None
    job_id: int
    status: str
    arrive_at: datetime
    arrived_at: datetime | None
    ended_at: datetime | None
    job__number: str
    job__title: str
    job__lat: float
    job__lon: float
    job__due_at: datetime | None
    job__task__rank: str | None
    job__task__line_id: int | None
    job__task__from_m: float | None
    job__task__to_m: float | None


@dataclass(frozen=True, slots=True)
class Scene:
    """What crews are seen against: lines, parts done from their end on, metres of ways."""

    tracks: Mapping[int, Track]
    turned: frozenset[str]
    ways: Mapping[tuple[int | None, int], int]
    terms: Terms | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place on a crew's way, or a part of a line (`span`, in metres), and how it stands.

    A part lies where the crew begins with it; `exit` is where it is afterwards, `way_m` the planned
    way there.
    """

    number: str
    title: str
    rank: str
    rank_label: str
    tone: str
    tone_label: str
    status_label: str
    at: datetime
    due_at: datetime | None
    lat: float
    lon: float
    exit: GeoPoint
    way_m: int
    line: int | None
    span: Span

    @property
    def metres(self) -> float:
        """Return how long a part of a line is; a place has no length."""
        return self.span[1] - self.span[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A crew on its way: how far it is, where its work has brought it, what it carries.

    `done` and `left` count places. Of lines `line_done_m` is what it reported first, `line_left_m`
    what the plan still has for it. Ways are those that the plan reckoned with.
    """

    code: str
    name: str
    tone: str
    tone_label: str
    done: int
    left: int
    late: int
    line_done_m: float
    line_left_m: float
    way_done_m: int
    way_left_m: int
    now: Stop | None
    gear: tuple[str, ...]
    lat: float
    lon: float
    stops: tuple[Stop, ...]

    @property
    def line_done_km(self) -> float:
        """Return the kilometres that it reported, to ten metres."""
        return round(self.line_done_m / 1000, 2)

    @property
    def line_left_km(self) -> float:
        """Return the kilometres that the plan has for it, to ten metres."""
        return round(self.line_left_m / 1000, 2)

    @property
    def way_done_km(self) -> float:
        """Return the planned kilometres to places that it has done."""
        return round(self.way_done_m / 1000, 1)

    @property
    def way_left_km(self) -> float:
        """Return the planned kilometres to places that are left."""
        return round(self.way_left_m / 1000, 1)

    @property
    def ahead(self) -> tuple[Stop, ...]:
        """Return what it does and goes to next, in order."""
        return tuple(stop for stop in self.stops if stop.tone in AHEAD)

    @property
    def next_words(self) -> str:
        """Return the place it is at, or goes to next, as one would read it out."""
        return (
            f"{self.now.at.astimezone(SHANGHAI):%m-%d %H:%M} {self.now.title}" if self.now else ""
        )


def crews(
    incident: Incident,
    live: Dispatch | None,
    tracks: Mapping[int, Track],
    *,
    at: datetime,
    rank: str = "",
    code: str = "",
) -> Iterable[Crew]:
    """Yield the crews of the dispatch in force; what was done under earlier ones counts too."""
    if live is None:
        return
    rows = Visit.objects.filter(
        Q(plan=live.plan) | Q(job__task__incident=incident, status="DONE")
    ).exclude(status="WITHDRAWN")
    if rank:
        rows = rows.filter(job__task__rank=rank)
    teams = live.plan.teams.order_by("code")
    if code:
        rows, teams = rows.filter(team__code=code), teams.filter(code=code)
    own: dict[str, list[_Row]] = {}
    for values in rows.order_by("on", "arrive_at", "pk").values_list(*_Row.__slots__).iterator():
        row = _Row(*values)
        own.setdefault(row.team__code, []).append(row)
    plans = {row.plan_id for found in own.values() for row in found}
    legs = PlannedStop.objects.filter(plan__in=plans).values_list("plan_id", "job_id", "travel_m")
    seen = Scene(
        tracks=tracks,
        turned=turned_of(live.plan),
        ways={(plan, job): metres for plan, job, metres in legs.iterator()},
        terms=terms_of(live.plan.outcome),
        at=at,
    )
    told = {who for track in tracks.values() for who in track.told}
    for code_, name, lat, lon in teams.values_list("code", "name", "base_lat", "base_lon"):
        if own.get(code_) or code_ in told:
            yield crew_of((code_, name), GeoPoint(lat, lon), own.get(code_, ()), seen)


def crew_of(who: tuple[str, str], base: GeoPoint, rows: Sequence[_Row], seen: Scene) -> Crew:
    """Return a crew, by code and name, with what it has on its way; without rows it idles."""
    code, name = who
    stops = tuple(_stop(row, seen) for row in rows)
    done = [stop for stop in stops if stop.tone == "done"]
    ahead = [stop for stop in stops if stop.tone in AHEAD]
    tone = min((stop.tone for stop in ahead), key=list(TONES).index, default="done")
    place = _place(rows, stops) or base
    pieces = seen.terms.pieces.get(code, {}) if seen.terms else {}
    return Crew(
        code=code,
        name=name,
        tone=tone,
        tone_label=TONES[tone],
        done=sum(stop.line is None for stop in done),
        left=sum(stop.line is None for stop in ahead),
        late=sum(stop.tone == "late" for stop in stops),
        line_done_m=sum(track.told.get(code, 0.0) for track in seen.tracks.values()),
        line_left_m=sum(stop.metres for stop in ahead),
        way_done_m=sum(stop.way_m for stop in done),
        way_left_m=sum(stop.way_m for stop in ahead),
        now=ahead[0] if ahead else None,
        gear=tuple(f"{sort}：{'、'.join(numbers)}" for sort, numbers in pieces.items() if numbers),
        lat=place.lat,
        lon=place.lon,
        stops=stops,
    )


def _place(rows: Sequence[_Row], stops: Sequence[Stop]) -> GeoPoint | None:
    """Return where a crew's work has brought it: where it is at work, or was last."""
    there = [stop for row, stop in zip(rows, stops, strict=True) if row.status == "ARRIVED"]
    if there:
        return GeoPoint(there[-1].lat, there[-1].lon)
    done = [stop for stop in stops if stop.tone == "done"]
    return max(done, key=lambda stop: stop.at).exit if done else None


def _stop(row: _Row, seen: Scene) -> Stop:
    tone = _tone(row, at=seen.at)
    rank = row.job__task__rank or ""
    span = (row.job__task__from_m or 0.0, row.job__task__to_m or 0.0)
    start = end = GeoPoint(row.job__lat, row.job__lon)
    track = seen.tracks.get(row.job__task__line_id or 0)
    if track is not None:
        ends = span[::-1] if row.job__number in seen.turned else span
        start, end = track.at(ends[0]), track.at(ends[1])
    return Stop(
        number=row.job__number,
        title=row.job__title,
        rank=rank,
        rank_label=LABELS.get(rank, ORDINARY),
        tone=tone,
        tone_label=TONES[tone],
        status_label=VISIT_LABELS[row.status],
        at=row.ended_at or row.arrived_at or row.arrive_at,
        due_at=row.job__due_at,
        lat=start.lat,
        lon=start.lon,
        exit=end,
        way_m=seen.ways.get((row.plan_id, row.job_id), 0),
        line=row.job__task__line_id,
        span=span,
    )


def _tone(row: _Row, *, at: datetime) -> str:
    """Tell how a place stands: late is one that nobody is at, past its plan or its time limit."""
    if row.status == "DONE":
        return "done"
    if row.status in FAILED:
        return "failed"
    due = row.job__due_at
    is_late = at > row.arrive_at + PATIENCE or (due is not None and at > due)
    if row.status == "ARRIVED":
        return "busy"
    if is_late:
        return "late"
    return "busy" if row.status == "EN_ROUTE" else "next"
