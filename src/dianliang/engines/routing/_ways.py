"""Try changes on a finished plan: each on data of its own, undone after the look."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

import numpy as np

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._arrays import Compiled, compile_problem, until_next
from dianliang.engines.routing._kernel import NEVER, Data, Floats, Records, Tour
from dianliang.engines.routing._model import WEEK_S, Job, Problem, Shift, Team
from dianliang.engines.routing._priority import Priority
from dianliang.kernel.periods import TimeWindow

LONGEST_OVERTIME_S = 7200
APPOINTMENT_STEP_S, APPOINTMENT_STEPS = 900, 16
RANKS = {Priority.MUST: 2, Priority.SHOULD: 1, Priority.MAY: 0}


class World(StrEnum):
    """The plan as it is, or with one rule away."""

    AS_IS = "as_is"
    LONGER = "longer"
    UNRESTED = "unrested"
    UNLIMITED = "unlimited"


@dataclass(frozen=True, slots=True)
class Found:
    """A place for a job: what the plan grows by, effort included, and when it begins."""

    price: float
    route: int
    begin_s: int
    effort_s: float = 0.0


class Ways:
    """Places for jobs that a plan leaves out, as things are or with something changed.

    The jobs count as musts: a person who makes a change for one has decided that it be done.
    `by` is the last moment at which a job may begin even if its customer is free all day.
    """

    def __init__(
        self, problem: Problem, compiled: Compiled, tour: Tour, *, by: datetime | None = None
    ) -> None:
        self.problem, self.compiled, self.tour, self.by = problem, compiled, tour, by
        d = compiled.data
        latest = NEVER if by is None else int((by - compiled.epoch).total_seconds())
        self.always = np.array([(-NEVER, latest)], d.windows.dtype)
        self.data = d._replace(
            items=d.items.copy(),
            windows=np.concatenate([d.windows, self.always]),
            able=d.able.copy(),
            extra=d.extra.copy(),
            out=d.out.copy(),
            back=d.back.copy(),
        )
        self.waiting: list[int] = np.flatnonzero(tour.spots["where"][: len(d.able)] < 0).tolist()
        for number in self.waiting:
            self._make_must(number)
        self._worlds: dict[World, tuple[Data, Tour]] = {World.AS_IS: (self.data, tour)}

    def _make_must(self, number: int) -> None:
        weights, row = self.problem.weights, self.data.items[number]
        worth = weights.worth(replace(self.compiled.jobs[number], priority=Priority.MUST))
        if self.compiled.jobs[number].due_at is not None:
            row["late_most"] = weights.late_most_share * worth
            row["late_rest"] = weights.late_rest_share * worth / WEEK_S

    def best(
        self,
        number: int,
        *,
        world: World = World.AS_IS,
        efforts: Floats | None = None,
        is_timeless: bool = False,
        is_laden: bool = True,
    ) -> Found | None:
        """Return the cheapest place for a job, or None.

        `efforts` opens routes at a price and shuts those where it is infinite; `is_timeless`: the
        customer is free all day; not `is_laden`: there is gear enough.
        """
        d, tour = self._world(world)
        with self._eased(d, number, efforts, is_timeless=is_timeless, is_laden=is_laden):
            route, _, price, begin = kernel.best_anywhere(d, tour, number, kernel.INFEASIBLE / 2)
        return None if route < 0 else _found(price, route, begin, efforts)

    def best_appointment(
        self, number: int, *, efforts: Floats | None = None, is_laden: bool = True
    ) -> Found | None:
        """Return the cheapest place if the customer were free all day, and the begin to agree on.

        A team whose hours are limited may have to come later than it could.
        """
        found = self.best(number, efforts=efforts, is_timeless=True, is_laden=is_laden)
        if found is None:
            return None
        last = int(self.always["shuts"][0])
        for step in range(APPOINTMENT_STEPS):
            begin = found.begin_s + step * APPOINTMENT_STEP_S
            if begin > last:
                return None
            self.data.windows[-1] = (begin, begin)
            with self._eased(self.data, number, efforts, is_timeless=True, is_laden=is_laden):
                index, price, _ = kernel.best_in_route(
                    self.data, self.tour, number, found.route, kernel.INFEASIBLE / 2
                )
            self.data.windows[-1] = self.always[0]
            if index >= 0:
                return _found(price, found.route, begin, efforts)
        return None

    def best_instead(self, number: int) -> tuple[Job, Found] | None:
        """Return the less urgent neighbour that would best make room for a job, and where."""
        compiled, rank = self.compiled, RANKS[self.compiled.jobs[number].priority]
        items = compiled.data.items
        others = [
            other
            for other in compiled.data.near[number].tolist()
            if RANKS[compiled.jobs[other].priority] < rank
            and other not in compiled.locked
            and items["series"][other] < 0
            and items["group"][other] < 0
        ]
        other, route, price, begin = kernel.best_instead(
            self.data, self.tour, number, np.array(others, np.int64)
        )
        return None if other < 0 else (compiled.jobs[other], Found(price, route, begin))

    def overtime_s(self, found: Found, number: int) -> int:
        """Return how much later than it may now a team comes home from a place with overtime."""
        data, tour = self._world(World.LONGER)
        home = _with(data, tour, number, found.route).runs["home"][found.route]
        return int(home - self.compiled.data.routes["shuts"][found.route])

    def gear_short(self, found: Found, number: int) -> tuple[str, ...]:
        """Return the gear that a route has too little of once it has the job, too."""
        with self._eased(self.data, number, None, is_timeless=False, is_laden=False):
            self.data.able[number, found.route] = True
            trial = _with(self.data, self.tour, number, found.route)
        kernel.schedule(self.data, trial, found.route)
        home = trial.aboard[found.route, trial.runs["length"][found.route]]
        return tuple(
            kind
            for kind, (least, most, *_) in zip(self.compiled.kinds, home.tolist(), strict=True)
            if least > most
        )

    @cached_property
    def spare(self) -> "Ways | None":
        """Return the same for the shifts that could be opened, each for one job alone."""
        free = [number for number in self.waiting if not is_tied(self.compiled, number)]
        jobs = tuple(self.compiled.jobs[number] for number in free)
        teams = tuple(replace(team, shifts=spare_of(team)) for team in self.problem.teams)
        if not any(team.shifts for team in teams):
            return None
        alone = replace(self.problem, jobs=jobs, teams=teams, locks=(), links=(), series=())
        compiled = compile_problem(alone)
        d = compiled.data
        d.items["late_free"][: len(jobs)] = self.compiled.data.items["late_free"][free]
        team = d.routes["team"].copy()
        own = self.compiled.data.teams
        hours = [
            compiled.shift(route).window.duration.total_seconds() for route in range(len(team))
        ]
        d.routes["team"] = np.arange(len(team))
        rows: Records = np.zeros(len(team), d.teams.dtype)
        rows["budget"] = own["budget"][team]
        rows["available"] = own["available"][team] + np.array(hours, np.int64)
        worked = self.tour.worked[team]
        idle = compiled.idle._replace(worked=worked)
        rate = d.balance_price * worked.astype(float) ** 2
        fairer = rate / np.maximum(1, rows["available"]) - rate / np.maximum(
            1, own["available"][team]
        )
        compiled = replace(
            compiled,
            data=d._replace(teams=rows, extra=d.extra + fairer.astype(np.float32)),
            idle=idle,
        )
        return Ways(alone, compiled, idle, by=self.by)

    def _world(self, world: World) -> tuple[Data, Tour]:
        if world not in self._worlds:
            d = self.data._replace(
                routes=self.data.routes.copy(),
                teams=self.data.teams.copy(),
                items=self.data.items.copy() if world is World.UNRESTED else self.data.items,
                windows=self.data.windows.copy() if world is World.UNRESTED else self.data.windows,
            )
            if world is World.LONGER:
                longer = d.routes["shuts"] + LONGEST_OVERTIME_S
                d.routes["shuts"] = np.minimum(longer, until_next(d.routes))
            elif world is World.UNLIMITED:
                d.routes["longest"], d.teams["budget"] = NEVER, NEVER
            else:
                breaks = d.items[len(d.able) :]
                breaks["service"] = 0
                d.windows[breaks["first"]] = (-NEVER, NEVER)
            tour = _copied(self.tour)
            kernel.retime(d, tour)
            self._worlds[world] = d, tour
        return self._worlds[world]

    @contextmanager
    def _eased(
        self, d: Data, number: int, efforts: Floats | None, *, is_timeless: bool, is_laden: bool
    ) -> Generator[None, None, None]:
        """Change a job's rows for a while."""
        row = d.items[number]
        first, last, source = int(row["first"]), int(row["last"]), self.compiled.data
        if is_timeless:
            row["first"], row["last"] = len(d.windows) - 1, len(d.windows)
        if efforts is not None:
            is_open = np.isfinite(efforts)
            d.able[number] = is_open
            d.extra[number] += np.where(is_open, efforts, 0).astype(np.float32)
        if not is_laden:
            d.out[number] = d.back[number] = 0
        try:
            yield
        finally:
            row["first"], row["last"] = first, last
            d.able[number], d.extra[number] = source.able[number], source.extra[number]
            d.out[number], d.back[number] = source.out[number], source.back[number]


