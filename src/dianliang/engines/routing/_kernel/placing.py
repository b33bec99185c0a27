# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""Price an insertion in constant time, find the cheapest, make it."""

from dianliang.engines.routing._kernel.mates import adds_team, list_job, loyalty
from dianliang.engines.routing._kernel.records import (
    EITHER,
    INFEASIBLE,
    NEVER,
    Data,
    Ints,
    Scratch,
    State,
    Tour,
    compiled,
    entry,
    i64,
    inlined,
    uniform,
)
from dianliang.engines.routing._kernel.stowing import fits, fits_as_known, is_stowed
from dianliang.engines.routing._kernel.timing import (
    balance,
    begin_of,
    delay,
    entry_of,
    exit_of,
    is_idle,
    lasts_with,
    late_cost,
    rested,
    schedule,
    schedule_from,
)


@inlined
def price_as_turned(
    d: Data, s: Tour, job: int, v: int, p: int, bound: float, not_before: int
) -> tuple[float, int]:
    """Return the price of inserting a job, as it is turned, and its begin.

    What cannot be, however short the way there, is seen first.
    """
    n, size, item, route = d.able.shape[0], s.runs[v].length, d.items[job], d.routes[v]
    here, there = entry_of(d, s, job), exit_of(d, s, job)
    after, before, ready = s.stops[v, p].ahead, route.start, route.opens
    if p > 0:
        before, ready = s.stops[v, p - 1].spot, s.stops[v, p - 1].leave
    is_after_rest = p > 0 and s.stops[v, p - 1].item >= n
    is_before_rest = p < size and s.stops[v, p].item >= n
    detour = i64(d.time[there, after])
    if not is_after_rest and not is_before_rest:
        soonest = max(ready, not_before)
        if item.first < item.last:
            soonest = max(soonest, d.windows[item.first].opens)
        if soonest + item.service + detour > s.stops[v, p].latest:
            return INFEASIBLE, -1
    price: float = d.extra[job, v] + 0.0
    if is_idle(d, s, v):
        price += route.fixed
    else:
        detour -= s.stops[v, p + 1 if is_before_rest else p].way
    if price + d.travel_price * detour >= bound:
        return INFEASIBLE, -1
    way = i64(d.time[before, here])  # a column of the table: rarely at hand
    if is_after_rest:
        ready = rested(d, s.stops[v, p - 1].item, s.stops[v, p - 1].begin, way)
    detour += way
    price += d.travel_price * detour
    if price >= bound:
        return INFEASIBLE, -1
    begin = begin_of(d, job, max(ready + way, not_before))
    more, worked = detour + item.service, s.worked[route.team]
    if begin < 0 or worked + more > d.teams[route.team].budget:
        return INFEASIBLE, -1
    if not is_stowed(d, s, job, v, p):
        return INFEASIBLE, -1
    price += late_cost(d, job, begin)
    if d.balance_price > 0:
        price += balance(d, route.team, worked + more) - balance(d, route.team, worked)
    clock, q = begin + item.service, p
    if p < size and s.stops[v, p].item >= n:
        rest, q = s.stops[v, p].item, p + 1
        if clock > d.windows[d.items[rest].first].shuts:
            return INFEASIBLE, -1
        if q < size:
            clock = rested(d, rest, clock, i64(d.time[there, after]))
    clock += d.time[there, after]
    if clock > s.stops[v, q].latest or price >= bound:
        return INFEASIBLE, -1
    if clock > s.stops[v, q].calm:
        price += delay(d, s, v, q, clock, bound - price)
    if price >= bound:
        return INFEASIBLE, -1
    if route.longest < NEVER:
        is_exact = not_before > 0
        if lasts_with(d, s, v, p, job, begin, is_exact) > route.longest:
            return INFEASIBLE, -1
    return price, begin


@inlined
def price_at(
    d: Data, s: Tour, job: int, v: int, p: int, bound: float, not_before: int
) -> tuple[float, int]:
    """Return the price of inserting a job at a position and its begin; INFEASIBLE from `bound`.

    Work that may go either way is left turned as is cheaper there.
    """
    price, begin = price_as_turned(d, s, job, v, p, bound, not_before)
    if d.items[job].ways == EITHER and not s.spots[job].stiff:
        s.spots[job].turned = 1 - s.spots[job].turned
        other, starts = price_as_turned(d, s, job, v, p, min(bound, price), not_before)
        if other < price:
            price, begin = other, starts
        else:
            s.spots[job].turned = 1 - s.spots[job].turned
    return price, begin


@inlined
def is_timely(d: Data, s: Tour, v: int, p: int, done: int, shuts: int) -> bool:
    """Tell whether a job that can begin till `shuts` and be done from `done` may fit, ways aside.

    Where a break stands beside the position this is left to the price.
    """
    n = d.able.shape[0]
    if p > 0 and s.stops[v, p - 1].item < n and s.stops[v, p - 1].leave > shuts:
        return False
    return p == s.runs[v].length or s.stops[v, p].item >= n or s.stops[v, p].latest >= done


