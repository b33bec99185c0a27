"""Put a plan right after a disruption, changing few of the visits that people know."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from dianliang.engines.routing._arrays import Compiled
from dianliang.engines.routing._kernel import Ints
from dianliang.engines.routing._model import Plan, Problem
from dianliang.engines.routing._musts import MUST_FIRST
from dianliang.engines.routing._past import forbid_past, hold_begun, on_its_days
from dianliang.engines.routing._priority import Priority
from dianliang.engines.routing._render import empty_plan, render
from dianliang.engines.routing._repair import Known, Repair
from dianliang.engines.routing._replan import Change, diff
from dianliang.engines.routing._solve import compiled_or_refused, follow
from dianliang.engines.routing._state import Search
from dianliang.engines.routing.stop import StopCriterion

DEPTHS = (0, 1, 2)
"""A job is placed where there is room, then where one visit makes room, then two."""
AROUND = 120
"""So many visits around what happened are looked at for a better place."""
GONE = -2


@dataclass(frozen=True, slots=True, kw_only=True)
class Replanned:
    """A plan after a disruption and what it changes for people.

    `forced` is what the disruption changed whatever anybody plans; `chosen` was changed to make
    room, within the budget; `added` are visits that the earlier plan did not have. `delayed` are
    those that stay and only begin later, where that is no change.
    """

    plan: Plan
    forced: tuple[Change, ...]
    chosen: tuple[Change, ...]
    added: tuple[Change, ...]
    delayed: tuple[Change, ...] = ()


def replan(
    problem: Problem,
    plan: Plan,
    *,
    stop: StopCriterion,
    seed: int = 1,
    most_changes: int = 5,
    moved_s: int = 15 * 60,
    counts_delays: bool = True,
    before: datetime | None = None,
) -> Replanned:
    """Fit a plan to what happened; `problem` already contains it.

    A new job, a team's lost or shortened shift, a longer visit, a withdrawn job, a blocked road:
    first the plan is followed as far as it holds, then jobs that are out are placed, musts first,
    then the visits around the disruption are improved. A visit counts as changed when its team or
    day differs, it begins more than `moved_s` earlier or later, or it is dropped; at most
    `most_changes` are, besides those that following the plan could not keep. Where no customer was
    told an hour, as in an emergency, `counts_delays` is off: what only begins later is no change,
    and its price is that of waiting. Visits that began
    `before`, or whose team is on its way by then, stay, and nothing new begins before it. A team
    that worked a part of its day is given with a shorter shift, not without it.

    Cost: compiling the problem, then about 20 ms for each visit that could make room.

    Raises:
        InvalidProblemError: the problem contradicts itself.
    """
    known = on_its_days(problem, plan)
    held = problem if before is None else hold_begun(problem, known, before)
    compiled = compiled_or_refused(held)
    if compiled is None:
        return _told(plan, empty_plan(problem, seed=seed), frozenset(), moved_s, counts_delays)
    if before is not None:
        forbid_past(compiled, known, before)
    musts = [job.priority is Priority.MUST for job in compiled.jobs]
    compiled.data.items["penalty"][np.flatnonzero(musts)] += MUST_FIRST
    search = Search.begin(compiled.data, seed=seed)
    follow(compiled, search, known)
    told = _known(compiled, known, moved_s, most_changes, counts_delays)
    repair = Repair(compiled, search, told)
    _mend(repair, known, stop, seed)
    search.settle()
    left_out = {left.job_id: left for left in plan.unassigned}
    after = render(problem, compiled, search, seed=seed, iterations=repair.trials, told=left_out)
    chosen = frozenset(compiled.jobs[job].id for job in np.flatnonzero(repair.chosen).tolist())
    return _told(plan, after, chosen, moved_s, counts_delays)


def _known(
    compiled: Compiled, plan: Plan, moved_s: int, most_changes: int, counts_delays: bool
) -> Known:
    routes = compiled.data.routes
    lanes: Ints = routes["team"] * (int(routes["day"].max()) + 1) + routes["day"]
    index = {(team.id, shift): v for v, (team, shift) in enumerate(compiled.routes)}
    lane = np.full(len(compiled.jobs), -1)
    begin = np.zeros(len(compiled.jobs), np.int64)
    for route in plan.routes:
        v = index.get((route.team_id, route.shift))
        for stop in route.stops:
            job = compiled.numbers.get(stop.job_id)
            if job is not None:
                lane[job] = GONE if v is None else lanes[v]
                begin[job] = (stop.start_at - compiled.epoch).total_seconds()
    return Known(lane, begin, lanes, moved_s, most_changes, counts_delays)


def _mend(repair: Repair, plan: Plan, stop: StopCriterion, seed: int) -> None:
    """Place what is out and improve around it until told to stop or nothing is better."""
    rng = np.random.default_rng(seed)
    told = {left.job_id for left in plan.unassigned}
    jobs, where = repair.compiled.jobs, repair.tour.spots["where"]
    spare = [job for job in repair.out() if jobs[job].id in told]
    urgent = [job for job in repair.out() if jobs[job].id not in told]
    touched = _touched(repair, plan)

    def goes_on() -> bool:
        return stop.share(iteration=repair.trials, best=repair.total) < 1

    _place_urgent(repair, urgent, goes_on)
    for job in repair.out():
        if jobs[job].id not in told and goes_on():
            repair.place(job, depth=0)
    eased = np.flatnonzero(touched)
    for job in spare:
        if len(eased) and goes_on():
            repair.place_in(job, eased)
    around = repair.around(urgent, touched, AROUND)
    is_better = True
    while is_better and goes_on():
        is_better = False
        for job in rng.permutation(around).tolist():
            if goes_on() and where[job] >= 0:
                is_better |= repair.shift(job, depth=1)


def _place_urgent(repair: Repair, urgent: list[int], goes_on: Callable[[], bool]) -> None:
    """Place what the disruption brought: where there is room, then with others making room."""
    jobs, where = repair.compiled.jobs, repair.tour.spots["where"]
    musts = [job for job in urgent if jobs[job].priority is Priority.MUST]
    for depth in DEPTHS:
        for job in urgent:
            if where[job] < 0 and (depth == 0 or goes_on()):
                repair.place(job, depth=depth)
    for job in musts:
        if where[job] < 0 and goes_on():
            repair.place(job, depth=1, is_thorough=True)
    for job in musts:
        if goes_on():
            repair.make_way(job)


def _touched(repair: Repair, plan: Plan) -> Ints:
    """Tell which routes the disruption touched: they lost a visit, have a new team, run late."""
    runs, n = repair.tour.runs["length"], len(repair.compiled.jobs)
    laid = {(route.team_id, route.shift): len(route.stops) for route in plan.routes}
    own = np.array(
        [laid.get((team.id, shift), 0) for team, shift in repair.compiled.routes], np.int64
    )
    items = repair.tour.stops["item"][:, :-1]
    is_laid = np.arange(items.shape[1]) < runs[:, None]
    now = (is_laid & (items < n)).sum(axis=1)
    touched: Ints = (now < own).astype(np.int64)
    late = repair.tour.spots["where"][:n][repair.forced]
    touched[late[late >= 0]] = 1
    return touched


def _told(
    before: Plan, after: Plan, chosen: frozenset[str], moved_s: int, counts_delays: bool
) -> Replanned:
    lines = diff(before, after, noticeable_s=moved_s + 1)
    others = [c for c in lines if c.kind != "added" and c.job_id not in chosen]
    later = frozenset() if counts_delays else frozenset({"retimed"})
    return Replanned(
        plan=after,
        forced=tuple(c for c in others if c.kind not in later),
        chosen=tuple(c for c in lines if c.job_id in chosen),
        added=tuple(c for c in lines if c.kind == "added"),
        delayed=tuple(c for c in others if c.kind in later),
    )
