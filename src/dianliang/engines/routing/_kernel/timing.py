# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""Time a route: when each item begins, how much later it could, what lateness costs.

Each position keeps the latest arrival that breaks nothing and the latest that costs nothing.
"""

from dianliang.engines.routing._kernel.records import (
    NEVER,
    Data,
    Tour,
    compiled,
    entry,
    i64,
    inlined,
)
from dianliang.engines.routing._kernel.stowing import stow


@inlined
def entry_of(d: Data, s: Tour, item: int) -> int:
    """Return the place where a job's work begins, as it is turned."""
    return d.items[item].exit if s.spots[item].turned else d.items[item].place


@inlined
def exit_of(d: Data, s: Tour, item: int) -> int:
    """Return the place where a job's work ends, as it is turned."""
    return d.items[item].place if s.spots[item].turned else d.items[item].exit


@inlined
def begin_of(d: Data, item: int, ready: int) -> int:
    """Return when an item can begin if the team is there at `ready`; -1 if never."""
    for w in range(d.items[item].first, d.items[item].last):
        if ready <= d.windows[w].shuts:
            return max(ready, d.windows[w].opens)
    return -1


@inlined
def latest_begin(d: Data, item: int, by: int) -> int:
    """Return the latest possible begin that is not after `by`; -1 if there is none."""
    best = -1
    for w in range(d.items[item].first, d.items[item].last):
        if d.windows[w].opens <= by:
            best = max(best, min(by, d.windows[w].shuts))
    return best


@inlined
def late_cost(d: Data, item: int, begin: int) -> float:
    """Return the price of the wait, and of beginning after the promise: steep, then gentle."""
    job = d.items[item]
    late, price = begin - job.due - job.late_free, 0.0
    if job.wait_price > 0:
        price = min(job.wait_price * begin, job.wait_most)
    if late > 0:
        price += min(job.late_price * late, job.late_most) + job.late_rest * late
    return price


@inlined
def over_cost(d: Data, v: int, home: int) -> float:
    """Return the price of coming home after the shift."""
    return d.routes[v].over_price * max(0, home - d.routes[v].closes)


@inlined
def rested(d: Data, rest: int, clock: int, way: int) -> int:
    """Return when a team would go on if it rested now: time before lunch is used for the way.

    The team may rest where it is, on the way or on arrival; it arrives `way` after what is
    returned.
    """
    window = d.windows[d.items[rest].first]
    return max(clock, window.opens - way) + d.items[rest].service


@inlined
def joined(
    lasts: int, early: int, late: int, way: int, more: int, opens: int, shuts: int
) -> tuple[int, int, int]:
    """Join two parts of a route: least seconds, and the span of beginnings that need no more.

    Time-window segments (Vidal et al. 2013); both parts and their join keep their windows.
    """
    reach = lasts + way
    wait = max(0, opens - reach - late)
    return reach + more + wait, max(opens - reach, early) - wait, min(shuts - reach, late)


@inlined
def span_of(d: Data, s: Tour, item: int, begin: int) -> tuple[int, int]:
    """Return the window of an item that holds its begin; a held begin is a window of its own."""
    if s.spots[item].anchor < 0:
        for w in range(d.items[item].first, d.items[item].last):
            if begin <= d.windows[w].shuts:
                return d.windows[w].opens, d.windows[w].shuts
    return begin, begin


@entry
def measure(d: Data, s: Tour, v: int) -> int:
    """Write how long the parts of a timed route last at least; return it for the whole."""
    n, size, route = d.able.shape[0], s.runs[v].length, d.routes[v]
    lasts, early, late = i64(0), route.opens, route.shuts
    for p in range(size):
        stop = s.stops[v, p]
        if stop.item < n or p < size - 1:
            opens, shuts = span_of(d, s, stop.item, stop.begin)
            service = d.items[stop.item].service
            lasts, early, late = joined(lasts, early, late, stop.way, service, opens, shuts)
        stop.head_s, stop.head_early, stop.head_late = lasts, early, late
    back_way = s.stops[v, size].way
    whole, _, _ = joined(lasts, early, late, back_way, i64(0), route.opens, route.shuts)
    lasts, early, late = i64(0), route.opens, route.shuts
    end = s.stops[v, size]
    end.tail_s, end.tail_early, end.tail_late = lasts, early, late
    way = back_way  # a break at home stands between the last job and the way back
    for back in range(size):
        p = size - 1 - back
        stop = s.stops[v, p]
        if stop.item < n or p < size - 1:
            opens, shuts = span_of(d, s, stop.item, stop.begin)
            service = d.items[stop.item].service
            lasts, early, late = joined(service, opens, shuts, way, lasts, early, late)
            way = stop.way
        stop.tail_s, stop.tail_early, stop.tail_late = lasts, early, late
    return whole