@compiled
def places_for(d: Data, s: Tour, w: Scratch, job: int) -> int:
    """List positions worth pricing: beside neighbours, in idle routes, at ends of near routes."""
    w.counters[1] += 1
    token, count, n = w.counters[1], 0, d.able.shape[0]
    done, shuts = NEVER, -NEVER
    for i in range(d.items[job].first, d.items[job].last):
        done = min(done, d.windows[i].opens + d.items[job].service)
        shuts = max(shuts, d.windows[i].shuts)
    for k in range(d.beside.shape[1]):
        other = d.beside[job, k]
        v = s.spots[other].where
        if v < 0 or not fits_as_known(d, s, w, job, v, token):
            continue
        first, end = s.spots[other].position, s.spots[other].position + 2
        # A break has no neighbours: what could go on its far side would not be seen.
        first -= first > 0 and s.stops[v, first - 1].item >= n
        end += end <= s.runs[v].length and s.stops[v, end - 1].item >= n
        for p in range(first, end):
            if w.stamp[v, p] != token:
                w.stamp[v, p] = token
                if is_timely(d, s, v, p, done, shuts):
                    w.places[count].route, w.places[count].index = v, p
                    count += 1
    for k in range(d.near_kinds.shape[1]):
        kind = d.near_kinds[job, k]
        first, last = d.kind_start[kind], d.kind_start[kind + 1]
        head = d.routes[d.kind_routes[first]]
        if head.opens > shuts or head.shuts < done:
            continue  # at other hours, or on another day, than the job may be done
        idle_seen, idle_most = 0, 2 if d.items[job].group >= 0 else 1
        for i in range(first, last):
            v = d.kind_routes[i]
            idle, is_large = is_idle(d, s, v), last - first > 4
            if is_large and idle_seen >= idle_most:
                break  # of many who are alike the others would only be passed over, one by one
            if (idle and idle_seen >= idle_most) or (not idle and is_large):
                continue
            if not d.able[job, v]:
                break
            idle_seen += idle
            if not fits_as_known(d, s, w, job, v, token):
                continue
            for p in range(0, s.runs[v].length + 1, max(1, s.runs[v].length)):
                if w.stamp[v, p] != token:
                    w.stamp[v, p] = token
                    if is_timely(d, s, v, p, done, shuts):
                        w.places[count].route, w.places[count].index = v, p
                        count += 1
    return count


@entry
def put(d: Data, s: Tour, v: int, p: int, item: int) -> bool:
    """Insert an item into a route, turned as is cheapest there, and time it anew."""
    if d.items[item].ways == EITHER:
        price_at(d, s, item, v, p, INFEASIBLE, max(i64(0), s.spots[item].anchor))
    return put_as_turned(d, s, v, p, item)


@entry
def put_as_turned(d: Data, s: Tour, v: int, p: int, item: int) -> bool:
    """Insert an item into a route and time it anew."""
    for q in range(s.runs[v].length, p, -1):
        s.stops[v, q].item = s.stops[v, q - 1].item
    s.stops[v, p].item = item
    s.runs[v].length += 1
    return schedule_from(d, s, v, p)


@entry
def drop(d: Data, s: Tour, job: int) -> int:
    """Take one job out of its route without timing it anew; return the route."""
    v = s.spots[job].where
    for p in range(s.spots[job].position, s.runs[v].length - 1):
        s.stops[v, p].item = s.stops[v, p + 1].item
        s.spots[s.stops[v, p].item].position = p
    s.runs[v].length -= 1
    s.spots[job].where = -1
    return v


@compiled
def unburden(d: Data, s: Tour, w: Scratch, v: int, count: int) -> int:
    """Take out of a route what was to be set up with gear that is not collected there any more."""
    for g in range(d.room.shape[1]):
        p = i64(0)
        while p < s.runs[v].length:
            p += 1
            if s.aboard[v, p, g].least > s.aboard[v, p, g].most:
                job = s.stops[v, p - 1].item
                if d.items[job].held:
                    break
                count = list_job(s, w, job, count, False)
                schedule(d, s, drop(d, s, job))
                p = i64(0)
    return count


@compiled
def save(s: Tour, w: Scratch, d: Data, v: int, count: int) -> int:
    """Keep a route as it is before the first change of an iteration."""
    if s.runs[v].saved:
        return count
    s.runs[v].saved = True
    w.touched[count] = v
    s.runs[v].old_length, s.runs[v].old_cost = s.runs[v].length, s.runs[v].cost
    for p in range(s.runs[v].length):
        w.old_sequence[v, p] = s.stops[v, p].item
    team = d.routes[v].team
    if w.old_worked[team] < 0:
        w.old_worked[team] = s.worked[team]
    return count + 1


@compiled
def best_place(
    d: Data, s: Tour, w: Scratch, job: int, bound: float, blink: float, state: State
) -> tuple[int, int, float]:
    """Return route, position and price of the cheapest insertion below `bound`, or -1.

    A job of a series keeps to the day of the ruin, if there is one.
    """
    route, index, price = -1, -1, bound
    day = w.counters[2] if d.items[job].series >= 0 else i64(-1)
    for i in range(places_for(d, s, w, job)):
        if blink > 0 and uniform(state) < blink:
            continue
        v, p, extra = w.places[i].route, w.places[i].index, 0.0
        if day >= 0 and d.routes[v].day != day:
            continue
        if day >= 0 and d.loyal_price > 0 and adds_team(d, s, job, v):
            extra = d.loyal_price
        found, _ = price_at(d, s, job, v, p, price - extra, i64(0))
        if found + extra < price:
            route, index, price = v, p, found + extra
    return route, index, price


