"""A problem in the words that every peer understands, and a peer's sequences as one of our plans.

Whole seconds since the first shift begins. A shift of a team is a vehicle. What a peer has no word
for is relaxed here, once for all of them, and `relaxations` says so in words.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from benchmarks.routing.directions import directed
from benchmarks.routing.instances import REQUIRED
from dianliang.engines.routing import Job, Plan, Problem, Route, Shift, Stop, Team, Unassigned
from dianliang.engines.routing._render import objective_of
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

Key = tuple[str, int]
Sequences = dict[Key, list[str]]
"""Job ids in the order in which a team serves them on a shift."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A job: its spans are of the begin, what it needs are skills and, in a series, its day."""

    id: str
    place: int
    service_s: int
    spans: tuple[tuple[int, int], ...]
    needs: frozenset[str]
    load: tuple[int, ...]
    worth: int
    due: int | None

    @property
    def is_required(self) -> bool:
        """Whether a family forbids to leave it out."""
        return self.worth >= REQUIRED


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A team's shift."""

    start: int
    end: int
    opens: int
    closes: int
    has: frozenset[str]
    room: tuple[int, ...]
    longest_s: int | None
    price: int


@dataclass(frozen=True, slots=True)
class Plain:
    """What a peer is given: travel seconds, errands, vehicles and whose they are."""

    seconds: NDArray[np.int64]
    errands: tuple[Errand, ...]
    vehicles: tuple[Vehicle, ...]
    keys: tuple[Key, ...]
    late_per_s: int

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every skill or day that some errand needs, in a fixed order."""
        return tuple(sorted({token for errand in self.errands for token in errand.needs}))


def unspeakable(problem: Problem) -> tuple[str, ...]:
    """Return what no peer here is given in any form; such a problem is not compared."""
    shifts = [shift for team in problem.teams for shift in team.shifts]
    found = {
        "linked jobs": bool(problem.links),
        "locks": bool(problem.locks),
        "lunch": any(shift.lunch for shift in shifts),
        "overtime": any(shift.overtime_limit_s for shift in shifts),
        "hours over several shifts": any(team.total_limit_s for team in problem.teams),
        "balance": problem.weights.balance > 0,
        "series without patterns": any(not series.patterns for series in problem.series),
        "work along lines": any(job.ends_at for job in problem.jobs),
        "gear brought back": any(job.returns for job in problem.jobs),
        "areas, levels or named teams": any(
            job.area or job.levels or job.allowed_teams or job.forbidden_teams
            for job in problem.jobs
        ),
    }
    return tuple(name for name, is_there in found.items() if is_there)


def relaxations(problem: Problem, *, has_soft_promises: bool) -> tuple[str, ...]:
    """Return how a peer's task differs from ours, in words."""
    said = list[str]()
    if problem.series:
        said.append("days of a series are chosen beforehand, each pattern where least work lies")
    if any(job.preferred_team for job in problem.jobs) or (
        problem.series and problem.weights.series_team
    ):
        said.append("does not know who is known to whom; pays for it in the price")
    if any(job.due_at for job in problem.jobs) and not has_soft_promises:
        said.append("a promise is the end of the window: kept, or the job is left out")
    return tuple(said)


def plainly(problem: Problem, *, has_soft_promises: bool) -> Plain:
    """Write a problem for peers. Memory: 8 bytes × (places)².

    Raises:
        ValueError: it has a part that none of them is given.
    """
    if unspeakable(problem):
        raise ValueError("cannot express " + ", ".join(unspeakable(problem)))
    owned = [(team, n, shift) for team in problem.teams for n, shift in enumerate(team.shifts)]
    epoch = min(shift.window.start for _, _, shift in owned)
    horizon = max(_second(epoch, shift.window.end) for _, _, shift in owned)
    gear = sorted({kind for job in problem.jobs for kind in job.gear})
    rows: dict[GeoPoint, int] = {}
    ends = [point for _, _, s in owned for point in (s.start, s.end or s.start)]
    for point in (*(job.at for job in problem.jobs), *ends):
        rows.setdefault(point, len(rows))
    places = tuple(rows)
    table = np.rint(problem.travel.table(places, places)).astype(np.int64)
    np.fill_diagonal(table, 0)
    days = _chosen_days(problem)
    return Plain(
        seconds=table,
        errands=tuple(
            Errand(
                id=job.id,
                place=rows[job.at],
                service_s=job.duration_s,
                spans=_spans(job, epoch, horizon, is_hard=not has_soft_promises),
                needs=job.skills | ({str(days[job.id])} if job.id in days else frozenset()),
                load=tuple(job.gear.get(kind, 0) for kind in gear),
                worth=round(problem.weights.worth(job)),
                due=None if job.due_at is None else _second(epoch, job.due_at),
            )
            for job in problem.jobs
        ),
        vehicles=tuple(
            Vehicle(
                start=rows[shift.start],
                end=rows[shift.end or shift.start],
                opens=_second(epoch, shift.window.start),
                closes=_second(epoch, shift.window.end),
                has=team.skills_on(shift) | {str(_day(shift.window.start))},
                room=tuple(team.gear.get(kind, 0) for kind in gear),
                longest_s=team.shift_limit_s,
                price=round(team.shift_price),
            )
            for team, _, shift in owned
        ),
        keys=tuple((team.id, number) for team, number, _ in owned),
        late_per_s=round(problem.weights.late_per_s),
    )


