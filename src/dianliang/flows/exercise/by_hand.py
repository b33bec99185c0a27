"""Dispatch as people do it with a list and a map: the gravest task to whoever is nearest. Pure.

A crew that is free gets, of the gravest grade that is waiting and that it can do, the nearest task;
nothing is planned ahead and nothing taken back.
"""

from collections.abc import Iterator
from datetime import datetime

from dianliang.flows.exercise.playing import TRAVEL, Crew, Game
from dianliang.flows.exercise.scenario import GRADES, Gear, Happening, Work

RANK = {grade: rank for rank, (grade, _) in enumerate(GRADES)}
MOST_TRIED = 12
"""Tasks of a grade that a desk goes through before it looks at the next grade."""


class ByHand:
    """A desk without a plan."""

    def __init__(self) -> None:
        self._by_grade: dict[str, dict[str, Work]] = {grade: {} for grade in RANK}

    def tell(self, game: Game, *, at: datetime, rain: int | None, what: Happening | None) -> None:
        """Put what is new on the list."""
        del at, rain, what
        for grade, own in self._by_grade.items():
            own.clear()
            own |= {code: work for code, work in game.waiting.items() if work.grade == grade}

    def offers(self, game: Game, crew: Crew, *, at: datetime) -> Iterator[Work]:
        """Yield what is waiting, the gravest grade first, of one grade the nearest first."""
        del at
        for own in self._by_grade.values():
            able = [
                work
                for code, work in own.items()
                if code in game.waiting and (not work.skill or work.skill in crew.band.skills)
            ]
            yield from nearest(crew, able)

    def errand(self, game: Game, crew: Crew) -> tuple[Gear, ...]:
        """Fetch nothing ahead: gear is fetched on the way to where it is needed."""
        del game, crew
        return ()

    def piece(self, game: Game, crew: Crew, work: Work) -> Gear | None:
        """Return the nearest piece of the kind that is free."""
        return nearest_piece(game, crew, work)


def nearest(crew: Crew, works: list[Work]) -> list[Work]:
    """Return the nearest of some tasks, the nearest first."""
    if not works:
        return []
    seconds = TRAVEL.table([crew.place], [work.at for work in works])[0]
    return [works[at] for at in seconds.argsort(kind="stable")[:MOST_TRIED].tolist()]


def nearest_piece(game: Game, crew: Crew, work: Work) -> Gear | None:
    """Return the free piece of the kind that a task needs that stands nearest to a crew."""
    free = [piece for piece in game.free_gear.values() if piece.kind == work.gear]
    return min(
        free,
        key=lambda piece: crew.place.distance_m(game.flood.seats[piece.seat]),
        default=None,
    )
