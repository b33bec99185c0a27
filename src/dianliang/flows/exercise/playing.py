"""Time goes by: crews drive, work, rest and are told what is next by whoever dispatches. Pure.

The same rules for every desk. Ways and work take another time than planned, drawn for each task;
gear is fetched where it stands; a crew begins nothing that it could not end within its shift, ways
home included, if all went as slowly as it may. What stands on flooded ground cannot be reached, and
what a lost team was doing is to be done anew.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, pairwise
from random import Random
from typing import Protocol

from dianliang.engines.routing import GreatCircle
from dianliang.flows.exercise.scenario import (
    BROKEN,
    CUT,
    LOST,
    SLOWEST_WAY,
    SLOWEST_WORK,
    Band,
    Flood,
    Gear,
    Happening,
    Work,
)
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

TRAVEL = GreatCircle()
"""What planning reckons with where no road engine is set up."""
LOADING = timedelta(minutes=10)
ON, REST = timedelta(hours=12), timedelta(hours=8)
"""So long a crew may work at a stretch, and so long it rests after it: what dispatch offers too."""


@dataclass(frozen=True, slots=True)
class Doing:
    """A crew is on its way to a task or at it."""

    work: Work
    left_at: datetime
    arrives_at: datetime
    ends_at: datetime


@dataclass(slots=True)
class Crew:
    """A team as it goes on; `spells` are its stretches of work, from setting off to being home.

    It `carries` gear that it has fetched; until `back_at` it is on its way for some.
    """

    band: Band
    place: GeoPoint
    doing: Doing | None = None
    is_lost: bool = False
    carries: set[str] = field(default_factory=set[str])
    back_at: datetime | None = None
    spells: list[TimeWindow] = field(default_factory=list[TimeWindow])


@dataclass(frozen=True, slots=True)
class Served:
    """A task that is done: by whom, and when they set off, were there and had done it."""

    work: Work
    team: str
    left_at: datetime
    arrived_at: datetime
    done_at: datetime


class Desk(Protocol):
    """Whoever dispatches."""

    def tell(self, game: "Game", *, at: datetime, rain: int | None, what: Happening | None) -> None:
        """Hear that it rains, or that something went wrong; the game has it written down."""
        ...

    def offers(self, game: "Game", crew: Crew, *, at: datetime) -> Iterable[Work]:
        """Return what a crew is to do next, the first that it can do is taken."""
        ...

    def errand(self, game: "Game", crew: Crew) -> Sequence[Gear]:
        """Return what gear a crew is to fetch before anything else."""
        ...

    def piece(self, game: "Game", crew: Crew, work: Work) -> Gear | None:
        """Return which piece of gear a crew takes to a task that needs one."""
        ...


class Game:
    """The state of play."""

    def __init__(self, flood: Flood) -> None:
        self.flood = flood
        self.crews = {band.code: Crew(band, flood.seats[band.seat]) for band in flood.bands}
        self.waiting: dict[str, Work] = {}
        self.served: dict[str, Served] = {}
        self.known: dict[str, Work] = {}
        self.since: dict[str, datetime] = {}
        self.free_gear = {piece.code: piece for piece in flood.gear}
        self.used_gear: set[str] = set()
        self.cuts: list[Happening] = []
        self.shifts = _shifts(flood)
        self._queue: list[tuple[datetime, int, int, object]] = []
        self._order = count()

    def is_reachable(self, work: Work) -> bool:
        """Tell whether no flooded ground is around it."""
        return not any(cut.covers(work.at) for cut in self.cuts)

    def play(self, desk: Desk) -> "Game":
        """Let the whole exercise go by."""
        for wave, at in enumerate(self.flood.rains):
            self._push(at, wave)
        for told in self.flood.happenings:
            self._push(told.at, told)
        while self._queue and self._queue[0][0] <= self.flood.end:
            at, _, _, what = heapq.heappop(self._queue)
            if isinstance(what, Crew):
                self._ended(what, at)
                self._next(what, desk, at)
            else:
                rain = what if isinstance(what, int) else None
                happening = what if isinstance(what, Happening) else None
                self._come(rain, happening, at)
                desk.tell(self, at=at, rain=rain, what=happening)
                for crew in self.crews.values():
                    if crew.doing is None and self._is_on(at):
                        self._next(crew, desk, at)
        return self

    def _push(self, at: datetime, what: object) -> None:
        # Crews that end at the instant of an event have ended before it.
        heapq.heappush(self._queue, (at, int(not isinstance(what, Crew)), next(self._order), what))

    def _is_on(self, at: datetime) -> bool:
        return any(shift.start <= at < shift.end for shift in self.shifts)

    def _come(self, rain: int | None, what: Happening | None, at: datetime) -> None:
        """Write down what comes: tasks of a wave or an urgent one, a loss, ground under water."""
        fresh = [work for work in self.flood.works if work.wave == rain]
        if what and what.urgent:
            fresh.append(what.urgent)
        for work in fresh:
            self.waiting[work.code] = self.known[work.code] = work
            self.since[work.code] = at
        if what and what.what == LOST:
            crew = self.crews[what.team]
            crew.is_lost = True
            if crew.doing:
                self.waiting[crew.doing.work.code] = crew.doing.work
                crew.doing = None
        if what and what.what == CUT:
            self.cuts.append(what)
        if what and what.what == BROKEN:
            self.free_gear.pop(what.gear, None)

    def _ended(self, crew: Crew, at: datetime) -> None:
        doing = crew.doing
        if doing is None or doing.ends_at != at:
            return
        crew.doing, crew.place = None, doing.work.at
        self.served[doing.work.code] = Served(
            doing.work, crew.band.code, doing.left_at, doing.arrives_at, at
        )

    def _next(self, crew: Crew, desk: Desk, at: datetime) -> None:
        """Give a crew the first thing that it can do before its shift ends, or send it home."""
        if crew.is_lost or crew.doing is not None or (crew.back_at and at < crew.back_at):
            return
        shift = next((s for s in self.shifts if at < s.end), None)
        if shift is None:
            return
        if at < shift.start:
            self._push(shift.start, crew)
            return
        if not crew.spells or crew.spells[-1].start < shift.start:
            crew.place = self.flood.seats[crew.band.seat]  # it has rested at home
        if self._fetches(crew, desk.errand(self, crew), shift, at):
            return
        for work in desk.offers(self, crew, at=at):
            if work.code in self.waiting and self._take(crew, work, desk, shift, at):
                return
        following = next((s for s in self.shifts if s.start > at), None)
        if following is not None:
            self._push(following.start, crew)

    def _fetches(self, crew: Crew, pieces: Sequence[Gear], shift: TimeWindow, at: datetime) -> bool:
        """Send a crew for gear, the nearest place next; tell whether there is any to fetch."""
        left = list(dict.fromkeys(self.flood.seats[piece.seat] for piece in pieces))
        here, back = crew.place, at
        while left:
            there = min(left, key=here.distance_m)
            left.remove(there)
            if there != here:
                back += timedelta(seconds=TRAVEL.between(here, there)[0]) + LOADING
            here = there
        if back == at or back > shift.end:
            return False
        crew.place, crew.back_at = here, back
        crew.carries |= {piece.code for piece in pieces}
        self._note_spell(crew, shift, at, back)
        self._push(back, crew)
        return True

    def _take(self, crew: Crew, work: Work, desk: Desk, shift: TimeWindow, at: datetime) -> bool:
        """Set off for a task, unless something forbids it."""
        if not self.is_reachable(work) or (work.skill and work.skill not in crew.band.skills):
            return False
        piece = desk.piece(self, crew, work) if work.gear else None
        if work.gear and (piece is None or piece.code not in self.free_gear):
            return False
        is_away = piece is not None and piece.code not in crew.carries
        stops = [
            crew.place,
            *([self.flood.seats[piece.seat]] if piece and is_away else []),
            work.at,
        ]
        way_s = sum(TRAVEL.between(a, b)[0] for a, b in pairwise(stops))
        home_s = TRAVEL.between(work.at, self.flood.seats[crew.band.seat])[0]
        work_s = 60.0 * work.minutes
        slowest = SLOWEST_WAY * (way_s + home_s) + SLOWEST_WORK * work_s
        if at + timedelta(seconds=slowest) > shift.end:
            return False
        if piece:
            del self.free_gear[piece.code]
            self.used_gear.add(piece.code)
        del self.waiting[work.code]
        slow = Random(f"{self.flood.seed} {work.code} {crew.band.code}")  # noqa: S311 (a game)
        arrives_at = at + timedelta(seconds=round(way_s * slow.uniform(0.9, SLOWEST_WAY)))
        ends_at = arrives_at + timedelta(seconds=round(work_s * work.slow))
        crew.doing = Doing(work, at, arrives_at, ends_at)
        self._note_spell(crew, shift, at, ends_at + timedelta(seconds=SLOWEST_WAY * home_s))
        self._push(ends_at, crew)
        return True

    def _note_spell(self, crew: Crew, shift: TimeWindow, left: datetime, home: datetime) -> None:
        """Lengthen the stretch of work of this shift to when the crew could be home."""
        spells = crew.spells
        if spells and spells[-1].start >= shift.start:
            spells[-1] = TimeWindow(spells[-1].start, home)
        else:
            spells.append(TimeWindow(left, home))

    def violations(self) -> list[str]:
        """Return what breaks the rules of work and rest, one line each; there must be none."""
        found: list[str] = []
        for code, crew in self.crews.items():
            spans = crew.spells
            found += [
                f"{code} {s.start:%d %H:%M} 起连续超过 12 小时" for s in spans if s.duration > ON
            ]
            found += [
                f"{code} {b.start:%d %H:%M} 前休息不足 8 小时"
                for a, b in pairwise(spans)
                if b.start - a.end < REST
            ]
        return found


def _shifts(flood: Flood) -> tuple[TimeWindow, ...]:
    """Return when all crews work: on and off in turn from the beginning."""
    found: list[TimeWindow] = []
    start = flood.begin
    while start < flood.end:
        found.append(TimeWindow(start, min(start + ON, flood.end)))
        start += ON + REST
    return tuple(found)


def waited_h(game: Game, works: Sequence[Work]) -> float:
    """Return how long customers waited altogether, in hours; who was not served, to the end."""
    return sum(
        (
            (game.served[w.code].done_at if w.code in game.served else game.flood.end)
            - game.since[w.code]
        )
        / timedelta(hours=1)
        for w in works
    )
