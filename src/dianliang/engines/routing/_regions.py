"""Cut a large problem into regions that are improved by themselves, and put them together again.

Teams are split by random balanced bisection of where they work (a new draw every round, so that
borders move); what nobody serves is offered to one of its nearest regions. A region is a plain
bundle of arrays, so that it can be improved elsewhere.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from dianliang.engines.routing._kernel import Data, Ints, Records
from dianliang.engines.routing._state import Laid, Sequences

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Region:
    """Some routes and jobs of a problem: which, and a problem of their own."""

    jobs: Ints
    routes: Ints
    data: Data

    def inward(self, whole: Laid) -> Laid:
        """Return the region's part of a plan in the region's own numbers."""
        number = {int(job): i for i, job in enumerate(self.jobs)}
        sequences = {
            i: [number[job] for job in whole.sequences[int(route)]]
            for i, route in enumerate(self.routes)
            if int(route) in whole.sequences
        }
        begins = {number[job]: at for job, at in whole.anchors.items() if job in number}
        return Laid(
            sequences, begins, frozenset(number[job] for job in whole.turned if job in number)
        )

    def outward(self, own: Laid) -> Laid:
        """Return a plan of the region in the numbers of the whole."""
        sequences = {
            int(self.routes[i]): self.jobs[jobs].tolist() for i, jobs in own.sequences.items()
        }
        return Laid(
            sequences,
            {int(self.jobs[job]): at for job, at in own.anchors.items()},
            frozenset(self.jobs[list(own.turned)].tolist()),
        )


def split(
    d: Data, sequences: Sequences, xy: Points, *, target: int, rng: np.random.Generator
) -> tuple[list[tuple[Ints, Ints]], Ints]:
    """Return the routes and jobs of regions of about `target` jobs, and the jobs to hold."""
    homes, weights = _where_teams_work(d, sequences, xy)
    group = _bisect(homes, weights, max(1, round(len(d.able) / target)), rng)
    region_of_route = group[d.routes["team"]]
    region_of_job = np.full(len(d.able), -1, np.int64)
    for route, jobs in sequences.items():
        region_of_job[jobs] = region_of_route[route]
    out = np.flatnonzero(region_of_job < 0)
    if len(out):
        served = np.flatnonzero(region_of_job >= 0)
        sites = np.concatenate([xy[d.items["place"][served]], xy[d.routes["start"]]])
        owners = np.concatenate([region_of_job[served], region_of_route])
        k = min(4, len(sites))
        near = KDTree(sites).query(xy[d.items["place"][out]], k=k)[1].reshape(len(out), k)
        region_of_job[out] = owners[near[np.arange(len(out)), rng.integers(k, size=len(out))]]
    held = _keep_together(d, region_of_job, out)
    parts = [
        (np.flatnonzero(region_of_route == number), np.flatnonzero(region_of_job == number))
        for number in range(int(group.max()) + 1)
    ]
    return parts, held


def _keep_together(d: Data, region_of_job: Ints, out: Ints) -> Ints:
    """Give mates that are out one region; return those served in two, which must stay put."""
    is_out = np.isin(np.arange(len(region_of_job)), out)
    groups = [d.series_jobs[series["first"] : series["last"]] for series in d.series]
    groups += [d.linked[group["first"] : group["last"]] for group in d.groups]
    held: list[int] = []
    for members in groups:
        if is_out[members].all():
            region_of_job[members] = region_of_job[members[0]]
        elif len(np.unique(region_of_job[members])) > 1:
            held += members.tolist()
    return np.array(held, np.int64)


def _where_teams_work(
    d: Data, sequences: Sequences, xy: Points
) -> tuple[Points, NDArray[np.float64]]:
    """Return each team's centre of work (its base if it has none) and its number of jobs."""
    teams = len(d.teams)
    total, count = np.zeros((teams, 2)), np.zeros(teams)
    base = np.zeros((teams, 2))
    base[d.routes["team"]] = xy[d.routes["start"]]
    for route, jobs in sequences.items():
        total[d.routes["team"][route]] += xy[d.items["place"][jobs]].sum(axis=0)
        count[d.routes["team"][route]] += len(jobs)
    centre = np.where(count[:, None] > 0, total / np.maximum(count, 1)[:, None], base)
    return centre, count + 1


def _bisect(
    sites: Points, weights: NDArray[np.float64], parts: int, rng: np.random.Generator
) -> Ints:
    groups = [np.arange(len(sites))]
    while len(groups) < min(parts, len(sites)):
        groups.sort(key=lambda group: -weights[group].sum() if len(group) > 1 else 0.0)
        group = groups.pop(0)
        if len(group) == 1:
            groups.append(group)
            break
        angle = rng.uniform(0, np.pi)
        order = group[np.argsort(sites[group] @ np.array([np.cos(angle), np.sin(angle)]))]
        share = np.cumsum(weights[order]) / weights[order].sum()
        cut = min(max(int(np.searchsorted(share, rng.uniform(0.4, 0.6))), 1), len(order) - 1)
        groups += [order[:cut], order[cut:]]
    number = np.zeros(len(sites), np.int64)
    for index, group in enumerate(groups):
        number[group] = index
    return number