def _second(epoch: datetime, at: datetime) -> int:
    return int((at - epoch).total_seconds())


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _spans(
    job: Job, epoch: datetime, horizon: int, *, is_hard: bool
) -> tuple[tuple[int, int], ...]:
    windows = [(_second(epoch, w.start), _second(epoch, w.end)) for w in job.windows]
    last = _second(epoch, job.due_at) if is_hard and job.due_at else horizon
    begins = [
        (max(0, opens), min(last, closes - job.duration_s))
        for opens, closes in windows or [(0, horizon)]
    ]
    return tuple(sorted((opens, closes) for opens, closes in begins if opens <= closes))


def _chosen_days(problem: Problem) -> dict[str, date]:
    """Give every series the pattern whose days have least work so far."""
    jobs = {job.id: job for job in problem.jobs}
    load: Counter[date] = Counter()
    chosen: dict[str, date] = {}
    for series in problem.series:
        pattern = min(series.patterns, key=lambda days: sum(load[day] for day in days))
        for id_, day in zip(series.job_ids, pattern, strict=True):
            chosen[id_] = day
            load[day] += jobs[id_].duration_s
    return chosen


def sequences_of(plan: Plan) -> Sequences:
    """Return a plan as mere sequences."""
    return {
        (route.team_id, route.shift): [stop.job_id for stop in route.stops] for route in plan.routes
    }


def priced(problem: Problem, sequences: Mapping[Key, Sequence[str]]) -> Plan:
    """Time sequences as early as windows allow and price them by the engine's objective.

    The same for everyone, us too. A visit that fits no window any more begins at once: the
    checker then says what is broken. Who has limited hours leaves as late as costs nobody time.
    """
    jobs = {job.id: job for job in problem.jobs}
    teams = {team.id: team for team in problem.teams}
    routes = tuple(
        _timed(problem, teams[team], number, [jobs[id_] for id_ in ids])
        for (team, number), ids in sequences.items()
        if ids
    )
    done = {id_ for ids in sequences.values() for id_ in ids}
    out = tuple(
        Unassigned(job_id=job.id, reasons=(), fix=None)
        for job in problem.jobs
        if job.id not in done
    )
    total = objective_of(problem, routes, out)
    return Plan(routes=routes, unassigned=out, objective=total, seed=0, iterations=0)


def _timed(problem: Problem, team: Team, number: int, jobs: Sequence[Job]) -> Route:
    shift = team.shifts[number]
    stops, clock = list[Stop](), shift.window.start
    turned, ways = directed(problem, jobs, shift)
    for job, (seconds, metres), is_turned in zip(jobs, ways, turned, strict=False):
        arrive = clock + timedelta(seconds=seconds)
        start = _begin(job, arrive)
        clock = start + timedelta(seconds=job.duration_s)
        late = 0.0 if job.due_at is None else max(0.0, (start - job.due_at).total_seconds())
        stops.append(
            Stop(
                job_id=job.id,
                arrive_at=arrive,
                start_at=start,
                depart_at=clock,
                travel_s=seconds,
                travel_m=metres,
                late_s=round(late),
                why="",
                is_turned=is_turned,
            )
        )
    home_at = clock + timedelta(seconds=ways[-1][0])
    return Route(
        team_id=team.id,
        shift=number,
        stops=tuple(stops),
        leave_at=shift.window.start + _idle(jobs, stops, team, shift),
        return_at=home_at,
        lunch_at=None,
        travel_s=sum(seconds for seconds, _ in ways),
        travel_m=sum(metres for _, metres in ways),
        overtime_s=max(0, round((home_at - shift.window.end).total_seconds())),
    )


def _begin(job: Job, arrive: datetime) -> datetime:
    lasts = timedelta(seconds=job.duration_s)
    begins = [max(w.start, arrive) for w in job.windows if max(w.start, arrive) + lasts <= w.end]
    return min(begins, default=arrive)


def _idle(jobs: Sequence[Job], stops: Sequence[Stop], team: Team, shift: Shift) -> timedelta:
    """Return by how much the whole route can leave later without coming home later."""
    if team.shift_limit_s is None:
        return timedelta(0)
    slack, waited = shift.window.end - shift.window.start, timedelta(0)
    for job, stop in zip(jobs, stops, strict=True):
        waited += stop.start_at - stop.arrive_at
        room = min(_closings(job, stop), default=shift.window.end) - stop.start_at
        slack = min(slack, waited + room)
    return min(slack, waited)


def _closings(job: Job, stop: Stop) -> Iterable[datetime]:
    for window in job.windows:
        if window.start <= stop.start_at < window.end:
            yield window.end - timedelta(seconds=job.duration_s)
