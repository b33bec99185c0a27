"""What links say together: which jobs hang together, how far apart they begin, whether they can.

Links are a simple temporal network (Dechter, Meiri & Pearl 1991): once its bounds are drawn through
all jobs of a group, begins that keep them so far can be carried on to the rest of the group.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing._model import Job, Link, Problem

MOST_LINKED = 8
"""Jobs that hang together by links: more of them are seldom done in one plan, and never well."""
NO_LAG = -(1 << 40)
"""Less than any least lag: one job does not ask anything of the other."""
Lags = NDArray[np.int64]


def linked_groups(links: Iterable[Link]) -> list[tuple[str, ...]]:
    """Return the jobs that hang together by links, group by group, as they are first named."""
    group_of: dict[str, list[str]] = {}
    for link in links:
        one, other = (group_of.setdefault(id_, [id_]) for id_ in (link.first, link.then))
        if one is not other:
            one += other
            group_of |= dict.fromkeys(other, one)
    groups = {id(group): group for group in group_of.values()}
    return [tuple(group) for group in groups.values()]


def least_lags(ids: Sequence[str], links: Iterable[Link]) -> Lags:
    """Return the least seconds from the begin of each job of a group to that of each other.

    Shape (m, m). A most lag is a least one the other way round, below zero. The diagonal is zero,
    or more where the links contradict each other. Cost: m³ (Floyd & Warshall).
    """
    row = {id_: number for number, id_ in enumerate(ids)}
    lags = np.full((len(ids), len(ids)), NO_LAG, np.int64)
    np.fill_diagonal(lags, 0)
    for link in links:
        if link.first in row:
            a, b = row[link.first], row[link.then]
            lags[a, b] = max(lags[a, b], link.lag_from_s)
            lags[b, a] = max(lags[b, a], -link.lag_to_s)
    for middle in range(len(ids)):
        through = lags[:, middle][:, None] + lags[middle]
        lags = np.maximum(lags, np.where(through > NO_LAG // 2, through, NO_LAG))
    return lags


def in_order(ids: Sequence[str], lags: Lags) -> list[str]:
    """Return the jobs of a group in an order in which nobody waits for one that comes later.

    Of those that need not wait the one comes first that has the least time.
    """
    others = np.where(np.eye(len(ids), dtype=bool), NO_LAG, lags)
    soonest, tightest = lags.max(axis=0).tolist(), others.max(axis=1).tolist()
    rank = {id_: (soonest[n], -tightest[n], n) for n, id_ in enumerate(ids)}
    return sorted(ids, key=rank.__getitem__)


def is_contradictory(lags: Lags) -> bool:
    """Tell whether no begins at all keep the links of a group."""
    return bool((np.diagonal(lags) > 0).any())


def is_hopeless(problem: Problem, ids: Sequence[str], lags: Lags) -> bool:
    """Tell whether no begins within the hours of the customers keep the links of a group.

    Exact: every begin is pushed no later than it must. Whether anybody is at work then is not asked
    here, and what is locked is a fact, not a wish.
    """
    locked = {lock.job_id for lock in problem.locks}
    jobs = {job.id: job for job in problem.jobs}
    spans = [[] if id_ in locked else _spans(jobs[id_]) for id_ in ids]
    begins = np.array([min((opens for opens, _ in own), default=float(NO_LAG)) for own in spans])
    while True:
        pushed = (begins[:, None] + lags).max(axis=0)
        for number, own in enumerate(spans):
            if own:
                ahead = [
                    max(opens, pushed[number]) for opens, shuts in own if pushed[number] <= shuts
                ]
                if not ahead:
                    return True
                pushed[number] = min(ahead)
        if (pushed == begins).all():
            return False
        begins = pushed


def _spans(job: Job) -> list[tuple[float, float]]:
    """Return from when to when a job may begin, as time stamps; where nothing fits, nothing."""
    spans = (
        (window.start.timestamp(), window.end.timestamp() - job.duration_s)
        for window in job.windows
    )
    return [(opens, shuts) for opens, shuts in spans if opens <= shuts]
