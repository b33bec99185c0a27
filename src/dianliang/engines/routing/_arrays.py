"""Turn a problem into arrays for the kernel: whole seconds since the first shift begins."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing._ability import Routes, able_of, collected_by
from dianliang.engines.routing._kernel import (
    EITHER,
    FORTH,
    ITEM,
    NEVER,
    ROUTE,
    TEAM,
    WINDOW,
    Data,
    Ints,
    Records,
    Tour,
)
from dianliang.engines.routing._model import WEEK_S, Job, Lock, Problem, Shift
from dianliang.engines.routing._nearby import CANDIDATES, NEIGHBOURS, beside, nearest, trips
from dianliang.engines.routing._places import places_of, travel_between
from dianliang.engines.routing._state import empty_tour, longest_route
from dianliang.engines.routing._ties import (
    date_of,
    groups_of,
    hold_locked,
    part_unlike,
    series_of,
)
from dianliang.kernel.geo import GeoPoint

LOCKED_FACTOR = 10.0
"""Leaving a locked job out costs this many times an ordinary must-job."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """Arrays with the names that belong to their rows, and a plan in which nobody does anything."""

    data: Data
    epoch: datetime
    jobs: tuple[Job, ...]
    routes: Routes
    points: tuple[GeoPoint, ...]
    setup: Ints
    """Seconds to set up at each of the points."""
    locked: dict[int, int]
    numbers: dict[str, int]
    kinds: tuple[str, ...]
    """The kinds of gear, in the order of the arrays."""
    collected: frozenset[str]
    idle: Tour

    def shift(self, route: int) -> Shift:
        """Return the shift behind a route."""
        team, number = self.routes[route]
        return team.shifts[number]

    def instant(self, second: float) -> datetime:
        """Return the instant that a kernel second stands for."""
        return self.epoch + timedelta(seconds=int(second))

    def supplied(self, number: int) -> Data:
        """Return the data as if the gear were there that a job asks for and others collect."""
        wanted, d = self.jobs[number].gear, self.data
        if not wanted.keys() & self.collected:
            return d
        d = d._replace(out=d.out.copy())
        d.out[number, [kind in self.collected for kind in self.kinds]] = 0
        return d


def compile_problem(problem: Problem, *, candidates: int = CANDIDATES) -> Compiled:
    """Lay a valid problem out in arrays. Memory: 4 bytes × (places)², 5 × jobs × shifts.

    A search needs neighbours, drawn from so many candidates; who only asks where a job fits into a
    plan needs none, and has the rest in half the time.

    Raises:
        InvalidProblemError: there is no usable travel time between two places.
    """
    jobs = problem.jobs
    routes: Routes = tuple((team, i) for team in problem.teams for i in range(len(team.shifts)))
    shifts = [team.shifts[i] for team, i in routes]
    second = _Seconds(min(shift.window.start for shift in shifts))
    numbers = {job.id: number for number, job in enumerate(jobs)}
    points, setup, places = places_of(problem, shifts)
    locks = {lock.job_id: lock for lock in problem.locks}
    index = {(team.id, shift): route for route, (team, shift) in enumerate(routes)}
    locked = {numbers[key]: index[lock.team_id, lock.shift] for key, lock in locks.items()}
    gear = sorted({kind for job in jobs for kind in (*job.gear, *job.returns)})
    collected = collected_by(jobs)
    items, windows = _items(problem, shifts, places, locks, second)
    own = _routes(problem, routes, places[2 * len(jobs) :], second)
    series, series_jobs, pattern_days = series_of(problem, numbers, shifts, items)
    groups, linked, lags = groups_of(problem, numbers, items)
    tied = (("series", series, series_jobs), ("group", groups, linked))
    hold_locked(items, locked, tied)
    able = able_of(jobs, routes, locked, collected)
    part_unlike(items, series, series_jobs, able)
    extra = _extra(problem, jobs, routes)
    kinds = _kinds(routes, able, extra, own)
    near, near_kinds, items["far"][: len(jobs)] = nearest(
        points, items, own, kinds, able, candidates=candidates
    )
    weights = problem.weights
    time = travel_between(problem, points, setup)
    trip_s = trips(time, items, own, np.array([kind[0] for kind in kinds]), near_kinds)
    lure = items["lure"][: len(jobs)]
    np.maximum(lure, float(weights.travel_per_s) * trip_s, out=lure)
    data = Data(
        time=time,
        items=items,
        windows=windows,
        routes=own,
        teams=_teams(problem),
        able=able,
        extra=extra,
        out=_counts((job.gear for job in jobs), gear),
        back=_counts((job.returns for job in jobs), gear),
        stock=_counts((team.gear_on(team.shifts[s]) for team, s in routes), gear),
        room=_counts((team.room_on(team.shifts[s]) for team, s in routes), gear),
        near=np.ascontiguousarray(near[:, :NEIGHBOURS]),
        beside=beside(near, time, items, windows),
        near_kinds=near_kinds,
        kind_start=np.cumsum([0, *(len(kind) for kind in kinds)]).astype(np.int64),
        kind_routes=_ints(route for kind in kinds for route in kind),
        series=series,
        series_jobs=series_jobs,
        pattern_days=pattern_days,
        groups=groups,
        linked=linked,
        lags=lags,
        travel_price=float(weights.travel_per_s),  # of a whole number all would be compiled anew
        balance_price=float(weights.balance),
        loyal_price=float(weights.series_team if problem.series else 0),
    )
    idle = empty_tour(data, longest_route(data))
    items["bulk"][: len(jobs)] = _bulks(data)
    return Compiled(
        data=data,
        epoch=second.epoch,
        jobs=jobs,
        routes=routes,
        points=points,
        setup=setup,
        locked=locked,
        numbers=numbers,
        kinds=tuple(gear),
        collected=collected,
        idle=idle,
    )


class _Seconds:
    def __init__(self, epoch: datetime) -> None:
        self.epoch = epoch

    def __call__(self, at: datetime) -> int:
        return floor((at - self.epoch).total_seconds())

    def not_before(self, at: datetime) -> int:
        """Return the first whole second from an instant on."""
        return ceil((at - self.epoch).total_seconds())


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _counts(rows: Iterable[Mapping[str, int]], kinds: Sequence[str]) -> Ints:
    """Return how much of each kind of gear each row has."""
    counts = [[row.get(kind, 0) for kind in kinds] for row in rows]
    return np.array(counts, dtype=np.int64).reshape(len(counts), len(kinds))


def _or_never(limit: int | None) -> int:
    return NEVER if limit is None else limit


def _items(
    problem: Problem,
    shifts: Sequence[Shift],
    places: Ints,
    locks: dict[str, Lock],
    second: _Seconds,
) -> tuple[Records, Records]:
    """Return jobs, then breaks, with their windows; a window ends at the last begin."""
    jobs, weights = problem.jobs, problem.weights
    lunches = [shift.lunch for shift in shifts if shift.lunch]
    spans = [_spans(job, locks.get(job.id), second) for job in jobs]
    for lunch in lunches:
        last = second(lunch.window.end) - lunch.duration_s
        spans.append([(second.not_before(lunch.window.start), last)])
    items = np.zeros(len(spans), ITEM)
    counts = [len(span) for span in spans]
    items["last"] = np.cumsum(counts)
    items["first"] = items["last"] - counts
    items["series"] = items["group"] = -1
    items["due"] = NEVER
    items["service"][len(jobs) :] = [lunch.duration_s for lunch in lunches]
    whole: dict[str, float] = defaultdict(float)
    for job in jobs:
        if job.part:
            whole[job.part.line_id] += weights.worth(job)
    for number, job in enumerate(jobs):
        row = items[number]
        row["place"], row["exit"] = places[number], places[len(jobs) + number]
        row["ways"] = EITHER if job.either_way and row["exit"] != row["place"] else FORTH
        row["service"] = job.duration_s
        row["penalty"] = worth = weights.worth(job)
        row["lure"] = whole[job.part.line_id] - worth if job.part else 0.0
        row["wait_price"], row["wait_most"] = job.wait_per_s, weights.wait_most_share * worth
        row["width"] = sum(shut - opens for opens, shut in spans[number])
        if job.id in locks:
            row["penalty"] = LOCKED_FACTOR * weights.unassigned_must
        if job.due_at:
            row["due"] = second(job.due_at)
            row["late_free"] = max(0, -int(row["due"]))
            row["late_price"] = weights.late_per_s if job.late_per_s is None else job.late_per_s
            row["late_most"] = weights.late_most_share * worth
            row["late_rest"] = weights.late_rest_share * worth / WEEK_S
    windows = np.array([window for span in spans for window in span], WINDOW)
    return items, windows


def _spans(job: Job, lock: Lock | None, second: _Seconds) -> list[tuple[int, int]]:
    if lock and lock.start_at:
        start = second(lock.start_at)
        return [(start - lock.tolerance_s, start + lock.tolerance_s)]
    if not job.windows:
        return [(-NEVER, NEVER)]
    given = [
        (second.not_before(w.start), second(w.end) - job.duration_s) for w in sorted(job.windows)
    ]
    return [(first, last) for first, last in given if first <= last]


def _routes(problem: Problem, routes: Routes, places: Ints, second: _Seconds) -> Records:
    own = np.zeros(len(routes), ROUTE)
    number_of = {team.id: number for number, team in enumerate(problem.teams)}
    first_day = min((date_of(team.shifts[i]) for team, i in routes), default=date.min)
    rests = 0
    for number, (team, index) in enumerate(routes):
        shift, row = team.shifts[index], own[number]
        row["start"], row["end"] = places[number], places[len(routes) + number]
        row["opens"] = second.not_before(shift.window.start)
        row["closes"] = second(shift.window.end)
        row["shuts"] = row["closes"] + shift.overtime_limit_s
        row["over_price"], row["fixed"] = problem.weights.overtime_per_s, team.shift_price
        row["longest"] = _or_never(team.shift_limit_s)
        row["rest"] = len(problem.jobs) + rests if shift.lunch else -1
        rests += bool(shift.lunch)
        row["team"], row["day"] = number_of[team.id], (date_of(shift) - first_day).days
    own["shuts"] = np.minimum(own["shuts"], until_next(own))
    return own


def until_next(own: Records) -> Ints:
    """Return until when each route may last at most: the next shift of its team begins then."""
    until = np.full(len(own), NEVER, np.int64)
    order = np.lexsort((own["opens"], own["team"]))
    here, then = order[:-1], order[1:]
    is_next = (own["team"][here] == own["team"][then]) & (own["closes"][here] <= own["opens"][then])
    until[here[is_next]] = own["opens"][then[is_next]]
    return until


def _teams(problem: Problem) -> Records:
    teams = np.zeros(len(problem.teams), TEAM)
    for number, team in enumerate(problem.teams):
        teams[number]["budget"] = _or_never(team.total_limit_s)
        on_duty = sum(shift.window.duration.total_seconds() for shift in team.shifts)
        teams[number]["available"] = int(on_duty)
    return teams


def _extra(problem: Problem, jobs: Sequence[Job], routes: Routes) -> NDArray[np.float32]:
    price = np.zeros((len(jobs), len(routes)), np.float32)
    owners = np.array([team.id for team, _ in routes])
    for number, job in enumerate(jobs):
        if job.preferred_team is not None:
            price[number] = problem.weights.other_team * (owners != job.preferred_team)
    return price


def _kinds(
    routes: Routes, able: NDArray[np.bool_], extra: NDArray[np.float32], own: Records
) -> list[list[int]]:
    """Group routes that are alike in all that matters to a job."""
    kinds: dict[tuple[object, ...], list[int]] = {}
    for route, (team, number) in enumerate(routes):
        shift = team.shifts[number]
        key = (
            *(own[route][name].item() for name in ("start", "end", "opens", "closes", "shuts")),
            shift.lunch,
            tuple(sorted(team.gear_on(shift).items())),
            tuple(sorted(team.room_on(shift).items())),
            team.shift_limit_s,
            team.shift_price,
            team.id if team.total_limit_s is not None else "",
            able[:, route].tobytes(),
            extra[:, route].tobytes(),
        )
        kinds.setdefault(key, []).append(route)
    return list(kinds.values())


def _bulks(d: Data) -> NDArray[np.float64]:
    """Return what share of the largest room for some gear each job takes, with its series."""
    most = np.maximum(1, d.room.max(axis=0, initial=0))
    own: NDArray[np.float64] = (np.maximum(d.out, d.back) / most).max(axis=1, initial=0.0)
    for series in d.series:
        members = d.series_jobs[series["first"] : series["last"]]
        own[members] = own[members].sum()
    return own