@compiled
def slacken(d: Data, s: Tour, v: int, first: int) -> None:
    """Write the latest arrivals of a timed route, backwards.

    Before `first` nothing has changed but what comes later, so the first that is as it was ends it.
    """
    n, size, route = d.able.shape[0], s.runs[v].length, d.routes[v]
    end = s.stops[v, size]
    latest, calm = route.shuts, max(route.closes, s.runs[v].home)
    end.latest, end.calm, end.ahead = latest, calm, route.end
    for back in range(size):
        p = size - 1 - back
        stop = s.stops[v, p]
        item, anchor = d.items[stop.item], s.spots[stop.item].anchor
        latest -= s.stops[v, p + 1].way
        calm -= s.stops[v, p + 1].way
        if stop.item >= n:
            window = d.windows[item.first]
            if p < size - 1:
                way = s.stops[v, p + 1].way
                latest = (
                    latest - item.service if window.opens + item.service <= latest + way else -1
                )
                calm -= item.service
            latest = min(latest, window.shuts)
            calm = min(calm, latest)
        elif anchor >= 0:
            latest = anchor if anchor + item.service <= latest else -1
            calm = latest
        else:
            latest = latest_begin(d, stop.item, latest - item.service)
            calm -= item.service
            if item.wait_price > 0:
                calm = min(calm, stop.begin)
            elif item.late_price > 0:
                calm = min(calm, max(item.due + item.late_free, stop.begin))
            calm = latest_begin(d, stop.item, calm)
        if p < first and stop.latest == latest and stop.calm == calm:
            break
        stop.latest, stop.calm = latest, calm
        stop.ahead = s.stops[v, p + 1].ahead if stop.item >= n else entry_of(d, s, stop.item)


@entry
def schedule(d: Data, s: Tour, v: int) -> bool:
    """Time a route from its sequence and tell whether it keeps every rule."""
    return schedule_from(d, s, v, i64(0))


@compiled
def schedule_from(d: Data, s: Tour, v: int, first: int) -> bool:
    """Time a route whose items before `first` stand as they were last timed, without a fault."""
    n, run, route = d.able.shape[0], s.runs[v], d.routes[v]
    clock, spot, cost, work, is_used, is_fine = route.opens, route.start, 0.0, i64(0), False, True
    if first > 0 and s.stops[v, first - 1].item >= n:  # how long a break lasts is up to what comes
        first -= 1
    if first > 0:
        last = s.stops[v, first - 1]
        clock, spot, cost, work, is_used = last.leave, last.spot, last.cost, last.work, True
    for p in range(first, run.length):
        stop = s.stops[v, p]
        item = d.items[stop.item]
        s.spots[stop.item].where, s.spots[stop.item].position = v, p
        if stop.item >= n:
            stop.way, stop.spot, stop.begin = 0, spot, clock
            is_fine &= clock <= d.windows[item.first].shuts
            way = i64(0)
            if p < run.length - 1:
                way = i64(d.time[spot, entry_of(d, s, s.stops[v, p + 1].item)])
                clock = rested(d, stop.item, clock, way)
            stop.leave, stop.cost, stop.work = clock, cost, work
            continue
        way = d.time[spot, entry_of(d, s, stop.item)]
        anchor, begin = s.spots[stop.item].anchor, begin_of(d, stop.item, clock + way)
        if anchor >= 0:
            begin = anchor if clock + way <= anchor else -1
        is_fine &= begin >= 0
        begin = max(begin, clock + way)
        clock, spot = begin + item.service, exit_of(d, s, stop.item)
        stop.way, stop.begin, stop.spot, stop.leave = way, begin, spot, clock
        cost += d.travel_price * way + late_cost(d, stop.item, begin) + d.extra[stop.item, v]
        work += way + item.service
        stop.cost, stop.work = cost, work
        is_used = True
    way = d.time[spot, route.end] if is_used else 0
    s.stops[v, run.length].way, run.home = way, clock + way
    cost += d.travel_price * way + over_cost(d, v, run.home) + route.fixed
    run.cost = cost if is_used else 0.0
    s.worked[route.team] += work + way - run.work
    run.work = work + way
    slacken(d, s, v, first)
    if route.longest < NEVER and is_fine:
        is_fine = measure(d, s, v) <= route.longest
    is_fine = stow(d, s, v) and is_fine and run.home <= route.shuts
    run.broken = not is_fine
    return is_fine


