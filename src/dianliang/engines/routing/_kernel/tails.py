# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""Exchange the tails of two routes (2-opt*): what no string, being short, does to a long route."""

import numpy as np

from dianliang.engines.routing._kernel.judging import change, take, undo
from dianliang.engines.routing._kernel.mates import list_job, loyalty
from dianliang.engines.routing._kernel.placing import save
from dianliang.engines.routing._kernel.records import (
    INFEASIBLE,
    Data,
    Floats,
    Scratch,
    State,
    Tour,
    compiled,
    entry,
    i64,
    inlined,
    uniform,
)
from dianliang.engines.routing._kernel.timing import schedule_from

FOLLOWERS = 20
"""So many of the jobs that may best stand next to a job may come after it."""
FROM_HOME = 0.2
"""Share of the exchanges in which a route takes another's tail as its whole."""


@inlined
def is_parted(d: Data, s: Tour, v: int, p: int) -> bool:
    """Tell whether a route can be parted before a position: its break lies well before."""
    rest = d.routes[v].rest
    return rest < 0 or s.spots[rest].position < p - 1


@inlined
def is_laden(d: Data, s: Tour, v: int, p: int, u: int, q: int) -> bool:
    """Tell whether no load would do for the head of a route and the tail of another."""
    for g in range(d.room.shape[1]):
        head, tail = s.aboard[v, p, g], s.aboard[u, q, g]
        borne = tail.borne + d.room[v, g] - d.room[u, g]
        if max(head.least, tail.needed) > min(head.most, borne):
            return True
    return False


@inlined
def homeward(d: Data, s: Tour, v: int, u: int) -> int:
    """Return how much longer the way home from the last job of a route is to another's end."""
    spot = s.stops[v, s.runs[v].length - 1].spot
    return i64(d.time[spot, d.routes[u].end]) - i64(d.time[spot, d.routes[v].end])


@compiled
def tails_price(d: Data, s: Tour, v: int, p: int, u: int, q: int) -> float:
    """Return what exchanging the tails from two positions costs in travel; INFEASIBLE in time.

    In constant time, as far as everybody is home in time: who takes the change has it timed
    exactly. The other's tail has a job at least.
    """
    mine, other = d.routes[v], d.routes[u]
    if not is_parted(d, s, v, p) or not is_parted(d, s, u, q):
        return INFEASIBLE
    tail, tail_other = s.stops[v, p], s.stops[u, q]
    spot, ready = mine.start, mine.opens
    if p > 0:
        spot, ready = s.stops[v, p - 1].spot, s.stops[v, p - 1].leave
    spot_other, ready_other = other.start, other.opens
    if q > 0:
        spot_other, ready_other = s.stops[u, q - 1].spot, s.stops[u, q - 1].leave
    way = i64(d.time[spot, tail_other.ahead])
    if ready + way > tail_other.latest:
        return INFEASIBLE
    longer = way - tail_other.way + homeward(d, s, u, v)
    if s.runs[v].length > 0:
        longer -= tail.way
    if p < s.runs[v].length:
        way = i64(d.time[spot_other, tail.ahead])
        if ready_other + way > tail.latest:
            return INFEASIBLE
        longer += way + homeward(d, s, v, u)
    elif q > 0:
        longer += i64(d.time[spot_other, other.end])
    price = d.travel_price * float(longer)
    if s.runs[v].length == 0:
        price += mine.fixed
    if q == 0 and p == s.runs[v].length:
        price -= other.fixed
    return price


@inlined
def may_move(d: Data, s: Tour, v: int, p: int, u: int) -> bool:
    """Tell whether rules let another route have all jobs of a tail.

    A series keeps its pattern within a day.
    """
    is_free = d.routes[v].day == d.routes[u].day
    for i in range(p, s.runs[v].length):
        job = s.stops[v, i].item
        item = d.items[job]
        if not d.able[job, u] or item.held or item.group >= 0:
            return False
        if item.series >= 0 and not is_free:
            return False
    return True


@inlined
def graft(s: Tour, w: Scratch, v: int, p: int, u: int, q: int) -> None:
    """Give a route what another had from a position on, in place of its own tail."""
    size = s.runs[u].old_length - q
    for i in range(size):
        s.stops[v, p + i].item = w.old_sequence[u, q + i]
    s.runs[v].length = p + size


@compiled
def list_series(d: Data, s: Tour, w: Scratch, v: int, p: int, count: int) -> int:
    """Note the jobs of series in a tail that is about to move, if their teams are priced."""
    if d.loyal_price <= 0:
        return count
    for i in range(p, s.runs[v].length):
        job = s.stops[v, i].item
        series = d.items[job].series
        if series >= 0:
            count = list_job(s, w, job, count, False)
            if w.old_loyal[series] < 0:
                w.old_loyal[series] = s.loyal[series]
    return count


@entry
def swap_tails(
    d: Data, s: Tour, w: Scratch, b: Tour, totals: Floats, state: State, temperature: float
) -> None:
    """Let a job drawn at random be followed by one that may well, with all that comes after it.

    Now and then a route drawn at random, used or not, has another's tail from its beginning on:
    its team may live nearer, and job by job no other would ever set out.
    """
    job = int(uniform(state) * d.able.shape[0])
    if uniform(state) < FROM_HOME:
        v, p, follower = int(uniform(state) * d.routes.shape[0]), i64(0), job
    else:
        rank = int(uniform(state) * min(FOLLOWERS, d.beside.shape[1]))
        v, p = s.spots[job].where, s.spots[job].position + 1
        if v < 0 or d.beside.shape[1] == 0:
            return
        follower = d.beside[job, rank]
    u, q = s.spots[follower].where, s.spots[follower].position
    if u < 0 or u == v:
        return
    most = -temperature * np.log(max(uniform(state), 1e-12))
    if tails_price(d, s, v, p, u, q) > most:
        return
    longer = max(p + s.runs[u].length - q, q + s.runs[v].length - p)
    if longer + 2 >= s.stops.shape[1] or is_laden(d, s, v, p, u, q) or is_laden(d, s, u, q, v, p):
        return
    if not may_move(d, s, v, p, u) or not may_move(d, s, u, q, v):
        return
    w.counters[0] += 1
    touched = save(s, w, d, u, save(s, w, d, v, i64(0)))
    count = list_series(d, s, w, u, q, list_series(d, s, w, v, p, i64(0)))
    graft(s, w, v, p, u, q)
    graft(s, w, u, q, v, p)
    is_fine = schedule_from(d, s, v, p)
    is_fine = schedule_from(d, s, u, q) and is_fine
    for i in range(count):
        s.loyal[d.items[w.removed[i]].series] = loyalty(d, s, d.items[w.removed[i]].series)
    price = change(d, s, w, count, touched)
    if is_fine and price <= most:
        take(s, w, b, totals, price, touched)
    else:
        undo(d, s, w, count, touched)
    for i in range(count):
        w.old_loyal[d.items[w.removed[i]].series] = -1.0
    s.runs[v].saved = s.runs[u].saved = False
