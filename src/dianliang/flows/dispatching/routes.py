"""The routes in force on a map (路线图): what each crew has done, does and does next.

A crew is drawn where its work has brought it, not where its phones are: nobody's place is read. A
province has thousands of places to go to, so the map gets of each crew the next few, and of all
others a point each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.queries.incidents import IncidentRow, row_of
from dianliang.domain.mobilisation import tasks
from dianliang.domain.mobilisation.models import Dispatch
from dianliang.domain.work.lifecycle import VISIT_LABELS
from dianliang.domain.work.models import Visit
from dianliang.flows.dispatching import terms as scene
from dianliang.flows.dispatching.tasking import LABELS
from dianliang.flows.planning.terms import Terms, terms_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

PATIENCE = timedelta(minutes=15)
"""A crew that is so much later than planned is late."""
TONES = {"late": "晚了", "busy": "在途或在场", "next": "还没去", "done": "做完", "failed": "没做成"}
AHEAD = ("late", "busy", "next")
ORDINARY = "原有上门"
MOST_NEXT, MOST_POINTS = 4, 6000
"""What the map gets: the next places of each crew, and points in all, those to be done first."""
UNDER_WAY, OPEN, FAILED = ("EN_ROUTE", "ARRIVED"), ("SCHEDULED", "ACCEPTED"), ("DECLINED", "UNMET")


@dataclass(frozen=True, slots=True)
class _Row:
    """What is read of a visit: thousands of them make a map."""

    team__code: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place on a crew's way, and how it stands."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A crew on its way: how far it is, where its work has brought it, what it carries."""

    code: str
    name: str
    tone: str
    tone_label: str
    done: int
    left: int
    late: int
    now: Stop | None
    gear: tuple[str, ...]
    lat: float
    lon: float
    stops: tuple[Stop, ...]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteMap:
    """The routes in force of an incident, as a filter leaves them."""

    incident: IncidentRow
    plan: str
    at: datetime
    crews: tuple[Crew, ...]
    counts: Mapping[str, int]

    def drawn(self) -> dict[str, Any]:
        """Return what the map draws: bounded, however many crews and places there are."""
        place = {crew.code: n for n, crew in enumerate(self.crews)}
        order = list(TONES)
        points = [
            (order.index(stop.tone), place[crew.code], round(stop.lat, 4), round(stop.lon, 4))
            for crew in self.crews
            for stop in crew.stops
        ]
        points.sort(key=lambda point: point[0])
        return {
            "tones": order,
            "crews": [_drawn(crew) for crew in self.crews],
            "points": points[:MOST_POINTS],
            "left_off": max(0, len(points) - MOST_POINTS),
        }


def _drawn(crew: Crew) -> dict[str, Any]:
    return {
        "code": crew.code,
        "name": crew.name,
        "tone": crew.tone,
        "at": [round(crew.lat, 5), round(crew.lon, 5)],
        "next": [
            [
                round(stop.lat, 5),
                round(stop.lon, 5),
                stop.tone,
                f"{stop.at.astimezone(SHANGHAI):%H:%M} {stop.title}",
            ]
            for stop in crew.ahead[:MOST_NEXT]
        ],
    }


def route_map(
    *, number: str, by: Actor, at: datetime, rank: str = "", tone: str = "", words: str = ""
) -> RouteMap:
    """Return the routes in force, of crews that a filter leaves; five queries.

    `rank` leaves only places of that grade, `tone` crews that stand so, `words` crews of that name.

    Raises:
        NotVisibleError: the actor does not lead the incident.
    """
    incident = access.incident_to_lead(number, by=by)
    live = tasks.in_force(incident)
    found = [
        crew
        for crew in _crews(incident, live, at=at, rank=rank)
        if words in f"{crew.code}{crew.name}" and tone in {"", crew.tone}
    ]
    counts = dict.fromkeys(TONES, 0)
    for crew in found:
        for stop in crew.stops:
            counts[stop.tone] += 1
    return RouteMap(
        incident=row_of(incident),
        plan=live.plan.number if live else "",
        at=at,
        crews=tuple(found),
        counts=counts,
    )


def crew_route(*, number: str, code: str, by: Actor, at: datetime) -> Crew:
    """Return the whole route in force of one crew; without one it has no places to go to.

    Raises:
        NotVisibleError: the actor does not lead the incident, or the crew does not work on it.
    """
    incident = access.incident_to_lead(number, by=by)
    for crew in _crews(incident, tasks.in_force(incident), at=at, code=code):
        return crew
    idle = next((team for team in scene.teams_for(incident) if team.code == code), None)
    if idle is None:
        raise NotVisibleError("没有找到这支队伍的路线。")
    return _crew((idle.code, idle.name), (idle.base_lat, idle.base_lon), (), None, at=at)


def _crews(
    incident: Incident, live: Dispatch | None, *, at: datetime, rank: str = "", code: str = ""
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
    terms = terms_of(live.plan.outcome)
    for code_, name, lat, lon in teams.values_list("code", "name", "base_lat", "base_lon"):
        if own.get(code_):
            yield _crew((code_, name), (lat, lon), own[code_], terms, at=at)


def _crew(
    who: tuple[str, str],
    base: tuple[float, float],
    rows: Sequence[_Row],
    terms: Terms | None,
    *,
    at: datetime,
) -> Crew:
    code, name = who
    stops = tuple(_stop(row, at=at) for row in rows)
    done = [row for row in rows if row.status == "DONE"]
    there = [row for row in rows if row.status == "ARRIVED"] or sorted(
        done, key=lambda row: row.ended_at or row.arrive_at
    )
    lat, lon = (there[-1].job__lat, there[-1].job__lon) if there else base
    ahead = [stop for stop in stops if stop.tone in AHEAD]
    tone = min((stop.tone for stop in ahead), key=list(TONES).index, default="done")
    return Crew(
        code=code,
        name=name,
        tone=tone,
        tone_label=TONES[tone],
        done=len(done),
        left=len(ahead),
        late=sum(stop.tone == "late" for stop in stops),
        now=ahead[0] if ahead else None,
        gear=tuple(
            f"{sort}：{'、'.join(numbers)}"
            for sort, numbers in (terms.pieces.get(code, {}) if terms else {}).items()
            if numbers
        ),
        lat=lat,
        lon=lon,
        stops=stops,
    )


def _stop(row: _Row, *, at: datetime) -> Stop:
    tone = _tone(row, at=at)
    rank = row.job__task__rank or ""
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
        lat=row.job__lat,
        lon=row.job__lon,
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
