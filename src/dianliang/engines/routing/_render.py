"""Turn a plan in arrays into one for people: times, reasons, the parts of the objective."""

from collections.abc import Mapping, Sequence

import numpy as np

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._arrays import Compiled
from dianliang.engines.routing._explain import explain_left_out
from dianliang.engines.routing._kernel import NEVER, Data, Tour
from dianliang.engines.routing._model import (
    Job,
    Objective,
    Plan,
    Problem,
    Route,
    Stop,
    Team,
    Unassigned,
)
from dianliang.engines.routing._priority import Priority
from dianliang.engines.routing._state import Search
from dianliang.engines.routing._ways import Ways
from dianliang.engines.routing._why import why_this_team


def empty_plan(problem: Problem, *, seed: int) -> Plan:
    """Return the plan of a problem without teams: everything is left out."""
    left_out = tuple(explain_left_out(problem, None, job) for job in problem.jobs)
    objective = objective_of(problem, (), left_out)
    return Plan(routes=(), unassigned=left_out, objective=objective, seed=seed, iterations=0)


def render(
    problem: Problem,
    compiled: Compiled,
    search: Search,
    *,
    seed: int,
    iterations: int,
    told: Mapping[str, Unassigned] | None = None,
) -> Plan:
    """Turn the best plan of a search into routes with times and reasons.

    What is left out and was `told` before keeps that explanation: to find one takes milliseconds,
    and a flood day leaves out hundreds.
    """
    search.recall()
    served = np.flatnonzero(search.tour.spots["where"][: len(compiled.jobs)] >= 0)
    whys = {job: why_this_team(compiled, search.tour, job) for job in served.tolist()}
    data, tour = as_late_as_hours_need(compiled.data, search.tour)
    lengths = tour.runs["length"].tolist()
    routes = tuple(
        route
        for v in range(len(compiled.routes))
        if lengths[v] and (route := route_of(problem, compiled, data, tour, v, whys)).stops
    )
    ways = Ways(problem, compiled, search.tour)
    out = np.flatnonzero(search.tour.spots["where"][: len(compiled.jobs)] < 0)
    known = told or {}
    left_out = tuple(
        known.get(job.id) or explain_left_out(problem, ways, job)
        for job in (compiled.jobs[number] for number in out.tolist())
    )
    return Plan(
        routes=routes,
        unassigned=left_out,
        objective=objective_of(problem, routes, left_out),
        seed=seed,
        iterations=iterations,
    )


def as_late_as_hours_need(d: Data, tour: Tour) -> tuple[Data, Tour]:
    """Let teams whose hours are limited leave so late that these suffice."""
    limited = np.flatnonzero((d.routes["longest"] < NEVER) & (tour.runs["length"] > 0))
    if not len(limited):
        return d, tour
    data = d._replace(routes=d.routes.copy())
    late = Tour._make(part.copy() for part in tour)
    for v in limited.tolist():
        needed = late.runs["home"][v] - d.routes["longest"][v]
        data.routes["opens"][v] = max(data.routes["opens"][v], needed)
        kernel.schedule(data, late, v)
    return data, late


