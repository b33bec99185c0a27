# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""Place jobs that are linked in time, all of a group at once, at begins that are then held fixed.

For two jobs the best places of each are put together in pairs, at prices that take constant time.
More of them, or one team that does both, are put into their routes one after the other, as they
follow each other or in an order drawn at random; who has to wait for one that is put in later is
pushed.
"""

from dianliang.engines.routing._kernel.mates import copy_choice, is_overworked, lag, member
from dianliang.engines.routing._kernel.placing import (
    drop,
    places_for,
    price_at,
    put,
    put_as_turned,
    save,
)
from dianliang.engines.routing._kernel.records import (
    INFEASIBLE,
    PAIR_CANDIDATES,
    Data,
    Scratch,
    State,
    Tour,
    compiled,
    i64,
    inlined,
    uniform,
)
from dianliang.engines.routing._kernel.timing import begin_of, schedule

CHAIN_TRIALS = 6
"""So often a chain is tried, from one of so many places of its first job."""
PUSHES = 3
"""So many places where others would have to wait are tried for a job."""
TRIAL, BEST = 0, 1


@compiled
def cheapest_places(d: Data, s: Tour, w: Scratch, job: int, row: int) -> int:
    """Keep the cheapest few positions of a job in a row of `pairs`, with their earliest begins."""
    count = 0
    for i in range(places_for(d, s, w, job)):
        bound = INFEASIBLE if count < PAIR_CANDIDATES else w.pairs[row, count - 1].price
        place = w.places[i]
        price, begin = price_at(d, s, job, place.route, place.index, bound, i64(0))
        if price >= bound:
            continue
        k = min(count, PAIR_CANDIDATES - 1)
        while k > 0 and w.pairs[row, k - 1].price > price:
            copy_choice(w.pairs[row, k - 1], w.pairs[row, k])
            k -= 1
        kept = w.pairs[row, k]
        kept.route, kept.index, kept.begin, kept.price = place.route, place.index, begin, price
        count = min(count + 1, PAIR_CANDIDATES)
    return count


@compiled
def pair_price(d: Data, s: Tour, w: Scratch, group: int, best: float) -> float:
    """Keep the cheapest places of two jobs with two teams below `best`; return their price."""
    job, other = member(d, group, 0), member(d, group, 1)
    least, most = lag(d, group, 0, 1), lag(d, group, 1, 0)
    firsts = cheapest_places(d, s, w, job, i64(0))
    seconds = cheapest_places(d, s, w, other, i64(1))
    for k in range(firsts):
        a = w.pairs[0, k]
        for m in range(seconds):
            b = w.pairs[1, m]
            if a.route == b.route or a.price + b.price >= best:
                continue
            at_b = max(b.begin, a.begin + least)
            at_a = max(a.begin, at_b + most)
            price_a, real_a = price_at(d, s, job, a.route, a.index, best, at_a)
            price_b, real_b = price_at(d, s, other, b.route, b.index, best, at_b)
            if real_a != at_a or real_b != at_b or price_a + price_b >= best:
                continue
            best = price_a + price_b
            copy_choice(a, w.chain[BEST, 0])
            copy_choice(b, w.chain[BEST, 1])
            w.chain[BEST, 0].begin, w.chain[BEST, 1].begin = at_a, at_b
            w.chain_turned[BEST, 0] = w.chain_turned[BEST, 1] = -1
            w.order[BEST, 0], w.order[BEST, 1] = 0, 1
    return best


@inlined
def nth(d: Data, w: Scratch, group: int, i: int) -> int:
    """Return the job of a group that its trial puts in at a turn."""
    return member(d, group, w.order[TRIAL, i])


@inlined
def apart(d: Data, w: Scratch, group: int, i: int, k: int) -> int:
    """Return the least seconds from the begin of the job of one turn to that of another."""
    return lag(d, group, w.order[TRIAL, i], w.order[TRIAL, k])


@inlined
def may_share(d: Data, w: Scratch, group: int, i: int, k: int) -> bool:
    """Tell whether one team can do the jobs of two turns: one can begin when the other is done."""
    here, there = d.items[nth(d, w, group, i)].service, d.items[nth(d, w, group, k)].service
    return -apart(d, w, group, k, i) >= here or -apart(d, w, group, i, k) >= there


@inlined
def is_barred(d: Data, s: Tour, w: Scratch, group: int, k: int, v: int) -> bool:
    """Tell whether a route serves an earlier job of a group at the time of another."""
    for i in range(k):
        if s.spots[nth(d, w, group, i)].where == v and not may_share(d, w, group, i, k):
            return True
    return False


@compiled
def list_beside_mates(d: Data, s: Tour, w: Scratch, group: int, k: int, count: int) -> int:
    """Add every position of the routes that serve earlier jobs of a group to those listed."""
    token = w.counters[1]
    for i in range(k):
        v = s.spots[nth(d, w, group, i)].where
        if not d.able[nth(d, w, group, k), v]:
            continue
        for p in range(s.runs[v].length + 1):
            if w.stamp[v, p] != token:
                w.stamp[v, p] = token
                w.places[count].route, w.places[count].index = v, p
                count += 1
    return count


@inlined
def anchored(d: Data, s: Tour, w: Scratch, group: int, k: int, bound: float) -> float:
    """Put a job of a group where its trial says, at the begin held there; return the price."""
    job, choice = nth(d, w, group, k), w.chain[TRIAL, k]
    v = choice.route
    if s.runs[v].length + 1 >= s.stops.shape[1] - 1:
        return INFEASIBLE
    before = s.runs[v].cost
    s.spots[job].anchor = choice.begin
    is_fine = put(d, s, v, choice.index, job)
    price = s.runs[v].cost - before
    if is_fine and price < bound:
        return price
    take_out(d, s, job)
    return INFEASIBLE


@inlined
def take_out(d: Data, s: Tour, job: int) -> None:
    """Take a linked job out of its route again."""
    schedule(d, s, drop(d, s, job))
    s.spots[job].anchor = -1


@compiled
def pushed(d: Data, s: Tour, w: Scratch, group: int, k: int, begin: int) -> tuple[float, bool]:
    """Let the earlier jobs of a group begin so late that another may; return price and success."""
    price, is_fine = 0.0, True
    for i in range(k):
        spot = s.spots[nth(d, w, group, i)]
        at = begin + apart(d, w, group, k, i)
        if spot.anchor < at:
            is_fine = is_fine and begin_of(d, nth(d, w, group, i), at) == at
            spot.anchor = at
            price -= s.runs[spot.where].cost
            schedule(d, s, spot.where)
            price += s.runs[spot.where].cost
    for i in range(k):
        is_fine = is_fine and s.runs[s.spots[nth(d, w, group, i)].where].broken == 0
    return price, is_fine


@compiled
def unpush(d: Data, s: Tour, w: Scratch, group: int, k: int) -> None:
    """Let the earlier jobs of a group begin again as their trial said."""
    for i in range(k):
        job = nth(d, w, group, i)
        if s.spots[job].anchor != w.chain[TRIAL, i].begin:
            s.spots[job].anchor = w.chain[TRIAL, i].begin
            schedule(d, s, s.spots[job].where)


@compiled
def join(d: Data, s: Tour, w: Scratch, group: int, k: int, bound: float) -> float:
    """Put the next job of a group where it is cheapest; return the price, INFEASIBLE from `bound`.

    Places where nobody has to wait come first, then those where others wait the least.
    """
    job, least, most = nth(d, w, group, k), i64(0), i64(1) << 40
    for i in range(k):
        at = w.chain[TRIAL, i].begin
        least, most = (
            max(least, at + apart(d, w, group, i, k)),
            min(most, at - apart(d, w, group, k, i)),
        )
    count, price, waits = list_beside_mates(d, s, w, group, k, places_for(d, s, w, job)), bound, 0
    chosen = w.chain[TRIAL, k]
    for i in range(count):
        v, p = w.places[i].route, w.places[i].index
        if is_barred(d, s, w, group, k, v):
            continue
        found, begin = price_at(d, s, job, v, p, bound, least)
        if found >= bound:
            continue
        if begin <= most:
            if found < price:
                price, chosen.route, chosen.index, chosen.begin = found, v, p, begin
            continue
        q = min(waits, PUSHES - 1)
        if waits == PUSHES and w.pairs[1, q].begin <= begin:
            continue
        while q > 0 and w.pairs[1, q - 1].begin > begin:
            copy_choice(w.pairs[1, q - 1], w.pairs[1, q])
            q -= 1
        w.pairs[1, q].route, w.pairs[1, q].index, w.pairs[1, q].begin = v, p, begin
        waits = min(waits + 1, PUSHES)
    if price < bound:
        price = anchored(d, s, w, group, k, bound)
        if price < bound:
            return price
    for q in range(waits):
        copy_choice(w.pairs[1, q], chosen)
        price, is_fine = pushed(d, s, w, group, k, chosen.begin)
        if is_fine:
            price += anchored(d, s, w, group, k, bound - price)
            if price < bound:
                for i in range(k):
                    w.chain[TRIAL, i].begin = s.spots[nth(d, w, group, i)].anchor
                return price
        unpush(d, s, w, group, k)
    return INFEASIBLE


@inlined
def draw_order(w: Scratch, members: int, trial: int, state: State) -> None:
    """Put the jobs of a group in the order in which they follow each other, or in any."""
    for k in range(members):
        w.order[TRIAL, k] = k
    if trial > 0:
        for k in range(members - 1):
            i = k + int(uniform(state) * (members - k))
            w.order[TRIAL, k], w.order[TRIAL, i] = w.order[TRIAL, i], w.order[TRIAL, k]


@compiled
def chain_price(d: Data, s: Tour, w: Scratch, group: int, best: float, state: State) -> float:
    """Keep the cheapest places found for all jobs of a group below `best`; return their price."""
    members = d.groups[group].last - d.groups[group].first
    for trial in range(CHAIN_TRIALS):
        draw_order(w, members, trial, state)
        starts = min(cheapest_places(d, s, w, nth(d, w, group, 0), i64(0)), CHAIN_TRIALS)
        start = 0 if trial == 0 else int(uniform(state) * starts)
        if starts == 0 or w.pairs[0, start].price >= best:
            continue
        copy_choice(w.pairs[0, start], w.chain[TRIAL, 0])
        price, placed = anchored(d, s, w, group, i64(0), best), i64(0)
        if price < best:
            placed = 1
        while 0 < placed < members and price < best:
            price += join(d, s, w, group, placed, best - price)
            placed += price < best
        for k in range(placed):
            if is_overworked(d, s, nth(d, w, group, k)):
                price = INFEASIBLE
        if placed == members and price < best:
            best = price
            for k in range(members):
                copy_choice(w.chain[TRIAL, k], w.chain[BEST, k])
                w.chain_turned[BEST, k] = s.spots[nth(d, w, group, k)].turned
                w.order[BEST, k] = w.order[TRIAL, k]
        for k in range(placed):
            take_out(d, s, nth(d, w, group, placed - 1 - k))
    return best


@compiled
def place_tied(d: Data, s: Tour, w: Scratch, group: int, touched: int, state: State) -> int:
    """Insert the jobs of a group at begins that keep its lags, and hold these begins fixed.

    All of them where that costs less than to leave them out, else none; return the touched routes.
    """
    members, limit = d.groups[group].last - d.groups[group].first, 0.0
    for k in range(members):
        limit += d.items[member(d, group, k)].penalty
    best = limit
    if members == 2:
        best = pair_price(d, s, w, group, best)
    w.order[TRIAL, 0], w.order[TRIAL, 1] = 0, 1
    if members > 2 or may_share(d, w, group, 0, 1):
        best = chain_price(d, s, w, group, best, state)
    if best >= limit:
        return touched
    for k in range(members):
        s.spots[member(d, group, w.order[BEST, k])].anchor = w.chain[BEST, k].begin
    for k in range(members):
        choice, job = w.chain[BEST, k], member(d, group, w.order[BEST, k])
        touched = save(s, w, d, choice.route, touched)
        if w.chain_turned[BEST, k] < 0:
            put(d, s, choice.route, choice.index, job)
        else:
            s.spots[job].turned = w.chain_turned[BEST, k]
            put_as_turned(d, s, choice.route, choice.index, job)
    is_fine = True
    for k in range(members):
        is_fine = schedule(d, s, w.chain[BEST, k].route) and is_fine
        is_fine = is_fine and not is_overworked(d, s, member(d, group, k))
    if not is_fine:
        for k in range(members):
            take_out(d, s, member(d, group, k))
    return touched