def carve(d: Data, routes: Ints, jobs: Ints, *, held: Ints) -> Region:
    """Return a region's own problem. `held` are jobs that must stay in their routes."""
    n, m = len(jobs), len(routes)
    new_job = np.full(len(d.able), -1, np.int64)
    new_job[jobs] = np.arange(n)
    items, windows = _items(d, routes, jobs, new_job, held)
    own = d.routes[routes]
    ends = [items["place"][:n], items["exit"][:n], own["start"], own["end"]]
    used, place = np.unique(np.concatenate(ends), return_inverse=True)
    items["place"][n:] = items["exit"][n:] = 0
    items["place"][:n], items["exit"][:n] = place[:n], place[n : 2 * n]
    own["start"], own["end"] = place[2 * n : 2 * n + m], place[2 * n + m :]
    own["rest"] = np.where(own["rest"] >= 0, n + np.cumsum(own["rest"] >= 0) - 1, -1)
    teams, own["team"] = np.unique(own["team"], return_inverse=True)
    kind_start, kind_routes, near_kinds = _kinds(d, routes, jobs)
    series, series_jobs, pattern_days = _series(d, jobs, new_job, items)
    groups, linked, lags = _groups(d, jobs, new_job, items)
    data = d._replace(
        time=np.ascontiguousarray(d.time[np.ix_(used, used)]),
        items=items,
        windows=windows,
        routes=own,
        teams=d.teams[teams],
        able=np.ascontiguousarray(d.able[np.ix_(jobs, routes)]),
        extra=np.ascontiguousarray(d.extra[np.ix_(jobs, routes)]),
        out=d.out[jobs],
        back=d.back[jobs],
        stock=d.stock[routes],
        room=d.room[routes],
        near=_near(d.near[jobs], new_job),
        beside=_near(d.beside[jobs], new_job),
        near_kinds=near_kinds,
        kind_start=kind_start,
        kind_routes=kind_routes,
        series=series,
        series_jobs=series_jobs,
        pattern_days=pattern_days,
        groups=groups,
        linked=linked,
        lags=lags,
    )
    return Region(jobs=jobs, routes=routes, data=data)


def _items(d: Data, routes: Ints, jobs: Ints, new_job: Ints, held: Ints) -> tuple[Records, Records]:
    """Return the jobs and breaks of a region with windows numbered anew."""
    rests = d.routes["rest"][routes]
    items = d.items[np.concatenate([jobs, rests[rests >= 0]])]
    counts = items["last"] - items["first"]
    last = np.cumsum(counts)
    flat = np.repeat(items["first"] - (last - counts), counts) + np.arange(int(counts.sum()))
    items["first"], items["last"] = last - counts, last
    items["held"][: len(jobs)] |= np.isin(jobs, held)
    return items, d.windows[flat]


def _near(near: Ints, new_job: Ints) -> Ints:
    """Return the neighbours that are in the region too, nearest first, repeated to fill a row."""
    rows = new_job[near]
    width = max(1, int((rows >= 0).sum(axis=1).max(initial=0)))
    here_first = np.argsort(rows < 0, axis=1, kind="stable")[:, :width]
    here = np.take_along_axis(rows, here_first, axis=1)
    return np.where(here >= 0, here, np.arange(len(near))[:, None])


def _kinds(d: Data, routes: Ints, jobs: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the kinds of route that the region has, and the nearest of them for each job."""
    kind_of = np.zeros(len(d.routes), np.int64)
    kind_of[d.kind_routes] = np.repeat(np.arange(len(d.kind_start) - 1), np.diff(d.kind_start))
    present, number = np.unique(kind_of[routes], return_inverse=True)
    order = np.argsort(number, kind="stable").astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(np.bincount(number, minlength=len(present)))])
    new_kind = np.full(len(d.kind_start) - 1, -1, np.int64)
    new_kind[present] = np.arange(len(present))
    rows = new_kind[d.near_kinds[jobs]]
    rank = np.tile(np.arange(len(present)) + rows.shape[1], (len(jobs), 1))
    job, place = np.nonzero(rows >= 0)
    rank[job, rows[job, place]] = place
    width = max(1, min(len(present), rows.shape[1]))
    near = np.argsort(rank, axis=1, kind="stable")[:, :width]
    return starts.astype(np.int64), order, np.ascontiguousarray(near)


def _groups(d: Data, jobs: Ints, new_job: Ints, items: Records) -> tuple[Records, Ints, Ints]:
    """Return the groups of linked jobs that lie wholly in the region; others are held."""
    present = np.unique(d.items["group"][jobs])
    items["group"] = -1
    rows, members, lags = list[tuple[int, ...]](), list[int](), list[int]()
    for old in d.groups[present[present >= 0]]:
        own = new_job[d.linked[old["first"] : old["last"]]]
        if (own >= 0).all():
            items["group"][own] = len(rows)
            rows.append((len(members), len(members) + len(own), len(lags)))
            members += own.tolist()
            lags += d.lags[old["lags"] : old["lags"] + len(own) ** 2].tolist()
    return (
        np.array(rows, dtype=d.groups.dtype),
        np.array(members, np.int64),
        np.array(lags, np.int64),
    )


def _series(d: Data, jobs: Ints, new_job: Ints, items: Records) -> tuple[Records, Ints, Ints]:
    """Return the series that lie wholly in the region; jobs of others are by themselves."""
    items["series"] = -1
    rows, members, patterns = list[tuple[int, ...]](), list[int](), list[Ints]()
    present = np.unique(d.items["series"][jobs])
    for old in d.series[present[present >= 0]]:
        own = new_job[d.series_jobs[old["first"] : old["last"]]]
        if (own < 0).any():
            continue
        items["series"][own] = len(rows)
        days = d.pattern_days[old["first_pattern"] : old["last_pattern"]]
        rows.append(
            (
                len(members),
                len(members) + len(own),
                len(patterns),
                len(patterns) + len(days),
                old["alike"],
            )
        )
        members += own.tolist()
        patterns += list(days)
    width = d.pattern_days.shape[1]
    return (
        np.array(rows, dtype=d.series.dtype),
        np.array(members, np.int64),
        np.array(patterns, np.int64).reshape(len(patterns), width),
    )