@compiled
def place_one(
    d: Data, s: Tour, w: Scratch, job: int, limit: float, blink: float, state: State, touched: int
) -> tuple[int, float]:
    """Insert a job where it is cheapest below `limit`, if anywhere.

    Return the touched routes and the price; `limit` if it is not inserted.
    """
    route, index, price = best_place(d, s, w, job, limit, blink, state)
    if route >= 0:
        touched = save(s, w, d, route, touched)
        put(d, s, route, index, job)
        if d.items[job].series >= 0:
            s.loyal[d.items[job].series] = loyalty(d, s, d.items[job].series)
    return touched, price


@entry
def place_rest(d: Data, s: Tour, v: int) -> bool:
    """Put a route's break where it is cheapest; tell whether it fits."""
    item, size = d.routes[v].rest, s.runs[v].length
    window = d.items[item].first
    index, price = -1, INFEASIBLE
    for p in range(size + 1):
        ready = s.stops[v, p - 1].leave if p > 0 else d.routes[v].opens
        if ready > d.windows[window].shuts:
            break
        if p == size:
            if price > 0:
                index, price = p, 0.0
            break
        arrival = rested(d, item, ready, s.stops[v, p].way) + s.stops[v, p].way
        if arrival > s.stops[v, p].latest:
            continue
        found = delay(d, s, v, p, arrival, price) if arrival > s.stops[v, p].calm else 0.0
        if found < price:
            index, price = p, found
    return put(d, s, v, index, item) if index >= 0 else False


@compiled
def told_cost(d: Data, s: Tour, v: int) -> float:
    """Return what a timed route costs as people are told it.

    Where a route may only last so long, the team leaves late enough, and its first jobs wait.
    """
    opens, longest = d.routes[v].opens, d.routes[v].longest
    cost = s.runs[v].cost
    if longest < NEVER and s.runs[v].home - longest > opens:
        d.routes[v].opens = s.runs[v].home - longest
        schedule(d, s, v)
        cost = s.runs[v].cost
        d.routes[v].opens = opens
        schedule(d, s, v)
    return cost


@compiled
def price_by_trying(d: Data, s: Tour, job: int, v: int, p: int) -> float:
    """Return the price of an insertion that is made and taken back, as people are told it."""
    team, price = d.routes[v].team, INFEASIBLE
    before = told_cost(d, s, v) + balance(d, team, s.worked[team])
    if put_as_turned(d, s, v, p, job):
        price = told_cost(d, s, v) + balance(d, team, s.worked[team]) - before
    schedule(d, s, drop(d, s, job))
    return price


@entry
def best_in_route(d: Data, s: Tour, job: int, v: int, bound: float) -> tuple[int, float, int]:
    """Return position, price and begin of the cheapest insertion into one route; -1 if none."""
    index, price, begin = i64(-1), bound, i64(-1)
    if fits(d, s, job, v):
        for p in range(s.runs[v].length + 1):
            found, starts = price_at(d, s, job, v, p, price, i64(0))
            if found < price and d.routes[v].longest < NEVER:
                found = price_by_trying(d, s, job, v, p)
            if found < price:
                index, price, begin = p, found, starts
    return index, price, begin


@entry
def best_anywhere(d: Data, s: Tour, job: int, bound: float) -> tuple[int, int, float, int]:
    """Return route, position, price and begin of the cheapest insertion below `bound`, or -1."""
    route, index, price, begin = i64(-1), i64(-1), bound, i64(-1)
    for v in range(s.runs.shape[0]):
        place, found, starts = best_in_route(d, s, job, v, price)
        if place >= 0:
            route, index, price, begin = v, place, found, starts
    return route, index, price, begin


@entry
def best_instead(d: Data, s: Tour, job: int, others: Ints) -> tuple[int, int, float, int]:
    """Return which of some planned jobs to leave out for another: it, route, price and begin.

    The price is what the plan's routes grow by plus the price of leaving the other out.
    """
    chosen, route, price, begin = i64(-1), i64(-1), INFEASIBLE / 2, i64(-1)
    for i in range(others.shape[0]):
        other = others[i]
        v, p = s.spots[other].where, s.spots[other].position
        if v < 0 or not d.able[job, v]:
            continue
        team = d.routes[v].team
        saved = s.runs[v].cost + balance(d, team, s.worked[team])
        schedule(d, s, drop(d, s, other))
        saved -= s.runs[v].cost + balance(d, team, s.worked[team])
        lost = d.items[other].penalty - saved
        place, found, starts = best_in_route(d, s, job, v, price - lost)
        if place >= 0:
            chosen, route, price, begin = other, v, found + lost, starts
        put_as_turned(d, s, v, p, other)
    return chosen, route, price, begin
