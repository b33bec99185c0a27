"""When a crew works in an emergency: so long on, so long off, around what binds its people.

Pure. A stretch of work may pass midnight; a plan has one shift of a team on a day, so a stretch is
cut there, and of two pieces on one day the longer counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dianliang.domain.mobilisation.strength import Hand
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

SHORTEST = timedelta(hours=1)
"""Less than this is no shift to send anybody out for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a crew works at a stretch and rests after it; `least` of its people must be free."""

    on: timedelta
    rest: timedelta
    least: int = 2


def stretches(
    hands: Sequence[Hand],
    window: TimeWindow,
    *,
    pace: Pace,
    rested_at: datetime | None = None,
    going_on: datetime | None = None,
) -> tuple[TimeWindow, ...]:
    """Return when a crew works in a window: as early as it can, then on and off in turn.

    Nobody comes before `rested_at`. A stretch that is `going_on` is not begun anew: it ends then.
    Cost: stretches × duties.
    """
    found: list[TimeWindow] = []
    start = window.start
    if going_on is not None and going_on > start:
        found.append(TimeWindow(start, min(going_on, window.end)))
        start = going_on + pace.rest
    if rested_at is not None:
        start = max(start, rested_at)
    busy = [_busy(hand, pace.rest) for hand in hands]
    needed = min(pace.least, len(hands))
    while needed and start + SHORTEST <= window.end:
        wanted = TimeWindow(start, min(start + pace.on, window.end))
        stands = [[span for span in spans if span.overlaps(wanted)] for spans in busy]
        if sum(not spans for spans in stands) >= needed:
            found.append(wanted)
            start = wanted.end + pace.rest
        else:
            start = min(span.end for spans in stands for span in spans)
    return tuple(span for span in found if span.duration >= SHORTEST)


def _busy(hand: Hand, rest: timedelta) -> list[TimeWindow]:
    """Return when somebody may not be sent: away, or on duty with the rest around it."""
    return [*(TimeWindow(duty.start - rest, duty.end + rest) for duty in hand.held), *hand.away]


def days_of(spans: Iterable[TimeWindow]) -> Mapping[date, TimeWindow]:
    """Return the one shift of each day: stretches are cut at midnight, the longest piece counts."""
    days: dict[date, TimeWindow] = {}
    for span in spans:
        start = span.start
        while start < span.end:
            day = start.astimezone(SHANGHAI).date()
            midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)
            piece = TimeWindow(start, min(span.end, midnight))
            if day not in days or piece.duration > days[day].duration:
                days[day] = piece
            start = piece.end
    return {day: piece for day, piece in days.items() if piece.duration >= SHORTEST}


def joined(spans: Iterable[TimeWindow]) -> tuple[TimeWindow, ...]:
    """Return spans with those that touch made one: what midnight had cut is whole again."""
    found: list[TimeWindow] = []
    for span in sorted(spans, key=lambda one: one.start):
        if found and span.start <= found[-1].end:
            found[-1] = TimeWindow(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)
