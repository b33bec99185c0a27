"""Where crews go for the gear that a dispatch gives them, before anything else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.domain.mobilisation.loading import Crew, Loads, Piece
from dianliang.flows.planning import roads
from dianliang.flows.planning.relaxing import Lane
from dianliang.flows.planning.terms import Fetch
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

NEAR_M = 200.0
"""Gear that lies so near needs no way."""
LOADING = timedelta(minutes=10)
"""What it takes to load at one place."""
LEAST_LEFT = timedelta(hours=1)
"""With less than this left of its shift a crew does not go for gear."""


@dataclass(frozen=True, slots=True)
class Fetching:
    """The ways to gear, in the plan's terms and in words; and what crews get no more today."""

    fetches: Mapping[str, Fetch]
    words: Mapping[str, str]
    loads: Loads


def fetching(
    loads: Loads,
    pieces: Sequence[Piece],
    crews: Sequence[Crew],
    windows: Mapping[Lane, TimeWindow],
    *,
    known: Collection[str],
    at: datetime,
) -> Fetching:
    """Return how crews get the pieces that are not `known`: these they have with them.

    A crew goes from where it is to the nearest place, and on from there. Pieces for which its shift
    is too short are taken back.
    """
    where = {piece.number: piece for piece in pieces if piece.number not in known}
    by_code = {crew.code: crew for crew in crews}
    fetches, words, kept = dict[str, Fetch](), dict[str, str](), dict(loads)
    for code, sorts in loads.items():
        fresh = [where[n] for own in sorts.values() for n in own if n in where]
        crew, shift = by_code.get(code), _first(windows, code, at)
        if not fresh or crew is None or shift is None:
            continue
        (on, window), spots = shift, _far(fresh, crew)
        if not spots:
            continue
        until, last = _toured(spots, crew.at, max(window.start, crew.free_at or at, at))
        if until + LEAST_LEFT > window.end:
            gone = {piece.number for piece in fresh if piece.at in spots}
            kept[code] = {
                sort: tuple(n for n in own if n not in gone) for sort, own in sorts.items()
            }
            continue
        names = "、".join(dict.fromkeys(p.place for p in fresh if p.at in spots and p.place))
        fetches[code] = Fetch(on=on, at=last, until=until)
        words[code] = f"先到{names or '存放处'}领装备，约 {until.astimezone(SHANGHAI):%H:%M} 领齐"
    return Fetching(fetches=fetches, words=words, loads=kept)


def _first(
    windows: Mapping[Lane, TimeWindow], code: str, at: datetime
) -> tuple[date, TimeWindow] | None:
    own = [(on, span) for (team, on), span in windows.items() if team == code and span.end > at]
    return min(own, key=lambda shift: shift[1].start, default=None)


def _far(pieces: Sequence[Piece], crew: Crew) -> list[GeoPoint]:
    """Return the places of pieces that are not where the crew is, each once."""
    spots = dict.fromkeys(piece.at for piece in pieces if piece.at)
    return [spot for spot in spots if spot.distance_m(crew.at) > NEAR_M]


def _toured(spots: Sequence[GeoPoint], start: GeoPoint, at: datetime) -> tuple[datetime, GeoPoint]:
    """Return when a crew has been at all places, the nearest always next, and where it ends."""
    travel, left, here = roads.ways().travel, list(spots), start
    while left:
        there = min(left, key=here.distance_m)
        at += timedelta(seconds=travel.between(here, there)[0]) + LOADING
        left.remove(there)
        here = there
    return at.replace(microsecond=0), here