def route_of(
    problem: Problem, compiled: Compiled, d: Data, s: Tour, v: int, whys: dict[int, str]
) -> Route:
    """Render one route as the kernel timed it."""
    team, number = compiled.routes[v]
    shift = team.shifts[number]
    laid = s.stops[v, : s.runs["length"][v] + 1]
    stops: list[Stop] = []
    metres, place, lunch_at = 0.0, shift.start, None
    for p, row in enumerate(laid[:-1]):
        if row["item"] >= len(compiled.jobs):
            is_at_home = p == len(laid) - 2
            opens = int(d.windows["opens"][d.items["first"][row["item"]]])
            lunch_at = None if is_at_home else compiled.instant(max(int(row["begin"]), opens))
            continue
        job = compiled.jobs[int(row["item"])]
        is_turned = bool(s.spots[row["item"]]["turned"])
        entry, leaves = (job.exit, job.at) if is_turned else (job.at, job.exit)
        leg = problem.travel.between(place, entry)[1]
        begin, way = int(row["begin"]), int(row["way"])
        ready = int(s.stops[v, p - 1]["leave"]) if p else int(d.routes["opens"][v])
        stops.append(
            Stop(
                job_id=job.id,
                arrive_at=compiled.instant(ready + way),
                start_at=compiled.instant(begin),
                depart_at=compiled.instant(begin + job.duration_s),
                travel_s=way,
                travel_m=round(leg),
                late_s=max(0, begin - int(d.items["due"][row["item"]])),
                why=whys[int(row["item"])],
                is_turned=is_turned,
            )
        )
        metres += leg
        place = leaves
    metres += problem.travel.between(place, shift.end or shift.start)[1]
    home = int(s.runs["home"][v])
    return Route(
        team_id=team.id,
        shift=number,
        stops=tuple(stops),
        leave_at=compiled.instant(int(d.routes["opens"][v])),
        return_at=compiled.instant(home),
        lunch_at=lunch_at,
        travel_s=int(laid["way"].sum()),
        travel_m=round(metres),
        overtime_s=max(0, home - int(d.routes["closes"][v])),
        gear={
            kind: count
            for kind, count in zip(compiled.kinds, s.aboard["needed"][v, 0].tolist(), strict=True)
            if count
        },
    )


def _waits(problem: Problem, jobs: Mapping[str, Job], stops: Sequence[Stop]) -> tuple[float, float]:
    """Return what lateness and what waits cost, from the first moment at which anybody works."""
    if not stops:
        return 0.0, 0.0
    weights = problem.weights
    epoch = min(shift.window.start for team in problem.teams for shift in team.shifts)
    late = waited = 0.0
    for stop in stops:
        job = jobs[stop.job_id]
        waited += weights.wait((stop.start_at - epoch).total_seconds(), job)
        if stop.late_s and job.due_at is not None:
            free_s = max(0.0, (epoch - job.due_at).total_seconds())
            late += weights.late(max(0.0, stop.late_s - free_s), job)
    return late, waited


def objective_of(
    problem: Problem, routes: tuple[Route, ...], left_out: tuple[Unassigned, ...]
) -> Objective:
    """Add up the parts of the objective."""
    weights = problem.weights
    jobs: dict[str, Job] = {job.id: job for job in problem.jobs}
    teams: dict[str, Team] = {team.id: team for team in problem.teams}
    out = [jobs[left.job_id] for left in left_out]
    owner = {stop.job_id: route.team_id for route in routes for stop in route.stops}
    stops = [stop for route in routes for stop in route.stops]
    over = sum(route.overtime_s for route in routes)
    travel = sum(route.travel_s for route in routes)
    other = sum(jobs[id_].preferred_team not in {None, team} for id_, team in owner.items())
    further = sum(
        max(0, len({owner[id_] for id_ in series.job_ids if id_ in owner}) - 1)
        for series in problem.series
    )
    uneven = _balance(problem, routes, jobs)
    late, waiting = _waits(problem, jobs, stops)
    ranks = [job.priority for job in out]
    must, should, may = (ranks.count(p) for p in (Priority.MUST, Priority.SHOULD, Priority.MAY))
    return Objective(
        unassigned_must=must,
        unassigned_should=should,
        unassigned_may=may,
        late_s=sum(stop.late_s for stop in stops),
        overtime_s=over,
        travel_s=travel,
        other_team=other,
        series_teams=further,
        balance=uneven,
        waiting=waiting,
        total=sum(weights.worth(job) for job in out)
        + late
        + waiting
        + sum(teams[route.team_id].shift_price for route in routes)
        + over * weights.overtime_per_s
        + travel * weights.travel_per_s
        + other * weights.other_team
        + further * weights.series_team
        + uneven,
    )


def _balance(problem: Problem, routes: tuple[Route, ...], jobs: dict[str, Job]) -> float:
    if problem.weights.balance <= 0:
        return 0.0
    total = 0.0
    for team in problem.teams:
        own = [route for route in routes if route.team_id == team.id]
        worked = sum(route.travel_s for route in own)
        worked += sum(jobs[stop.job_id].duration_s for route in own for stop in route.stops)
        on_duty = sum(int(shift.window.duration.total_seconds()) for shift in team.shifts)
        total += problem.weights.balance * worked * worked / max(1, on_duty)
    return total
