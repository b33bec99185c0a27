"""Plan: a greedy start, improved until told to stop, and explained."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._anneal import Params, Progress, Watch, anneal
from dianliang.engines.routing._arrays import Compiled, compile_problem
from dianliang.engines.routing._model import Plan, Problem
from dianliang.engines.routing._musts import missing
from dianliang.engines.routing._nearby import CANDIDATES, plane
from dianliang.engines.routing._priority import Priority
from dianliang.engines.routing._render import empty_plan, render
from dianliang.engines.routing._state import Search, as_turned, linked_to
from dianliang.engines.routing._validate import InvalidProblemError, validate
from dianliang.engines.routing._work import Executor
from dianliang.engines.routing.stop import StopCriterion

ROUNDED_S = 1
"""Begins of a plan that was written down are whole seconds."""


def solve(
    problem: Problem,
    *,
    stop: StopCriterion,
    seed: int = 1,
    params: Params | None = None,
    start: Plan | None = None,
    progress: Callable[[Progress], bool] | None = None,
    executor: Executor | None = None,
) -> Plan:
    """Plan a problem as well as the stop criterion allows, and explain the result.

    Deterministic for a seed under any criterion that does not look at the clock. Cost: about 30 µs
    an iteration; memory: 4 bytes × (places)². A thousand jobs and more are improved in regions, in
    rounds: on `params.workers` threads of this process, or by an executor, wherever that is. From
    an executor there is progress, and an ear for "cancel", only when a region comes back. Musts
    come first: one that is out comes in, however much steps aside for it on one route.

    Raises:
        InvalidProblemError: the problem contradicts itself; it lists every error.
        ValueError: an executor brought back a plan that breaks a rule.
    """
    params = params or Params()
    compiled = compiled_or_refused(problem)
    if compiled is None:
        return empty_plan(problem, seed=seed)
    search = opening(compiled, seed=seed, start=start)
    first, price = search.laid(), float(search.totals[1])
    musts = musts_of(compiled)
    out, penalties = len(missing(search, musts)), compiled.data.items["penalty"].copy()
    if start is None:
        fill_up(search)
    watch = Watch(stop=stop, progress=progress, best=float(search.totals[1]))
    watch.unassigned = search.unassigned()
    improvement = partial(anneal, search, plane(compiled.points), watch, seed=seed, params=params)
    improvement(musts=musts, is_warm=start is not None, executor=executor)
    compiled.data.items["penalty"] = penalties
    if search.totals[1] > price and len(missing(search, musts)) >= out:
        search.load(first)
    return render(problem, compiled, search, seed=seed, iterations=watch.iteration)


def compiled_or_refused(problem: Problem, *, candidates: int = CANDIDATES) -> Compiled | None:
    """Compile a valid problem; None when there is no team at all.

    Raises:
        InvalidProblemError: the problem contradicts itself.
    """
    errors = validate(problem)
    if errors:
        raise InvalidProblemError(errors)
    return compile_problem(problem, candidates=candidates) if problem.teams else None


def musts_of(compiled: Compiled) -> kernel.Ints:
    """Return the jobs that must be done."""
    return np.flatnonzero([job.priority is Priority.MUST for job in compiled.jobs])


def opening(compiled: Compiled, *, seed: int, start: Plan | None) -> Search:
    """Make a first plan: the plan to start from, then locks, then dear jobs before cheap."""
    d = compiled.data
    search = Search.begin(d, seed=seed)
    if start is not None:
        follow(compiled, search, start)
    n = len(d.able)
    waiting = np.flatnonzero(search.tour.spots["where"][:n] < 0)
    items = d.items[waiting]
    order = np.lexsort((items["due"], -items["penalty"], 1 - items["held"]))
    jobs = waiting[order].astype(np.int64)
    search.build(jobs)
    return search


def fill_up(search: Search) -> None:
    """Take in at a loss what a first plan leaves out, where that is most of all jobs.

    No way pays for one job alone there. To find out which do not pay is easier than to have many
    set out together.
    """
    n = len(search.data.able)
    if 2 * search.unassigned() > n:
        waiting = np.flatnonzero(search.tour.spots["where"][:n] < 0)
        order = np.argsort(-search.data.items["penalty"][waiting], kind="stable")
        search.build(waiting[order].astype(np.int64), lured=n)


def follow(compiled: Compiled, search: Search, plan: Plan) -> None:
    """Copy the routes of an earlier plan in their order, leaving out what no longer holds."""
    d, s = compiled.data, search.tour
    index = {(team.id, shift): i for i, (team, shift) in enumerate(compiled.routes)}
    taken: set[int] = set()
    for route in plan.routes:
        v = index.get((route.team_id, route.shift))
        if v is None:
            continue
        jobs = [compiled.numbers.get(stop.job_id, -1) for stop in route.stops]
        usable = [job for job in jobs if job >= 0 and job not in taken and d.able[job, v]]
        turned = [compiled.numbers.get(stop.job_id, -1) for stop in route.stops if stop.is_turned]
        s.spots["turned"][usable] = as_turned(d, usable, np.isin(usable, turned))
        _keep_links(compiled, search, plan, usable)
        before = [
            stop.job_id
            for stop in route.stops
            if route.lunch_at is None or stop.start_at <= route.lunch_at
        ]
        rest_after = sum(compiled.jobs[job].id in before for job in usable)
        if not search.lay(v, usable, rest_after=rest_after) and not search.lay(v, usable):
            search.lay(v, [])
            for job in usable:
                search.append(v, job)
        kept = s.stops["item"][v, : s.runs["length"][v]]
        taken |= set(kept[kept < len(d.able)].tolist())
    _drop_torn(d, search)
    search.settle()


def _keep_links(compiled: Compiled, search: Search, plan: Plan, jobs: list[int]) -> None:
    for job in jobs:
        if compiled.data.items["group"][job] >= 0:
            found = plan.stop_of(compiled.jobs[job].id)
            if found is not None:
                begin = int((found[1].start_at - compiled.epoch).total_seconds())
                search.tour.spots["anchor"][job] = begin


def _drop_torn(d: kernel.Data, search: Search) -> None:
    """Take out what lost a linked job or a part of its series, and what needed its gear."""
    where = search.tour.spots["where"]
    while torn := [job for job in _torn(d, search) if where[job] >= 0]:
        for job in torn:
            if where[job] < 0:
                continue
            route = kernel.drop(d, search.tour, job)
            search.tour.spots["anchor"][job] = -1
            if not kernel.schedule(d, search.tour, route):
                _lay_again(d, search, route)


def _torn(d: kernel.Data, search: Search) -> Iterator[int]:
    """Yield the jobs whose mates are out, and those whose begins do not keep their links."""
    where, begins = search.tour.spots["where"], search.tour.spots["anchor"]
    for job in np.flatnonzero(where[: len(d.able)] < 0).tolist():
        yield from search.mates(job)
    for number, group in enumerate(d.groups):
        linked = linked_to(d, number)
        lags = d.lags[group["lags"] : group["lags"] + len(linked) ** 2].reshape(len(linked), -1)
        if (begins[linked][:, None] + lags > begins[linked] + ROUNDED_S).any():
            yield from linked


def _lay_again(d: kernel.Data, search: Search, route: int) -> None:
    """Lay a route job by job, leaving out what no longer holds without one that went."""
    laid = search.tour.stops["item"][route, : search.tour.runs["length"][route]]
    jobs = laid[laid < len(d.able)].tolist()
    search.lay(route, [])
    for job in jobs:
        search.append(route, job)
