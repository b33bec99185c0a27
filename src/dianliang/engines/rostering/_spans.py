"""Cut a period into duties, and find where a series of duties leaves a gap or doubles."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

NIGHT_FROM, NIGHT_UNTIL = time(22), time(6)
"""The night of night work (夜班) as collective agreements draw it."""
NIGHT_LEAST = timedelta(hours=3)


def cut(period: TimeWindow, starts: Sequence[time]) -> tuple[TimeWindow, ...]:
    """Cut a period at times of day in Shanghai: no gap, no overlap, whatever the times.

    Raises:
        ValueError: no time is given.
    """
    if not starts:
        raise ValueError("请至少给出一个交接班时间。")
    first, last = (each.astimezone(SHANGHAI).date() for each in (period.start, period.end))
    marks = {period.start, period.end}
    for day in _days(first, last):
        marks |= {datetime.combine(day, start, SHANGHAI) for start in starts}
    inside = sorted(mark for mark in marks if period.start <= mark <= period.end)
    return tuple(TimeWindow(begin, end) for begin, end in pairwise(inside))


def gaps(period: TimeWindow, windows: Iterable[TimeWindow]) -> tuple[TimeWindow, ...]:
    """Return the parts of a period that no window covers."""
    found, clock = list[TimeWindow](), period.start
    for window in sorted(windows):
        if window.start >= period.end:
            break
        if window.start > clock:
            found.append(TimeWindow(clock, window.start))
        clock = max(clock, window.end)
    if clock < period.end:
        found.append(TimeWindow(clock, period.end))
    return tuple(found)


def overlaps(windows: Iterable[TimeWindow]) -> tuple[TimeWindow, ...]:
    """Return the parts of time that two windows or more share."""
    found, clock = list[TimeWindow](), None
    for window in sorted(windows):
        if clock is not None and window.start < clock:
            shared = TimeWindow(window.start, min(window.end, clock))
            if found and shared.start <= found[-1].end:
                shared = TimeWindow(found[-1].start, max(found[-1].end, shared.end))
                found.pop()
            found.append(shared)
        clock = window.end if clock is None else max(clock, window.end)
    return tuple(found)


def day_of(window: TimeWindow) -> date:
    """Return the date in Shanghai on which a span begins: the day that it is counted for."""
    return window.start.astimezone(SHANGHAI).date()


def week_of(window: TimeWindow) -> date:
    """Return the Monday of the week that a span is counted for."""
    day = day_of(window)
    return day - timedelta(days=day.weekday())


def is_night(window: TimeWindow) -> bool:
    """Tell whether three hours or more of a span lie between 22:00 and 6:00."""
    first, last = (each.astimezone(SHANGHAI).date() for each in (window.start, window.end))
    for day in _days(first - timedelta(days=1), last):
        begins = datetime.combine(day, NIGHT_FROM, SHANGHAI)
        ends = datetime.combine(day + timedelta(days=1), NIGHT_UNTIL, SHANGHAI)
        if min(ends, window.end) - max(begins, window.start) >= NIGHT_LEAST:
            return True
    return False


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
