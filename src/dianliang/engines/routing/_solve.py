"""Plan: a greedy start, then ruin and recreate under simulated annealing."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._arrays import Compiled, compile_problem
from dianliang.engines.routing._explain import explain_left_out
from dianliang.engines.routing._model import (
    Job,
    Objective,
    Plan,
    Priority,
    Problem,
    Route,
    Stop,
    Unassigned,
)
from dianliang.engines.routing._reasons import why_this_team
from dianliang.engines.routing._validate import InvalidProblemError, validate
from dianliang.engines.routing.stop import StopCriterion

LONGEST_ROUTE = 80
CHUNK = 40
HOT_S, COLD_S = 900.0, 6.0
"""Annealing temperatures in weighted seconds: a quarter of an hour at first, seconds at last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a search has come. The callback returns False to cancel."""

    share: float
    iteration: int
    best: float
    unassigned: int


@dataclass(slots=True)
class Draft:
    """A plan in arrays, being changed."""

    sequences: kernel.Ints
    lengths: kernel.Ints
    costs: kernel.Floats
    where: kernel.Ints

    def copy(self) -> "Draft":
        """Return an independent copy."""
        return Draft(
            self.sequences.copy(), self.lengths.copy(), self.costs.copy(), self.where.copy()
        )


def solve(
    problem: Problem,
    *,
    stop: StopCriterion,
    seed: int = 1,
    start: Plan | None = None,
    progress: Callable[[Progress], bool] | None = None,
) -> Plan:
    """Plan a problem as well as the stop criterion allows, and explain the result.

    Deterministic for a seed under `MaxIterations`. Cost: about 50 µs per iteration and 10 routes.

    Raises:
        InvalidProblemError: the problem contradicts itself; it lists every error.
    """
    compiled = compiled_or_refused(problem)
    if compiled is None:
        return empty_plan(problem, seed=seed)
    state = np.array([seed * 2 + 88172645463325252], dtype=np.uint64)
    draft = opening(compiled, state, start=start)
    iterations = search(compiled, draft, state, stop=stop, progress=progress)
    return render(problem, compiled, draft, seed=seed, iterations=iterations)


def compiled_or_refused(problem: Problem) -> Compiled | None:
    """Compile a valid problem; None when there is no team at all.

    Raises:
        InvalidProblemError: the problem contradicts itself.
    """
    errors = validate(problem)
    if errors:
        raise InvalidProblemError(errors)
    return compile_problem(problem) if problem.teams else None


def empty_plan(problem: Problem, *, seed: int) -> Plan:
    """Return the plan of a problem without teams: everything is left out."""
    left_out = tuple(explain_left_out(problem, None, None, job) for job in problem.jobs)
    objective = objective_of(problem, (), left_out, other_team=0)
    return Plan(routes=(), unassigned=left_out, objective=objective, seed=seed, iterations=0)


def empty_draft(compiled: Compiled) -> Draft:
    """Return a draft in which nobody does anything."""
    n, routes = len(compiled.jobs), len(compiled.routes)
    return Draft(
        sequences=np.full((routes, min(LONGEST_ROUTE, max(1, n))), -1, dtype=np.int64),
        lengths=np.zeros(routes, dtype=np.int64),
        costs=np.zeros(routes),
        where=np.full(n, -1, dtype=np.int64),
    )


def opening(compiled: Compiled, state: kernel.State, *, start: Plan | None) -> Draft:
    """Make a first plan: locks first, then the plan to start from, then dear jobs before cheap."""
    n, draft = len(compiled.jobs), empty_draft(compiled)
    numbers = {job.id: number for number, job in enumerate(compiled.jobs)}
    if start is not None:
        follow(compiled, draft, start, numbers)
    first = [number for number in compiled.locked if draft.where[number] < 0]
    first.sort(key=lambda number: int(compiled.arrays.window_to[number, 0]))
    rest = sorted(
        (number for number in range(n) if draft.where[number] < 0 and number not in first),
        key=lambda number: (
            -float(compiled.arrays.penalty[number]),
            int(compiled.arrays.due[number]),
        ),
    )
    for number in (*first, *rest):
        insert(compiled, draft, number, state)
    return draft


def follow(compiled: Compiled, draft: Draft, plan: Plan, numbers: dict[str, int]) -> None:
    """Copy the routes of an earlier plan as far as they still hold."""
    index = {(team.id, shift): i for i, (team, shift) in enumerate(compiled.routes)}
    times = scratch_times(draft)
    for route in plan.routes:
        r = index.get((route.team_id, route.shift))
        if r is None:
            continue
        for stop in route.stops:
            job = numbers.get(stop.job_id)
            length = int(draft.lengths[r])
            if job is None or length >= draft.sequences.shape[1]:
                continue
            draft.sequences[r, length] = job
            cost = kernel.run(compiled.arrays, r, draft.sequences[r], length + 1, times)
            if cost < kernel.INFEASIBLE:
                draft.lengths[r], draft.costs[r], draft.where[job] = length + 1, cost, r


def insert(compiled: Compiled, draft: Draft, job: int, state: kernel.State) -> int:
    """Insert one job where it is cheapest; return the route, or -1 if it stays out."""
    route = kernel.insert_best(
        compiled.arrays,
        job,
        draft.sequences,
        draft.lengths,
        draft.costs,
        0.0,
        float(compiled.arrays.penalty[job]),
        state,
        np.empty(draft.sequences.shape[1] + 1, dtype=np.int64),
        scratch_times(draft),
    )
    draft.where[job] = route
    return route


def scratch_times(draft: Draft) -> kernel.Ints:
    """Return room for the times of one route."""
    return np.zeros((draft.sequences.shape[1] + 2, 5), dtype=np.int64)


def search(
    compiled: Compiled,
    draft: Draft,
    state: kernel.State,
    *,
    stop: StopCriterion,
    progress: Callable[[Progress], bool] | None,
) -> int:
    """Improve a draft in place until told to stop; return the number of iterations."""
    arrays = compiled.arrays
    best = draft.copy()
    best_total = np.array([kernel.total(arrays, best.costs, best.where)])
    fixed = np.zeros(len(compiled.jobs), dtype=np.bool_)
    fixed[list(compiled.locked)] = True
    iteration = 0
    while compiled.jobs:
        share = stop.share(iteration=iteration, best=float(best_total[0]))
        unassigned = int((best.where < 0).sum())
        told = Progress(
            share=min(1.0, share),
            iteration=iteration,
            best=float(best_total[0]),
            unassigned=unassigned,
        )
        if share >= 1 or (progress is not None and not progress(told)):
            break
        kernel.improve(
            arrays,
            fixed,
            draft.sequences,
            draft.lengths,
            draft.costs,
            draft.where,
            (best.sequences, best.lengths, best.costs, best.where, best_total),
            state,
            HOT_S * (COLD_S / HOT_S) ** share,
            CHUNK,
        )
        iteration += CHUNK
    draft.sequences, draft.lengths = best.sequences, best.lengths
    draft.costs, draft.where = best.costs, best.where
    return iteration


def render(
    problem: Problem, compiled: Compiled, draft: Draft, *, seed: int, iterations: int
) -> Plan:
    """Turn a draft into a plan with times, reasons and the objective's parts."""
    routes = tuple(
        route_of(problem, compiled, draft, r)
        for r in range(len(compiled.routes))
        if draft.lengths[r]
    )
    left_out = tuple(
        explain_left_out(problem, compiled, draft, compiled.jobs[number])
        for number in np.flatnonzero(draft.where < 0).tolist()
    )
    other = sum(
        job.preferred_team not in {None, compiled.routes[int(draft.where[number])][0].id}
        for number, job in enumerate(compiled.jobs)
        if draft.where[number] >= 0
    )
    return Plan(
        routes=routes,
        unassigned=left_out,
        objective=objective_of(problem, routes, left_out, other_team=other),
        seed=seed,
        iterations=iterations,
    )


