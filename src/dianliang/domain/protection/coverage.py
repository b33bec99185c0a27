"""Whether a time is watched without a break and by one at a time. Pure, half-open throughout."""

from collections.abc import Iterable

from dianliang.kernel.periods import TimeWindow


def gaps(period: TimeWindow, windows: Iterable[TimeWindow]) -> tuple[TimeWindow, ...]:
    """Return the spans of a period that no window covers, in order."""
    found = []
    reached = period.start
    for window in sorted(windows):
        if window.start >= period.end:
            break
        if window.start > reached:
            found.append(TimeWindow(reached, window.start))
        reached = max(reached, window.end)
    if reached < period.end:
        found.append(TimeWindow(reached, period.end))
    return tuple(found)


def doubled(period: TimeWindow, windows: Iterable[TimeWindow]) -> tuple[TimeWindow, ...]:
    """Return the spans of a period that more than one window covers, in order."""
    found: list[TimeWindow] = []
    reached = period.start
    for window in sorted(windows):
        start, end = max(window.start, period.start), min(window.end, reached, period.end)
        if start < end:
            if found and found[-1].end >= start:
                start = min(start, found[-1].start)
                end = max(end, found.pop().end)
            found.append(TimeWindow(start, end))
        reached = max(reached, window.end)
    return tuple(found)
