"""Answer where one more job would fit: a plan laid out once, asked many times."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._ability import able_of
from dianliang.engines.routing._arrays import Compiled, compile_problem
from dianliang.engines.routing._kernel import Data, Tour
from dianliang.engines.routing._model import Job, Plan, Problem
from dianliang.engines.routing._solve import compiled_or_refused, follow
from dianliang.engines.routing._state import Search
from dianliang.engines.routing._validate import InvalidProblemError, validate
from dianliang.kernel.geo import GeoPoint

GUEST = "\0guest"
"""The id of the row that is kept free for the job that is asked about."""
LONGEST_WAY_S = 2.0**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place in a plan for one more job: with whom, when, and what it really costs."""

    team_id: str
    shift: int
    position: int
    start_at: datetime
    price_s: float


class Desk:
    """A plan laid over its problem, ready to be asked about many jobs.

    Cost: compiling the problem once; then milliseconds a question. Not for several threads.

    Raises:
        InvalidProblemError: the problem contradicts itself.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.compiled: Compiled | None = None
        if problem.teams:
            at = problem.teams[0].shifts[0].start if problem.teams[0].shifts else GeoPoint(0, 0)
            guest = Job(id=GUEST, at=at, duration_s=1)
            wider = replace(problem, jobs=(*problem.jobs, guest))
            self.compiled = compiled_or_refused(wider, candidates=0)  # every place is tried
        if self.compiled is not None:
            search = Search.begin(self.compiled.data, seed=1)
            follow(self.compiled, search, plan)
            self.tour = search.tour

    def recommend(self, job: Job, *, k: int = 5) -> tuple[Slot, ...]:
        """Return the k cheapest slots for a job, at most one per team and shift.

        The price is marginal: what the objective grows by, without what leaving the job out would
        have cost. A job that is in the plan already is priced as if it were taken out first.

        Raises:
            InvalidProblemError: the job contradicts itself.
        """
        compiled = self.compiled
        if compiled is None:
            return ()
        tour, guest, slots = self._without(compiled, job), compiled.numbers[GUEST], list[Slot]()
        if job.part and job in compiled.jobs:
            data, guest = compiled.data, compiled.numbers[job.id]
        else:
            data = self._with_guest(compiled, job)
        for v in np.flatnonzero(data.able[guest]).tolist():
            index, price, begin = kernel.best_in_route(data, tour, guest, v, kernel.INFEASIBLE / 2)
            if index < 0:
                continue
            team, shift = compiled.routes[v]
            laid = tour.stops["item"][v, :index]
            slots.append(
                Slot(
                    team_id=team.id,
                    shift=shift,
                    position=int((laid < len(compiled.jobs)).sum()),
                    start_at=compiled.instant(begin),
                    price_s=float(price),
                )
            )
        return tuple(sorted(slots, key=lambda slot: slot.price_s)[:k])

    def _without(self, compiled: Compiled, job: Job) -> Tour:
        number = compiled.numbers.get(job.id, -1)
        if number < 0 or self.tour.spots["where"][number] < 0:
            return self.tour
        tour = Tour._make(part.copy() for part in self.tour)
        kernel.schedule(compiled.data, tour, kernel.drop(compiled.data, tour, number))
        return tour

    def _with_guest(self, compiled: Compiled, job: Job) -> Data:
        """Write a job into the row that is kept free, with the ways to it and back.

        A part of a line has neighbours that a team comes from without setting up: it is asked about
        in its own row, unless it was changed; then as if every team had to set up.
        """
        problem = self.problem
        locks = tuple(lock for lock in problem.locks if lock.job_id == job.id)
        bare = replace(job, part=None)
        alone = replace(problem, jobs=(bare,), locks=locks, links=(), series=(), lines=())
        errors = validate(alone)
        if errors:
            raise InvalidProblemError(errors)
        apart, guest = compile_problem(alone), compiled.numbers[GUEST]
        own, d, points = apart.data, compiled.data, len(compiled.points)
        n = len(d.windows)
        d.items[guest] = own.items[0]
        d.items[guest]["place"], d.items[guest]["exit"] = points, points + (job.exit != job.at)
        mine = own.windows[own.items["first"][0] : own.items["last"][0]]
        d.items[guest]["first"], d.items[guest]["last"] = n, n + len(mine)
        collected = compiled.collected | apart.collected
        d.able[guest] = able_of((bare,), compiled.routes, apart.locked, collected)[0]
        d.extra[guest] = own.extra[0]
        d.out[guest] = [job.gear.get(kind, 0) for kind in compiled.kinds]
        d.back[guest] = [job.returns.get(kind, 0) for kind in compiled.kinds]
        return d._replace(
            windows=np.concatenate([d.windows, mine]),
            time=_with_places(problem, compiled, job),
        )


def _with_places(problem: Problem, compiled: Compiled, job: Job) -> NDArray[np.int32]:
    """Return the ways between places with those of a job in the last rows and columns."""
    more = [*dict.fromkeys((job.at, job.exit))]
    line_id = job.part.line_id if job.part else ""
    own_s = next((line.setup_s for line in problem.lines if line.id == line_id), 0)
    n, every = len(compiled.points), (*compiled.points, *more)
    setup = np.concatenate([compiled.setup, np.full(len(more), own_s)])
    wider = np.zeros((len(every), len(every)), np.int32)
    wider[:n, :n] = compiled.data.time
    for row, at in enumerate(more, start=n):
        there = [problem.travel.between(at, point)[0] for point in every]
        back = [problem.travel.between(point, at)[0] + own_s for point in every]
        wider[row] = np.rint(np.minimum(np.add(there, setup), LONGEST_WAY_S))
        wider[:, row] = np.rint(np.minimum(back, LONGEST_WAY_S))
        wider[row, row] = 0
    return wider


def recommend(problem: Problem, plan: Plan, job: Job, *, k: int = 5) -> tuple[Slot, ...]:
    """Return the k cheapest slots for a new job, at most one per team and shift.

    The price is marginal: what the whole plan's objective grows by. Cost: compiling the problem;
    who asks about many jobs keeps a `Desk`.

    Raises:
        InvalidProblemError: the problem or the job contradicts itself.
    """
    return Desk(problem, plan).recommend(job, k=k)
