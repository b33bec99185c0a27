"""Hold what has happened: visits that began stay, and nothing new begins before now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

import numpy as np

from dianliang.engines.routing._arrays import Compiled
from dianliang.engines.routing._kernel import BACK, FORTH, NEVER
from dianliang.engines.routing._model import Job, Lock, Plan, Problem, Route, Stop, Team
from dianliang.engines.routing._ties import date_of
from dianliang.kernel.calendar import SHANGHAI

HALF_A_DAY = timedelta(hours=12)


def on_its_days(problem: Problem, plan: Plan) -> Plan:
    """Number each route by the shift that the team now has on that day.

    A shift that was removed moves the numbers of those after it. A route without a shift keeps its
    stops under a number that no shift has.
    """
    teams = {team.id: team for team in problem.teams}
    taken: set[tuple[str, int]] = set()
    routes: list[Route] = []
    for route in plan.routes:
        shift = _shift_for(teams[route.team_id], route, taken) if route.team_id in teams else -1
        taken.add((route.team_id, shift))
        routes.append(replace(route, shift=shift))
    return replace(plan, routes=tuple(routes))


def _shift_for(team: Team, route: Route, taken: set[tuple[str, int]]) -> int:
    """Return the shift in which a route leaves, else one moved on its day by less than half a day.

    A night team may leave after midnight: the date on which it leaves says nothing.
    """
    day = route.leave_at.astimezone(SHANGHAI).date()
    free: list[tuple[bool, timedelta, int]] = []
    for number, shift in enumerate(team.shifts):
        if (team.id, number) in taken:
            continue
        away = abs(shift.window.start - route.leave_at)
        last = shift.window.end + timedelta(seconds=shift.overtime_limit_s)
        is_within = shift.window.start <= route.leave_at <= last
        if is_within or (date_of(shift) == day and away < HALF_A_DAY):
            free.append((not is_within, away, number))
    return min(free)[2] if free else -1


def begun_in(route: Route, jobs: Mapping[str, Job], before: datetime) -> tuple[Stop, ...]:
    """Return the visits of a route that have begun: the work, or the drive that reaches it in time.

    A visit after one that turned out longer has not: its team is still at work there.
    """
    begun: list[Stop] = []
    free_at: datetime | None = None
    for stop in route.stops if route.shift >= 0 else ():
        left_at = stop.start_at - timedelta(seconds=stop.travel_s)
        if left_at >= before or (free_at is not None and left_at < free_at):
            break
        begun.append(stop)
        job = jobs.get(stop.job_id)
        free_at = stop.start_at + timedelta(seconds=job.duration_s) if job else stop.depart_at
    return tuple(stop for stop in begun if stop.job_id in jobs)


def hold_begun(problem: Problem, plan: Plan, before: datetime) -> Problem:
    """Lock every visit that has begun to its team, shift and time."""
    jobs = {job.id: job for job in problem.jobs}
    begun = {
        stop.job_id: Lock(
            job_id=stop.job_id,
            team_id=route.team_id,
            shift=route.shift,
            start_at=stop.start_at,
            tolerance_s=0,
        )
        for route in plan.routes
        for stop in begun_in(route, jobs, before)
    }
    kept = tuple(lock for lock in problem.locks if lock.job_id not in begun)
    return replace(problem, locks=(*kept, *begun.values()))


def forbid_past(compiled: Compiled, plan: Plan, before: datetime) -> None:
    """Change the arrays so that nothing new begins before now.

    What has begun is a fact: ways that were driven last what they lasted, work along a line goes
    the way it went, and a team may come home from a begun visit however late it is.
    """
    d, now_s = compiled.data, _up(compiled, before)
    n = len(compiled.jobs)
    jobs = {job.id: job for job in compiled.jobs}
    stops = [(route, begun_in(route, jobs, before)) for route in plan.routes]
    begun = {compiled.numbers[stop.job_id] for _, held in stops for stop in held}
    is_open = np.zeros(len(d.windows), np.bool_)
    for number in range(n):
        is_open[d.items["first"][number] : d.items["last"][number]] = number not in begun
    d.windows["opens"][is_open] = np.maximum(d.windows["opens"][is_open], now_s)
    is_over = is_open & (d.windows["shuts"] < now_s)
    d.windows["opens"][is_over], d.windows["shuts"][is_over] = NEVER, -NEVER
    own = {(route.team_id, route.shift): (route, held) for route, held in stops}
    for v, (team, shift) in enumerate(compiled.routes):
        route, held = own.get((team.id, shift), (None, ()))
        _hold_route(compiled, v, route, held, before)


def _hold_route(
    compiled: Compiled, v: int, route: Route | None, begun: Sequence[Stop], before: datetime
) -> None:
    """Keep a team with what it last began until now; a team that began nothing leaves from now."""
    d, now_s = compiled.data, _up(compiled, before)
    row, rest = d.routes[v], int(d.routes["rest"][v])
    spot, last = int(row["start"]), -1
    for stop in begun:
        number = compiled.numbers[stop.job_id]
        d.items["ways"][number] = BACK if stop.is_turned else FORTH
        ends = [int(d.items[name][number]) for name in ("place", "exit")]
        entry, leaves = reversed(ends) if stop.is_turned else ends
        d.time[spot, entry] = min(int(d.time[spot, entry]), stop.travel_s)
        spot, last = leaves, number
    begun_s = int(d.windows["opens"][d.items["first"][last]]) if last >= 0 else -1
    done_s = begun_s + int(d.items["service"][last]) if last >= 0 else -1
    home_s = int(d.time[spot, row["end"]])
    if last >= 0:
        row["shuts"] = max(int(row["shuts"]), done_s + home_s)
    held = {stop.job_id for stop in begun}
    wanted = (
        [stop.job_id for stop in route.stops if stop.job_id in compiled.numbers] if route else []
    )
    is_done = all(job_id in held for job_id in wanted)
    ate_s = _ate(
        compiled,
        v,
        route.lunch_at if route else None,
        before,
        since_s=begun_s,
        done_s=done_s,
        is_done=is_done,
    )
    busy, since_s = (rest, ate_s) if ate_s > begun_s else (last, begun_s)
    if busy >= 0:
        until_s = min(now_s, int(row["closes"]) - home_s)
        d.items["service"][busy] = max(int(d.items["service"][busy]), until_s - since_s)
    else:
        row["opens"] = max(int(row["opens"]), now_s)


def _ate(
    compiled: Compiled,
    v: int,
    lunch_at: datetime | None,
    before: datetime,
    *,
    since_s: int,
    done_s: int,
    is_done: bool,
) -> int:
    """Hold a break that began before now and return when; -1 if it is still to come.

    A break waits for work that takes longer, and may then begin later than the rules allow. A team
    that has nothing more to do rests as soon as it may; the plan does not say so.
    """
    d, rest = compiled.data, int(compiled.data.routes["rest"][v])
    if rest < 0:
        return -1
    window, now_s = d.windows[d.items["first"][rest]], _up(compiled, before)
    ate_s = -1
    if lunch_at is not None:
        laid_s = int((lunch_at - compiled.epoch).total_seconds())
        ate_s = max(laid_s, done_s) if laid_s > since_s else laid_s
    elif is_done:
        ate_s = max(done_s, int(window["opens"]))
    if 0 <= ate_s < now_s:
        window["opens"] = window["shuts"] = ate_s
        return ate_s
    window["shuts"] = max(int(window["shuts"]), done_s, now_s)
    return -1


def _up(compiled: Compiled, at: datetime) -> int:
    """Return the first whole second that is not before an instant."""
    return ceil((at - compiled.epoch).total_seconds())