def route_of(problem: Problem, compiled: Compiled, draft: Draft, r: int) -> Route:
    """Render one route."""
    length = int(draft.lengths[r])
    times = scratch_times(draft)
    kernel.run(compiled.arrays, r, draft.sequences[r], length, times)
    team, shift_number = compiled.routes[r]
    shift = team.shifts[shift_number]
    stops: list[Stop] = []
    metres = 0.0
    place = shift.start
    for i, number in enumerate(draft.sequences[r, :length].tolist()):
        job = compiled.jobs[number]
        leg = problem.travel.between(place, job.at)[1]
        stops.append(
            Stop(
                job_id=job.id,
                arrive_at=compiled.instant(times[i, 0]),
                start_at=compiled.instant(times[i, 1]),
                depart_at=compiled.instant(times[i, 2]),
                travel_s=int(times[i, 4]),
                travel_m=round(leg),
                late_s=int(times[i, 3]),
                why=why_this_team(compiled, number, r),
            )
        )
        metres += leg
        place = job.at
    metres += problem.travel.between(place, shift.end or shift.start)[1]
    lunch = int(times[length, 2])
    return Route(
        team_id=team.id,
        shift=shift_number,
        stops=tuple(stops),
        leave_at=shift.window.start,
        return_at=compiled.instant(times[length, 0]),
        lunch_at=compiled.instant(lunch) if lunch >= 0 else None,
        travel_s=int(times[: length + 1, 4].sum()),
        travel_m=round(metres),
        overtime_s=int(times[length, 1]),
    )


def late_price(problem: Problem, job: Job, late_s: float) -> float:
    """Return what the lateness of one stop costs; what nobody could help is free."""
    if not late_s or job.due_at is None:
        return 0.0
    epoch = min(shift.window.start for team in problem.teams for shift in team.shifts)
    free_s = max(0.0, (epoch - job.due_at).total_seconds())
    return problem.weights.late(max(0.0, late_s - free_s), job.priority)


def objective_of(
    problem: Problem,
    routes: tuple[Route, ...],
    left_out: tuple[Unassigned, ...],
    *,
    other_team: int,
) -> Objective:
    """Add up the parts of the objective."""
    weights = problem.weights
    jobs: dict[str, Job] = {job.id: job for job in problem.jobs}
    out = [jobs[left.job_id].priority for left in left_out]
    stops = [stop for route in routes for stop in route.stops]
    late = sum(stop.late_s for stop in stops)
    over = sum(route.overtime_s for route in routes)
    travel = sum(route.travel_s for route in routes)
    must, should, may = (out.count(p) for p in (Priority.MUST, Priority.SHOULD, Priority.MAY))
    return Objective(
        unassigned_must=must,
        unassigned_should=should,
        unassigned_may=may,
        late_s=late,
        overtime_s=over,
        travel_s=travel,
        other_team=other_team,
        total=must * weights.unassigned_must
        + should * weights.unassigned_should
        + may * weights.unassigned_may
        + sum(late_price(problem, jobs[stop.job_id], stop.late_s) for stop in stops)
        + over * weights.overtime_per_s
        + travel * weights.travel_per_s
        + other_team * weights.other_team,
    )
