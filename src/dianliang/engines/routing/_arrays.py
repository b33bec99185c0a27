"""Turn a problem into arrays for the kernel: seconds since the first shift begins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing._model import WEEK_S, Job, Lock, Problem, Shift, Team
from dianliang.kernel.geo import GeoPoint

FOREVER_S = 10**9
NEIGHBOURS = 60


class UnreachableError(ValueError):
    """The travel table has no usable time between two points."""

    def __init__(self, a: GeoPoint, b: GeoPoint) -> None:
        super().__init__(f"从 ({a.lat}, {a.lon}) 到 ({b.lat}, {b.lon}) 没有可用的路程时间。")


class Arrays(NamedTuple):
    """What the kernel reads. n jobs, r routes (a team on a shift), w windows, g kinds of gear."""

    seconds: NDArray[np.int64]  # (n + 2r, n + 2r): jobs, then route starts, then route ends
    duration: NDArray[np.int64]  # (n,)
    window_from: NDArray[np.int64]  # (n, w): earliest start
    window_to: NDArray[np.int64]  # (n, w): latest end of work; unused windows end before they start
    due: NDArray[np.int64]  # (n,)
    late_free: NDArray[np.int64]  # (n,): seconds late before anybody could begin; not priced
    late_most: NDArray[np.float64]  # (n,): where the steep price of lateness ends
    late_rest: NDArray[np.float64]  # (n,): gentle price per second
    penalty: NDArray[np.float64]  # (n,)
    able: NDArray[np.bool_]  # (n, r)
    preferred: NDArray[np.float64]  # (n, r): price of this route for this customer
    job_gear: NDArray[np.int64]  # (n, g)
    route_gear: NDArray[np.int64]  # (r, g)
    route_from: NDArray[np.int64]  # (r,)
    route_to: NDArray[np.int64]  # (r,)
    overtime: NDArray[np.int64]  # (r,)
    lunch_from: NDArray[np.int64]  # (r,)
    lunch_to: NDArray[np.int64]  # (r,): latest begin
    lunch_s: NDArray[np.int64]  # (r,): 0 = none
    neighbours: NDArray[np.int64]  # (n, k): nearest jobs
    prices: NDArray[np.float64]  # travel, late, overtime per second


@dataclass(frozen=True, slots=True)
class Compiled:
    """Arrays with the names that belong to their rows."""

    arrays: Arrays
    epoch: datetime
    jobs: tuple[Job, ...]
    routes: tuple[tuple[Team, int], ...]
    points: tuple[GeoPoint, ...]
    locked: dict[int, int]

    def shift(self, route: int) -> Shift:
        """Return the shift behind a route."""
        team, number = self.routes[route]
        return team.shifts[number]

    def instant(self, second: float) -> datetime:
        """Return the instant that a kernel second stands for."""
        return self.epoch + timedelta(seconds=int(second))


def compile_problem(problem: Problem) -> Compiled:
    """Lay a valid problem out in arrays. Memory: 8 bytes × (jobs + 2 routes)²."""
    jobs = problem.jobs
    routes = tuple((team, i) for team in problem.teams for i in range(len(team.shifts)))
    shifts = [team.shifts[i] for team, i in routes]
    epoch = min(shift.window.start for shift in shifts)
    points = (
        *(job.at for job in jobs),
        *(shift.start for shift in shifts),
        *(shift.end or shift.start for shift in shifts),
    )
    locks = {lock.job_id: lock for lock in problem.locks}
    locked = {
        number: routes.index((_team(problem, locks[job.id]), locks[job.id].shift))
        for number, job in enumerate(jobs)
        if job.id in locks
    }
    kinds = sorted({kind for job in jobs for kind in job.gear})
    second = _Seconds(epoch)
    window_from, window_to = _windows(jobs, locks, second)
    able = _able(jobs, routes, locked)
    due = _ints([second(job.due_at) if job.due_at else FOREVER_S for job in jobs])
    worth = np.array([problem.weights.unassigned(job.priority) for job in jobs], float)
    arrays = Arrays(
        seconds=_travel(problem, points),
        duration=_ints([job.duration_s for job in jobs]),
        window_from=window_from,
        window_to=window_to,
        due=due,
        late_free=np.maximum(0, -due),
        late_most=problem.weights.late_most_share * worth,
        late_rest=problem.weights.late_rest_share * worth / WEEK_S,
        penalty=np.where(
            [job.id in locks for job in jobs], 10 * problem.weights.unassigned_must, worth
        ).astype(float),
        able=able,
        preferred=_preferred(problem, jobs, routes),
        job_gear=_ints2([[job.gear.get(kind, 0) for kind in kinds] for job in jobs], len(kinds)),
        route_gear=_ints2([[t.gear.get(k, 0) for k in kinds] for t, _ in routes], len(kinds)),
        route_from=_ints([second(shift.window.start) for shift in shifts]),
        route_to=_ints([second(shift.window.end) for shift in shifts]),
        overtime=_ints([shift.overtime_limit_s for shift in shifts]),
        lunch_from=_ints([second(s.lunch.window.start) if s.lunch else 0 for s in shifts]),
        lunch_to=_ints(
            [second(s.lunch.window.end) - s.lunch.duration_s if s.lunch else 0 for s in shifts]
        ),
        lunch_s=_ints([s.lunch.duration_s if s.lunch else 0 for s in shifts]),
        neighbours=_neighbours(jobs),
        prices=np.array(
            [
                problem.weights.travel_per_s,
                problem.weights.late_per_s,
                problem.weights.overtime_per_s,
            ]
        ),
    )
    return Compiled(arrays, epoch, jobs, routes, points, locked)


class _Seconds:
    def __init__(self, epoch: datetime) -> None:
        self._epoch = epoch

    def __call__(self, at: datetime) -> int:
        return int((at - self._epoch).total_seconds())


def _team(problem: Problem, lock: Lock) -> Team:
    return next(team for team in problem.teams if team.id == lock.team_id)


def _ints(values: list[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def _ints2(rows: list[list[int]], width: int) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64).reshape(len(rows), width)


def _windows(
    jobs: tuple[Job, ...], locks: dict[str, Lock], second: _Seconds
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    width = max([1, *(len(job.windows) for job in jobs)])
    begins = np.full((len(jobs), width), FOREVER_S, dtype=np.int64)
    ends = np.full((len(jobs), width), -FOREVER_S, dtype=np.int64)
    for number, job in enumerate(jobs):
        lock = locks.get(job.id)
        if lock and lock.start_at:
            start = second(lock.start_at)
            begins[number, 0] = start - lock.tolerance_s
            ends[number, 0] = start + lock.tolerance_s + job.duration_s
        elif not job.windows:
            begins[number, 0], ends[number, 0] = -FOREVER_S, FOREVER_S
        else:
            for i, window in enumerate(sorted(job.windows)):
                begins[number, i], ends[number, i] = second(window.start), second(window.end)
    return begins, ends


def may_serve(team: Team, shift: Shift, job: Job) -> bool:
    """Tell whether rules let a team do a job on a shift: allowed, skilled, equipped."""
    return (
        (shift.only_for is None or job.id in shift.only_for)
        and is_allowed(team, job)
        and job.skills <= team.skills_on(shift)
        and is_equipped(team, job)
    )


def is_allowed(team: Team, job: Job) -> bool:
    """Tell whether a team may come to a customer at all: not excluded, and in its area."""
    return (
        (job.allowed_teams is None or team.id in job.allowed_teams)
        and team.id not in job.forbidden_teams
        and (team.areas is None or not job.area or job.area in team.areas)
    )


def is_equipped(team: Team, job: Job) -> bool:
    """Tell whether a team's gear is enough for one job."""
    return all(team.gear.get(kind, 0) >= count for kind, count in job.gear.items())


