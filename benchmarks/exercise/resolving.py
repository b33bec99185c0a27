"""The other way to dispatch: solve what is left anew with a plain solver at each event.

The peer gets the same jobs, skills, gear, hours and worths, and starts from where crews are; it
knows nothing of promises, of what crews were told before, nor of a budget for changes. A solver
that finds nothing in its time leaves crews with what they were told last.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.routing.peers import Solver
from benchmarks.routing.runs import Clock
from dianliang.domain.mobilisation.loading import Crew as Hands
from dianliang.domain.mobilisation.loading import Demand, Loads, Piece, load
from dianliang.domain.mobilisation.tasks import worth_of
from dianliang.engines import routing
from dianliang.flows.exercise.playing import TRAVEL, Crew, Game
from dianliang.flows.exercise.scenario import Gear, Happening, Work
from dianliang.flows.planning.slowness import AS_PLANNED
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

PRIORITY = {
    "special": routing.Priority.MUST,
    "first": routing.Priority.MUST,
    "second": routing.Priority.SHOULD,
}


@dataclass(frozen=True, slots=True)
class Again:
    """One solution: how long it took, and how many tasks went to another crew or were dropped."""

    at: datetime
    seconds: float
    planned: int
    changes: int
    is_whole: bool


@dataclass(slots=True)
class Resolving:
    """A desk that asks `solve` for `first_s` CPU-seconds at a rain, for `event_s` at an event.

    `silent` counts how often it found nothing in that time.
    """

    solve: Solver
    first_s: float
    event_s: float
    turns: list[Again] = field(default_factory=list[Again])
    silent: int = 0
    _orders: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _loads: Loads = field(default_factory=dict[str, dict[str, tuple[str, ...]]])

    def tell(self, game: Game, *, at: datetime, rain: int | None, what: Happening | None) -> None:
        """Solve what is left anew."""
        del what
        began = time.perf_counter()
        before = {code: team for team, own in self._orders.items() for code in own}
        problem = self._problem(game, at)
        limit_s = self.event_s if rain is None else self.first_s
        found = self.solve(problem, Clock(limit_s), 1) if problem.jobs and problem.teams else {}
        if not found:
            self.silent += 1
        orders: dict[str, list[str]] = {} if found else self._orders
        for key in sorted(found, key=lambda key: key[1]):
            orders.setdefault(key[0], []).extend(found[key])
        after = {code: team for team, own in orders.items() for code in own}
        changes = sum(
            after.get(code) != team for code, team in before.items() if code in game.waiting
        )
        self._orders = orders
        seconds = time.perf_counter() - began
        self.turns.append(Again(at, seconds, len(after), changes, rain is not None))

    def offers(self, game: Game, crew: Crew, *, at: datetime) -> Iterator[Work]:
        """Yield what is left of the crew's route, in order."""
        del at
        for code in self._orders.get(crew.band.code, ()):
            if code in game.waiting:
                yield game.waiting[code]

    def errand(self, game: Game, crew: Crew) -> Sequence[Gear]:
        """Fetch what the crew was given."""
        return [one for one in self._given(game, crew) if one.code not in crew.carries]

    def piece(self, game: Game, crew: Crew, work: Work) -> Gear | None:
        """Return the first piece of the kind that the crew was given."""
        return next((one for one in self._given(game, crew) if one.kind == work.gear), None)

    def _given(self, game: Game, crew: Crew) -> list[Gear]:
        numbers = [n for own in self._loads.get(crew.band.code, {}).values() for n in own]
        return [game.free_gear[number] for number in numbers if number in game.free_gear]

    def _problem(self, game: Game, at: datetime) -> routing.Problem:
        works = [work for work in game.waiting.values() if game.is_reachable(work)]
        crews = [crew for crew in game.crews.values() if not crew.is_lost]
        self._loads = self._loaded(game, works, crews)
        return routing.Problem(
            jobs=tuple(
                routing.Job(
                    id=work.code,
                    at=work.at,
                    duration_s=60 * work.minutes,
                    skills=frozenset({work.skill} - {""}),
                    gear={work.gear: 1} if work.gear else {},
                    priority=PRIORITY[work.grade],
                    value=worth_of(work.grade, minutes=work.minutes),
                )
                for work in works
            ),
            teams=tuple(
                routing.Team(
                    id=crew.band.code,
                    shifts=shifts,
                    skills=crew.band.skills,
                    gear={
                        sort: len(own) for sort, own in self._loads.get(crew.band.code, {}).items()
                    },
                )
                for crew in crews
                if (shifts := tuple(self._shifts(game, crew, at)))
            ),
            travel=AS_PLANNED.slowed(TRAVEL, homes=game.flood.seats),  # with the caution we keep
        )

    def _loaded(self, game: Game, works: Sequence[Work], crews: Sequence[Crew]) -> Loads:
        seats = game.flood.seats
        demands = [
            Demand(
                sort=work.gear,
                kind=work.gear,
                least=None,
                quantity=1,
                at=work.at,
                worth=worth_of(work.grade, minutes=work.minutes),
                skills=frozenset({work.skill}),
            )
            for work in works
            if work.gear
        ]
        pieces = [
            Piece(number=one.code, kind=one.kind, capacity=None, at=seats[one.seat])
            for one in game.free_gear.values()
        ]
        hands = [Hands(code=c.band.code, at=c.place, skills=c.band.skills) for c in crews]
        return load(demands, pieces, hands).pieces

    def _shifts(self, game: Game, crew: Crew, at: datetime) -> Iterator[routing.Shift]:
        """Yield the rest of the crew's shifts, from where it will be."""
        base = game.flood.seats[crew.band.seat]
        for shift in game.shifts:
            start, place = shift.start, base
            if shift.start <= at:
                start = max(at, crew.back_at or at)
                place = crew.place
                if crew.doing:
                    start, place = max(start, crew.doing.ends_at), crew.doing.work.at
            if start + timedelta(minutes=30) < shift.end:
                window = TimeWindow(start.astimezone(SHANGHAI), shift.end)
                yield routing.Shift(window=window, start=place, end=base)
