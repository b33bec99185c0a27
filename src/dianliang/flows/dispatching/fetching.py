"""Where crews go for the gear that a dispatch gives them, before anything else of a shift."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.domain.mobilisation.loading import Crew, Loaded, Loads, Piece
from dianliang.flows.planning import roads
from dianliang.flows.planning.relaxing import Lane
from dianliang.flows.planning.terms import Fetch
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase, joined

NEAR_M = 200.0
"""Gear that lies so near needs no way."""
LOADING = timedelta(minutes=10)
"""What it takes to load at one place."""
LEAST_LEFT = timedelta(hours=1)
"""With less than this left of its shift a crew does not go for gear."""
SAME_DAY = timedelta(hours=12)
"""A shift that begins later is told with its day."""


@dataclass(frozen=True, slots=True)
class Fetching:
    """The ways to gear, in the plan's terms and in words; what crews take along, and when."""

    fetches: Mapping[str, tuple[Fetch, ...]]
    words: Mapping[str, str]
    loads: Loads
    shares: Mapping[str, date]


@dataclass(frozen=True, slots=True)
class _Errand:
    """What a crew fetches before a shift: from where it sets off, from when on."""

    on: date
    window: TimeWindow
    start: GeoPoint
    from_at: datetime
    pieces: tuple[Piece, ...]


def fetching(
    loaded: Loaded,
    pieces: Sequence[Piece],
    crews: Sequence[Crew],
    windows: Mapping[Lane, TimeWindow],
    *,
    known: Collection[str],
    at: datetime,
) -> Fetching:
    """Return how crews get the pieces that are not `known`: these they have with them.

    Before each shift a crew goes for what it takes along in it: from where it is, later from where
    it gathers, to the nearest place and on from there. Pieces for which a shift is too
    short are taken back.
    """
    where = {piece.number: piece for piece in pieces if piece.number not in known}
    by_code = {crew.code: crew for crew in crews}
    fetches, words = dict[str, tuple[Fetch, ...]](), dict[str, str]()
    kept = {code: dict(sorts) for code, sorts in loaded.pieces.items()}
    for code, sorts in loaded.pieces.items():
        fresh = [where[n] for own in sorts.values() for n in own if n in where]
        told: list[str] = []
        for errand in _errands(fresh, by_code.get(code), loaded.shares, windows, at=at):
            until, last = _toured([p.at for p in errand.pieces if p.at], errand)
            if until + LEAST_LEFT > errand.window.end:
                gone = {piece.number for piece in errand.pieces}
                kept[code] = {
                    s: tuple(n for n in o if n not in gone) for s, o in kept[code].items()
                }
                continue
            names = "、".join(dict.fromkeys(p.place for p in errand.pieces if p.place))
            fetches[code] = (
                *fetches.get(code, ()),
                Fetch(on=errand.on, at=last, until=until),
            )
            told.append(
                Phrase(
                    "先到%(place)s领装备，约 %(at)s 领齐",
                    place=names or Phrase("存放处"),
                    at=_clock(until, errand, at),
                )
            )
        if told:
            words[code] = joined("；", told)
    return Fetching(fetches=fetches, words=words, loads=kept, shares=loaded.shares)


def _errands(
    fresh: Sequence[Piece],
    crew: Crew | None,
    shares: Mapping[str, date],
    windows: Mapping[Lane, TimeWindow],
    *,
    at: datetime,
) -> Iterator[_Errand]:
    """Yield for each shift to come the pieces that lie elsewhere, if there are any."""
    if crew is None:
        return
    own = sorted((on, w) for (team, on), w in windows.items() if team == crew.code and w.end > at)
    for place, (on, window) in enumerate(own):
        start = (crew.home or crew.at) if place else crew.at
        wanted = tuple(
            piece
            for piece in fresh
            if piece.at
            and shares.get(piece.number, own[0][0]) == on
            and piece.at.distance_m(start) > NEAR_M
        )
        if wanted:
            free_at = at if place else crew.free_at or at
            yield _Errand(on, window, start, max(window.start, free_at, at), wanted)


def _clock(until: datetime, errand: _Errand, at: datetime) -> str:
    is_later = errand.window.start > at + SAME_DAY
    return f"{until.astimezone(SHANGHAI):{'%m-%d %H:%M' if is_later else '%H:%M'}}"


def _toured(spots: Sequence[GeoPoint], errand: _Errand) -> tuple[datetime, GeoPoint]:
    """Return when a crew has been at all places, the nearest always next, and where it ends."""
    travel, here, at = roads.ways().travel, errand.start, errand.from_at
    left = list(dict.fromkeys(spots))
    while left:
        there = min(left, key=here.distance_m)
        at += timedelta(seconds=travel.between(here, there)[0]) + LOADING
        left.remove(there)
        here = there
    return at.replace(microsecond=0), here
