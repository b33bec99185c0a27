"""What ties jobs to each other, in arrays: series on days, links in time, locks."""

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import date
from itertools import accumulate

import numpy as np

from dianliang.engines.routing._chains import in_order, least_lags, linked_groups
from dianliang.engines.routing._kernel import GROUP, SERIES, Flags, Ints, Records
from dianliang.engines.routing._model import Job, Problem, Series, Shift
from dianliang.kernel.calendar import SHANGHAI

MOST_PATTERNS = 2000
Tied = tuple[str, Records, Ints]
"""Where an item names its group, the groups, and their jobs."""


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
    spans: dict[Hashable, tuple[int, int]] = {}
    for number, series in enumerate(problem.series):
        jobs = [numbers[id_] for id_ in series.job_ids]
        items["series"][jobs] = number
        kind = (series.patterns, len(jobs), series.gap_from_days, series.gap_to_days)
        if kind not in spans:
            found = patterns_of(series, days=days, first=first)
            spans[kind] = len(patterns), len(patterns) + len(found)
            patterns += found
        start = len(members)
        alike = all(is_alike(problem.jobs[jobs[0]], problem.jobs[job]) for job in jobs)
        rows.append((start, start + len(jobs), *spans[kind], alike))
        members += jobs
    width = max([1, *(len(pattern) for pattern in patterns)])
    padded = [[*pattern, *[0] * (width - len(pattern))] for pattern in patterns]
    return (
        np.array(rows, SERIES),
        np.array(members, np.int64),
        np.array(padded, np.int64).reshape(len(padded), width),
    )


def is_alike(job: Job, other: Job) -> bool:
    """Tell whether two jobs differ by name alone."""
    return job == replace(other, id=job.id)


def patterns_of(series: Series, *, days: list[int], first: date) -> list[tuple[int, ...]]:
    """Return the combinations of days on which a series may be served, as days since `first`.

    Where there are more than `MOST_PATTERNS`, that many spread evenly over all in their order, so
    that late days are offered as often as early ones.
    """
    if series.patterns:
        given = [tuple((day - first).days for day in pattern) for pattern in series.patterns]
        return [pattern for pattern in given if set(pattern) <= set(days)]
    next_days = [
        [
            j
            for j, later in enumerate(days)
            if series.gap_from_days <= later - day <= series.gap_to_days
        ]
        for day in days
    ]
    ways = [[1] * len(days)]
    for _ in series.job_ids[1:]:
        ways.append([sum(ways[-1][j] for j in after) for after in next_days])
    total = sum(ways[-1])
    most = min(total, MOST_PATTERNS)
    ranks = (number * total // most for number in range(most))
    return [_pattern(rank, days, next_days, ways) for rank in ranks]


def _pattern(
    rank: int, days: list[int], next_days: list[list[int]], ways: list[list[int]]
) -> tuple[int, ...]:
    """Return the pattern with this number in the order of days; `ways` counts how each goes on."""
    pattern, choices = list[int](), list(range(len(days)))
    for counts in reversed(ways):
        sums = list(accumulate(counts[choice] for choice in choices))
        index = bisect_right(sums, rank)
        rank -= sums[index - 1] if index else 0
        choice = choices[index]
        pattern.append(days[choice])
        choices = next_days[choice]
    return tuple(pattern)


def groups_of(
    problem: Problem, numbers: dict[str, int], items: Records
) -> tuple[Records, Ints, Ints]:
    """Return the groups of linked jobs, their jobs in order, and their lags."""
    rows, members, lags = list[tuple[int, ...]](), list[int](), [np.zeros(0, np.int64)]
    for number, group in enumerate(linked_groups(problem.links)):
        ids = in_order(group, least_lags(group, problem.links))
        jobs = [numbers[id_] for id_ in ids]
        items["group"][jobs] = number
        rows.append((len(members), len(members) + len(jobs), sum(map(len, lags))))
        members += jobs
        lags.append(least_lags(ids, problem.links).ravel())
    return np.array(rows, GROUP), np.array(members, np.int64), np.concatenate(lags)


def hold_locked(items: Records, locked: dict[int, int], tied: Sequence[Tied]) -> None:
    """Hold what is locked, and what is tied to it."""
    items["held"][list(locked)] = 1
    for name, groups, jobs in tied:
        for number in locked:
            if items[name][number] >= 0:
                mine = groups[items[name][number]]
                items["held"][jobs[mine["first"] : mine["last"]]] = 1


def part_unlike(items: Records, series: Records, series_jobs: Ints, able: Flags) -> None:
    """Note of each series whose jobs are alike whether they stay so: by locks, by who may come."""
    for row in series:
        members = series_jobs[row["first"] : row["last"]]
        is_same = (able[members] == able[members[0]]).all() and not items["held"][members].any()
        row["alike"] = row["alike"] and is_same
