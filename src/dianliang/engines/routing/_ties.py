"""What ties jobs to each other, in arrays: series on days, links in time, locks."""

from collections.abc import Sequence
from datetime import date
from itertools import combinations, pairwise

import numpy as np

from dianliang.engines.routing._kernel import SERIES, Ints, Records
from dianliang.engines.routing._model import Problem, Series, Shift
from dianliang.kernel.calendar import SHANGHAI

MOST_PATTERNS = 2000


def date_of(shift: Shift) -> date:
    """Return the day on which a shift begins, as the county's calendar shows it."""
    return shift.window.start.astimezone(SHANGHAI).date()


def series_of(
    problem: Problem, numbers: dict[str, int], shifts: Sequence[Shift], items: Records
) -> tuple[Records, Ints, Ints]:
    """Return series with their jobs and patterns of days, as days since the first shift."""
    first = min((date_of(shift) for shift in shifts), default=date.min)
    days = sorted({(date_of(shift) - first).days for shift in shifts})
    rows, members, patterns = list[tuple[int, ...]](), list[int](), list[tuple[int, ...]]()
    for number, series in enumerate(problem.series):
        jobs = [numbers[id_] for id_ in series.job_ids]
        items["series"][jobs] = number
        found = patterns_of(series, days=days, first=first)
        start, begin = len(members), len(patterns)
        rows.append((start, start + len(jobs), begin, begin + len(found)))
        members += jobs
        patterns += found
    width = max([1, *(len(pattern) for pattern in patterns)])
    padded = [[*pattern, *[0] * (width - len(pattern))] for pattern in patterns]
    return (
        np.array(rows, SERIES),
        np.array(members, np.int64),
        np.array(padded, np.int64).reshape(len(padded), width),
    )


def patterns_of(series: Series, *, days: list[int], first: date) -> list[tuple[int, ...]]:
    """Return the combinations of days on which a series may be served, as days since `first`."""
    if series.patterns:
        given = [tuple((day - first).days for day in pattern) for pattern in series.patterns]
        return [pattern for pattern in given if set(pattern) <= set(days)]
    found: list[tuple[int, ...]] = []
    for pattern in combinations(days, len(series.job_ids)):
        gaps = [later - earlier for earlier, later in pairwise(pattern)]
        if all(series.gap_from_days <= gap <= series.gap_to_days for gap in gaps):
            found.append(pattern)
        if len(found) == MOST_PATTERNS:
            break
    return found


def tie_links(problem: Problem, numbers: dict[str, int], items: Records) -> None:
    """Write into each linked job its partner and how far after it that begins."""
    for link in problem.links:
        a, b = numbers[link.first], numbers[link.then]
        items[a]["partner"], items[b]["partner"] = b, a
        items[a]["lag_from"], items[a]["lag_to"] = link.lag_from_s, link.lag_to_s
        items[b]["lag_from"], items[b]["lag_to"] = -link.lag_to_s, -link.lag_from_s


def hold_locked(items: Records, locked: dict[int, int], series: Records, series_jobs: Ints) -> None:
    """Hold what is locked, and what is tied to it."""
    items["held"][list(locked)] = 1
    for number in locked:
        row = items[number]
        if row["partner"] >= 0:
            items["held"][row["partner"]] = 1
        if row["series"] >= 0:
            mine = series[row["series"]]
            items["held"][series_jobs[mine["first"] : mine["last"]]] = 1