def _found(price: float, route: int, begin: int, efforts: Floats | None) -> Found:
    return Found(price, route, begin, 0.0 if efforts is None else float(efforts[route]))


def _copied(tour: Tour) -> Tour:
    return Tour._make(part.copy() for part in tour)


def _with(d: Data, tour: Tour, number: int, route: int) -> Tour:
    """Return the plan with a job put where it is cheapest on a route."""
    trial = _copied(tour)
    place, _, _ = kernel.best_in_route(d, trial, number, route, kernel.INFEASIBLE / 2)
    kernel.put(d, trial, route, place, number)
    return trial


def is_tied(compiled: Compiled, number: int) -> bool:
    """Tell whether a job belongs to a series or to another job."""
    row = compiled.data.items[number]
    return bool(row["series"] >= 0 or row["group"] >= 0)


def spare_of(team: Team) -> tuple[Shift, ...]:
    """Return the shifts that could be opened for a team: given ones, or the day after its last.

    Not while it is out anyway.
    """
    if team.spare is not None:
        given = team.spare
    else:
        last = max(team.shifts, key=lambda shift: shift.window.start)
        day = timedelta(days=1)
        lunch = last.lunch and replace(last.lunch, window=_later(last.lunch.window, day))
        given = (replace(last, window=_later(last.window, day), lunch=lunch, only_for=None),)
    return tuple(
        shift
        for shift in given
        if not any(shift.window.overlaps(own.window) for own in team.shifts)
    )


def _later(window: TimeWindow, by: timedelta) -> TimeWindow:
    return TimeWindow(window.start + by, window.end + by)
