"""Hold what has happened: visits that began stay, and nothing new begins before now."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from dianliang.engines.routing._arrays import Compiled
from dianliang.engines.routing._kernel import NEVER
from dianliang.engines.routing._model import Lock, Plan, Problem, Route, Stop, Team
from dianliang.engines.routing._ties import date_of
from dianliang.kernel.calendar import SHANGHAI


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
    day = route.leave_at.astimezone(SHANGHAI).date()
    free = [
        (abs((shift.window.start - route.leave_at).total_seconds()), number)
        for number, shift in enumerate(team.shifts)
        if date_of(shift) == day and (team.id, number) not in taken
    ]
    return min(free)[1] if free else -1


def has_begun(stop: Stop, before: datetime) -> bool:
    """Tell whether a visit has begun: the work, or the drive that reaches it in time."""
    return stop.start_at - timedelta(seconds=stop.travel_s) < before


def hold_begun(problem: Problem, plan: Plan, before: datetime) -> Problem:
    """Lock every visit that has begun to its team, shift and time."""
    jobs = {job.id for job in problem.jobs}
    begun = {
        stop.job_id: Lock(
            job_id=stop.job_id,
            team_id=route.team_id,
            shift=route.shift,
            start_at=stop.start_at,
            tolerance_s=0,
        )
        for route in plan.routes
        if route.shift >= 0
        for stop in route.stops
        if stop.job_id in jobs and has_begun(stop, before)
    }
    kept = tuple(lock for lock in problem.locks if lock.job_id not in begun)
    return replace(problem, locks=(*kept, *begun.values()))


def forbid_past(compiled: Compiled, plan: Plan, before: datetime) -> None:
    """Change the arrays so that nothing new begins before now.

    What has begun is a fact: ways that were driven last what they lasted, and a team may come home
    from a begun visit however late it is.
    """
    d, now_s = compiled.data, int((before - compiled.epoch).total_seconds())
    n = len(compiled.jobs)
    begun = {
        compiled.numbers[stop.job_id]
        for route in plan.routes
        if route.shift >= 0
        for stop in route.stops
        if stop.job_id in compiled.numbers and has_begun(stop, before)
    }
    is_open = np.zeros(len(d.windows), np.bool_)
    for number in range(n):
        is_open[d.items["first"][number] : d.items["last"][number]] = number not in begun
    d.windows["opens"][is_open] = np.maximum(d.windows["opens"][is_open], now_s)
    is_over = is_open & (d.windows["shuts"] < now_s)
    d.windows["opens"][is_over], d.windows["shuts"][is_over] = NEVER, -NEVER
    own = {(route.team_id, route.shift): route for route in plan.routes}
    for v, (team, shift) in enumerate(compiled.routes):
        _hold_route(compiled, v, own.get((team.id, shift)), before, now_s)


def _hold_route(
    compiled: Compiled, v: int, route: Route | None, before: datetime, now_s: int
) -> None:
    """Keep a team with what it last began until now; a team that began nothing leaves from now."""
    d = compiled.data
    row, rest = d.routes[v], int(d.routes["rest"][v])
    spot, last = int(row["start"]), -1
    for stop in route.stops if route else ():
        number = compiled.numbers.get(stop.job_id, -1)
        if number >= 0 and has_begun(stop, before):
            place = int(d.items["place"][number])
            d.time[spot, place] = min(int(d.time[spot, place]), stop.travel_s)
            spot, last = place, number
    begun_s = int(d.windows["opens"][d.items["first"][last]]) if last >= 0 else -1
    done_s = begun_s + int(d.items["service"][last]) if last >= 0 else -1
    home_s = int(d.time[spot, row["end"]])
    if last >= 0:
        row["shuts"] = max(int(row["shuts"]), done_s + home_s)
    ate_s = _ate(compiled, v, route, before, done_s)
    busy, since_s = (rest, ate_s) if ate_s > begun_s else (last, begun_s)
    if busy >= 0:
        until_s = min(now_s, int(row["closes"]) - home_s)
        d.items["service"][busy] = max(int(d.items["service"][busy]), until_s - since_s)
    else:
        row["opens"] = max(int(row["opens"]), now_s)


def _ate(compiled: Compiled, v: int, route: Route | None, before: datetime, done_s: int) -> int:
    """Hold a break that began before now and return when; -1 if it is still to come.

    A team that has nothing more to do rests as soon as it may; the plan does not say so.
    """
    d, rest = compiled.data, int(compiled.data.routes["rest"][v])
    if rest < 0:
        return -1
    window, ate_s = d.windows[d.items["first"][rest]], -1
    if route is not None and route.lunch_at is not None:
        ate_s = int((route.lunch_at - compiled.epoch).total_seconds())
    elif route is None or all(has_begun(stop, before) for stop in route.stops):
        ate_s = max(done_s, int(window["opens"]))
    if compiled.instant(ate_s) < before and 0 <= ate_s <= window["shuts"]:
        window["opens"] = window["shuts"] = ate_s
        return ate_s
    window["shuts"] = max(int(window["shuts"]), done_s)
    return -1
