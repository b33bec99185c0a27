"""When a crew works in an emergency: so long on, so long off, around what binds its people.

Pure. A stretch of work may pass midnight and is one shift all the same: its day is the day on which
it begins (`day_of`), everywhere. A team begins one shift on a day at most.
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
    had: TimeWindow | None = None,
) -> tuple[TimeWindow, ...]:
    """Return when a crew works in a window: as early as it can, then on and off in turn.

    What it `had` is the stretch that it has begun last: one that is still going on comes first, as
    it began, and is not begun anew; after it comes the rest. A stretch that an earlier window cut
    short goes on until the pace ends it. Cost: stretches × duties.
    """
    found: list[TimeWindow] = []
    start = window.start
    busy = [_busy(hand, pace.rest) for hand in hands]
    needed = min(pace.least, len(hands))
    if had is not None:
        if had.end > start:
            had = _gone_on(
                had, until=min(had.start + pace.on, window.end), busy=busy, needed=needed
            )
            found.append(TimeWindow(had.start, min(had.end, window.end)))
            start = max(start, _day_after(had))
        start = max(start, had.end + pace.rest)
    while needed and start + SHORTEST <= window.end:
        wanted = TimeWindow(start, min(start + pace.on, window.end))
        stands = _stands(busy, wanted)
        if sum(not spans for spans in stands) >= needed:
            found.append(wanted)
            start = max(wanted.end + pace.rest, _day_after(wanted))
        else:
            start = min(span.end for spans in stands for span in spans)
    return tuple(span for span in found if span.duration >= SHORTEST)


def _gone_on(
    had: TimeWindow, *, until: datetime, busy: Sequence[Sequence[TimeWindow]], needed: int
) -> TimeWindow:
    """Return a stretch with what it goes on beyond its end, if people enough are free for that."""
    if until <= had.end:
        return had
    stands = _stands(busy, TimeWindow(had.end, until))
    is_free = needed and sum(not spans for spans in stands) >= needed
    return TimeWindow(had.start, until) if is_free else had


def _stands(busy: Sequence[Sequence[TimeWindow]], wanted: TimeWindow) -> list[list[TimeWindow]]:
    """Return of each person what stands against a stretch."""
    return [[span for span in spans if span.overlaps(wanted)] for spans in busy]


def _busy(hand: Hand, rest: timedelta) -> list[TimeWindow]:
    """Return when somebody may not be sent: away, or on duty with the rest around it."""
    return [*(TimeWindow(duty.start - rest, duty.end + rest) for duty in hand.held), *hand.away]


def day_of(shift: TimeWindow) -> date:
    """Return the day of a shift: the day on which it begins, in Shanghai, however long it lasts."""
    return shift.start.astimezone(SHANGHAI).date()


def _day_after(shift: TimeWindow) -> datetime:
    """Return when the day after a shift's day begins."""
    day = day_of(shift) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def days_of(spans: Iterable[TimeWindow]) -> Mapping[date, TimeWindow]:
    """Return the shift of each day, whole; see `day_of`."""
    return {day_of(span): span for span in spans}


def joined(spans: Iterable[TimeWindow]) -> tuple[TimeWindow, ...]:
    """Return spans with those that touch made one: what a plan of old cut at midnight is whole."""
    found: list[TimeWindow] = []
    for span in sorted(spans, key=lambda one: one.start):
        if found and span.start <= found[-1].end:
            found[-1] = TimeWindow(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)