@compiled
def lasts_with(d: Data, s: Tour, v: int, p: int, job: int, begin: int, is_exact: bool) -> int:
    """Return how long a route would last at least with a job inserted at a position."""
    n, size, route, here = d.able.shape[0], s.runs[v].length, d.routes[v], entry_of(d, s, job)
    before, lasts, early, late = route.start, i64(0), route.opens, route.shuts
    if p > 0:
        stop = s.stops[v, p - 1]
        before, lasts, early, late = stop.spot, stop.head_s, stop.head_early, stop.head_late
        if stop.item >= n and p == size:
            opens, shuts = span_of(d, s, stop.item, stop.begin)
            service = d.items[stop.item].service
            lasts, early, late = joined(lasts, early, late, i64(0), service, opens, shuts)
    opens, shuts = span_of(d, s, job, begin)
    if is_exact:
        opens, shuts = begin, begin
    way, service = i64(d.time[before, here]), d.items[job].service
    lasts, early, late = joined(lasts, early, late, way, service, opens, shuts)
    q = p
    if p < size and s.stops[v, p].item >= n:
        rest, q = s.stops[v, p].item, p + 1
        if q < size:
            opens, shuts = span_of(d, s, rest, s.stops[v, p].begin)
            service = d.items[rest].service
            lasts, early, late = joined(lasts, early, late, i64(0), service, opens, shuts)
    tail, way = s.stops[v, q], i64(d.time[exit_of(d, s, job), s.stops[v, p].ahead])
    whole, _, _ = joined(lasts, early, late, way, tail.tail_s, tail.tail_early, tail.tail_late)
    return whole


@compiled
def delay(d: Data, s: Tour, v: int, p: int, arrival: int, bound: float) -> float:
    """Return what it costs that a team arrives later at item `p`; at least `bound` if that much."""
    n, size = d.able.shape[0], s.runs[v].length
    price = 0.0
    for q in range(p, size):
        item = s.stops[v, q].item
        if item >= n:
            way = s.stops[v, q + 1].way
            arrival = (rested(d, item, arrival, way) if q < size - 1 else arrival) + way
            continue
        begin = s.spots[item].anchor if s.spots[item].anchor >= 0 else begin_of(d, item, arrival)
        if begin == s.stops[v, q].begin:
            return price
        price += late_cost(d, item, begin) - late_cost(d, item, s.stops[v, q].begin)
        if price >= bound:
            return price
        arrival = begin + d.items[item].service + s.stops[v, q + 1].way
    return price + over_cost(d, v, arrival) - over_cost(d, v, s.runs[v].home)


@inlined
def balance(d: Data, team: int, worked: int) -> float:
    """Return the price of a team's load: it grows with the square, so equal loads cost least."""
    return d.balance_price * worked * (worked / max(1, d.teams[team].available))


@inlined
def is_idle(d: Data, s: Tour, v: int) -> bool:
    """Tell whether a route has no job, at most a break."""
    return s.runs[v].length == 0 or (
        s.runs[v].length == 1 and s.stops[v, 0].item >= d.able.shape[0]
    )


@entry
def retime(d: Data, s: Tour) -> bool:
    """Time all routes from their sequences and tell whether they keep every rule."""
    for item in range(s.spots.shape[0]):
        s.spots[item].where = -1
    is_fine = True
    for v in range(s.runs.shape[0]):
        is_fine &= schedule(d, s, v)
    return is_fine


@entry
def total(d: Data, s: Tour) -> float:
    """Return the whole objective: routes, what is left out, loyalty, balance."""
    price = 0.0
    for v in range(s.runs.shape[0]):
        price += s.runs[v].cost
    for series in range(s.loyal.shape[0]):
        price += s.loyal[series]
    for job in range(d.able.shape[0]):
        if s.spots[job].where < 0:
            price += d.items[job].penalty
    if d.balance_price > 0:
        for team in range(s.worked.shape[0]):
            price += balance(d, team, s.worked[team])
    return price
