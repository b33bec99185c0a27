# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false, reportReturnType=false
# mypy: disable-error-code="no-any-return"
"""Look at the mates of a job, in its series or linked to it: who serves them, which are out."""

from typing import Any

from dianliang.engines.routing._kernel.records import (
    Data,
    Scratch,
    Tour,
    compiled,
    entry,
    inlined,
)


@compiled
def distinct_teams(d: Data, s: Tour, series: int) -> int:
    """Count the teams that serve a series."""
    count = 0
    for i in range(d.series[series].first, d.series[series].last):
        v = s.spots[d.series_jobs[i]].where
        is_new = v >= 0
        for k in range(d.series[series].first, i):
            other = s.spots[d.series_jobs[k]].where
            is_new &= other < 0 or d.routes[other].team != d.routes[v].team
        count += is_new
    return count


@entry
def loyalty(d: Data, s: Tour, series: int) -> float:
    """Return the price of the teams that serve a series beyond the first."""
    if d.loyal_price <= 0:
        return 0.0
    return d.loyal_price * max(0, distinct_teams(d, s, series) - 1)


@compiled
def list_job(s: Tour, w: Scratch, job: int, count: int, was_out: bool) -> int:
    """Note a job as out, with what it was before; once per iteration."""
    if s.spots[job].tried == w.counters[0]:
        return count
    s.spots[job].tried, s.spots[job].was_out = w.counters[0], was_out
    w.removed[count], s.spots[job].old_anchor = job, s.spots[job].anchor
    s.spots[job].old_turned = s.spots[job].turned
    return count + 1


@compiled
def is_overworked(d: Data, s: Tour, job: int) -> bool:
    """Tell whether a job's team has more hours than its budget: each of a group fits by itself."""
    team = d.routes[s.spots[job].where].team
    return s.worked[team] > d.teams[team].budget


@inlined
def member(d: Data, group: int, k: int) -> int:
    """Return a job of a group of linked ones."""
    return d.linked[d.groups[group].first + k]


@inlined
def lag(d: Data, group: int, i: int, k: int) -> int:
    """Return the least seconds from the begin of one job of a group to that of another."""
    row = d.groups[group]
    return d.lags[row.lags + i * (row.last - row.first) + k]


@inlined
def copy_choice(source: Any, target: Any) -> None:
    """Copy one choice over another."""
    target.price, target.route = source.price, source.route
    target.index, target.begin = source.index, source.begin


@inlined
def adds_team(d: Data, s: Tour, job: int, v: int) -> bool:
    """Tell whether a route's team serves none of a job's mates while another team serves some."""
    series, is_served = d.items[job].series, False
    for k in range(d.series[series].first, d.series[series].last):
        other = s.spots[d.series_jobs[k]].where
        if other >= 0 and d.series_jobs[k] != job:
            is_served = True
            if d.routes[other].team == d.routes[v].team:
                return False
    return is_served


@inlined
def is_first_out(d: Data, s: Tour, w: Scratch, job: int) -> bool:
    """Tell whether a job is of a series and no earlier one of it is out in this iteration."""
    series = d.items[job].series
    if series < 0:
        return False
    k = d.series[series].first
    while abs(s.spots[d.series_jobs[k]].tried) != w.counters[0]:
        k += 1
    return d.series_jobs[k] == job