def _able(
    jobs: tuple[Job, ...], routes: tuple[tuple[Team, int], ...], locked: dict[int, int]
) -> NDArray[np.bool_]:
    able = np.zeros((len(jobs), len(routes)), dtype=np.bool_)
    for number, job in enumerate(jobs):
        for route, (team, shift) in enumerate(routes):
            able[number, route] = locked.get(number, route) == route and (
                number in locked or may_serve(team, team.shifts[shift], job)
            )
    return able


def _preferred(
    problem: Problem, jobs: tuple[Job, ...], routes: tuple[tuple[Team, int], ...]
) -> NDArray[np.float64]:
    price = np.zeros((len(jobs), len(routes)))
    for number, job in enumerate(jobs):
        if job.preferred_team is not None:
            for route, (team, _) in enumerate(routes):
                price[number, route] = problem.weights.other_team * (team.id != job.preferred_team)
    return price


def _travel(problem: Problem, points: tuple[GeoPoint, ...]) -> NDArray[np.int64]:
    table = np.zeros((len(points), len(points)), dtype=np.int64)
    for i, a in enumerate(points):
        for j, b in enumerate(points):
            if i != j:
                seconds = problem.travel.between(a, b)[0]
                if not 0 <= seconds < FOREVER_S:
                    raise UnreachableError(a, b)
                table[i, j] = round(seconds)
    return table


def _neighbours(jobs: tuple[Job, ...]) -> NDArray[np.int64]:
    if not jobs:
        return np.zeros((0, 0), dtype=np.int64)
    lat = np.radians(np.array([job.at.lat for job in jobs]))
    lon = np.radians(np.array([job.at.lon for job in jobs])) * np.cos(lat.mean())
    gap = (lat[:, None] - lat[None, :]) ** 2 + (lon[:, None] - lon[None, :]) ** 2
    return np.argsort(gap, axis=1, kind="stable")[:, : min(NEIGHBOURS, len(jobs))].astype(np.int64)
