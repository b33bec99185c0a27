# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""Price the places where a customer's visit, or both halves of it, could go, and take the best.

A place whose later visits can wait is judged in constant time by their slack; only one that makes
somebody tardy, and could still be the best, is tried out and followed across the rounds.
"""

from dianliang.engines.routing._kernel.records import State, compiled, i64, inlined, uniform
from dianliang.engines.routing.homecare._kernel.records import (
    CANDIDATES,
    INFEASIBLE,
    Data,
    Scratch,
    Tour,
)
from dianliang.engines.routing.homecare._kernel.timing import (
    delay,
    move,
    push,
    reach,
    recall,
    slacken,
    tighten,
    way,
)


@inlined
def link(d: Data, s: Tour, v: int, a: int) -> None:
    """Put a visit behind a node."""
    b = s.spots[a].next
    s.spots[v].prev, s.spots[v].next = a, b
    s.spots[a].next = s.spots[b].prev = v
    s.spots[v].who = a - d.able.shape[0] if a >= d.able.shape[0] else s.spots[a].who
    s.spots[v].begin = d.visits[v].opens


@inlined
def unlink(s: Tour, v: int) -> None:
    """Take a visit out of its round."""
    a, b = s.spots[v].prev, s.spots[v].next
    s.spots[a].next, s.spots[b].prev = b, a
    s.spots[v].who = -1


@inlined
def detour(d: Data, s: Tour, v: int, a: int) -> float:
    """Return how much longer a round gets by a visit behind a node."""
    b = s.spots[a].next
    return way(d, a, v) + way(d, v, b) - way(d, a, b)


@inlined
def excess(d: Data, s: Tour, v: int, a: int, begin: float) -> float:
    """Return by how much a visit behind `a` passes the slack of what follows; at least 0."""
    b = s.spots[a].next
    return max(0.0, begin + d.visits[v].service + way(d, v, b) - s.spots[b].latest)


@inlined
def lateness(d: Data, s: Tour, late: float, worst: float) -> float:
    """Return the price of added tardiness."""
    return d.prices[1] * late + d.prices[2] * max(0.0, worst - s.figures[2])


@compiled
def insert(
    d: Data, s: Tour, w: Scratch, v: int, a: int, mate: int, b: int, most: float
) -> tuple[float, int, float, float]:
    """Link one visit, or both halves, and let it delay others.

    Returns the price, the length of the log of moves, and the tardiness added and worst.
    """
    travel = detour(d, s, v, a)
    if mate >= 0:
        travel += detour(d, s, mate, b)
    link(d, s, v, a)
    if mate >= 0:
        link(d, s, mate, b)
    logged, tail, late, worst = i64(0), i64(0), 0.0, 0.0
    for half in range(2):
        x, behind = (v, a) if half == 0 else (mate, b)
        if x >= 0:
            at = max(s.spots[x].begin, reach(d, s, behind, x))
            logged, more = move(d, s, w, x, at, logged)
            late += more
            worst = max(worst, at - d.visits[x].due)
            tail = push(w, tail, x)
    price = d.prices[0] * travel
    logged, late, worst, is_over = delay(d, s, w, tail, logged, late, worst, most - price)
    price = INFEASIBLE if is_over else price + lateness(d, s, late, worst)
    return price, logged, late, worst


@inlined
def withdraw(s: Tour, w: Scratch, v: int, mate: int, logged: int) -> None:
    """Undo an insertion and what it moved."""
    recall(s, w, logged)
    if mate >= 0:
        unlink(s, mate)
    unlink(s, v)


@compiled
def attempt(d: Data, s: Tour, w: Scratch, v: int, a: int, mate: int, b: int, most: float) -> float:
    """Return the exact price of an insertion, INFEASIBLE if it is no cheaper than `most`."""
    price, logged, _, _ = insert(d, s, w, v, a, mate, b, most)
    withdraw(s, w, v, mate, logged)
    return price


@compiled
def settle(d: Data, s: Tour, w: Scratch, v: int, a: int, mate: int, b: int) -> float:
    """Insert for good, keep figures and slack right, and return the price.

    INFEASIBLE means that nothing was inserted: it would have been a circle.
    """
    travel = detour(d, s, v, a) + (detour(d, s, mate, b) if mate >= 0 else 0.0)
    price, logged, late, worst = insert(d, s, w, v, a, mate, b, INFEASIBLE)
    if price >= INFEASIBLE:
        withdraw(s, w, v, mate, logged)
        return INFEASIBLE
    s.figures[0] += travel
    s.figures[1] += late
    s.figures[2] = max(s.figures[2], worst)
    if late > 0:
        slacken(d, s, w)
        return price
    tail = i64(0)
    for half in range(2):
        x = v if half == 0 else mate
        if x >= 0:
            c = s.spots[x].next
            onward = s.spots[c].latest - way(d, x, c) - d.visits[x].service
            s.spots[x].latest = min(d.visits[x].due, onward)
            tail = push(w, tail, x)
    tighten(d, s, w, tail)
    return price


@compiled
def seek_single(
    d: Data, s: Tour, w: Scratch, v: int, most: float, blink: float, is_careful: bool, state: State
) -> int:
    """Return the node behind which a visit is cheapest, or -1 if nowhere cheaper than `most`.

    Careful means to try out each.
    """
    m, best, best_after = d.able.shape[0], most, i64(-1)
    for k in range(d.able_count[v]):
        home = m + d.able[v, k]
        a = home
        while True:
            travel = d.prices[0] * detour(d, s, v, a)
            if travel < best and uniform(state) >= blink:
                begin = max(d.visits[v].opens, reach(d, s, a, v))
                late = begin - d.visits[v].due
                over = excess(d, s, v, a, begin)
                price = travel + lateness(d, s, max(0.0, late) + over, late)
                if price < best and (over > 0 or is_careful):
                    price = attempt(d, s, w, v, a, i64(-1), i64(-1), best)
                if price < best:
                    best, best_after = price, a
            a = s.spots[a].next
            if a == home:
                break
    return best_after


@compiled
def place_single(
    d: Data, s: Tour, w: Scratch, v: int, most: float, blink: float, state: State
) -> float:
    """Put a visit where it is cheapest; INFEASIBLE means nowhere cheaper than `most`.

    Slack knows nothing of a longest lag that the new visit itself stretches: that shows at the end.
    """
    for is_careful in (False, True):
        a = seek_single(d, s, w, v, most, blink, is_careful, state)
        if a < 0:
            break
        price = settle(d, s, w, v, a, i64(-1), i64(-1))
        if price < INFEASIBLE:
            return price
    return INFEASIBLE


@compiled
def list_half(
    d: Data, s: Tour, w: Scratch, v: int, half: int, most: float, blink: float, state: State
) -> int:
    """List the best places for one half of a double visit by itself; return how many."""
    m, count = d.able.shape[0], i64(0)
    for k in range(d.able_count[v]):
        home = m + d.able[v, k]
        a = home
        while True:
            travel = d.prices[0] * detour(d, s, v, a)
            if travel < most and uniform(state) >= blink:
                begin = max(d.visits[v].opens, reach(d, s, a, v))
                late = begin - d.visits[v].due
                over = excess(d, s, v, a, begin)
                price = travel + lateness(d, s, max(0.0, late) + over, late)
                if price < most:
                    i = count if count < CANDIDATES else count - 1
                    while i > 0 and w.halves[half, i - 1].price > price:
                        w.halves[half, i] = w.halves[half, i - 1]
                        i -= 1
                    choice = w.halves[half, i]
                    choice.price, choice.travel = price, travel
                    choice.arrive, choice.after, choice.who = begin, a, home - m
                    if count < CANDIDATES:
                        count += 1
                    if count == CANDIDATES:
                        most = w.halves[half, count - 1].price
            a = s.spots[a].next
            if a == home:
                break
    return count


@compiled
def place_double(
    d: Data, s: Tour, w: Scratch, v: int, most: float, blink: float, state: State
) -> float:
    """Put both halves where they are cheapest together; INFEASIBLE: nowhere cheaper than `most`.

    Together they cost at least what one costs by itself and the detour of the other.
    """
    mate, best, best_a, best_b = d.visits[v].mate, most, i64(-1), i64(-1)
    first = list_half(d, s, w, v, i64(0), most, blink, state)
    second = list_half(d, s, w, mate, i64(1), most, blink, state)
    for i in range(first):
        one = w.halves[0, i]
        if one.price >= best:
            break
        for j in range(second):
            two = w.halves[1, j]
            if one.travel + two.price >= best:
                break
            if one.price + two.travel >= best or one.who == two.who:
                continue
            then = max(two.arrive, one.arrive + d.visits[v].lag)
            begin = max(one.arrive, then + d.visits[mate].lag)
            late, late_then = begin - d.visits[v].due, then - d.visits[mate].due
            over = max(excess(d, s, v, one.after, begin), excess(d, s, mate, two.after, then))
            total = max(0.0, late) + max(0.0, late_then) + over
            price = one.travel + two.travel + lateness(d, s, total, max(late, late_then))
            if price < best:
                price = attempt(d, s, w, v, one.after, mate, two.after, best)
                if price < best:
                    best, best_a, best_b = price, one.after, two.after
    if best_a < 0 and 2.0 * most > INFEASIBLE:
        best_a, best_b = last_pair(d, s, v)
    if best_a < 0:
        return INFEASIBLE
    return settle(d, s, w, v, best_a, mate, best_b)


@compiled
def last_pair(d: Data, s: Tour, v: int) -> tuple[int, int]:
    """Return the ends of the rounds of the first two different carers: nothing can be in the way.

    Needed where the best places of both halves are all in one round.
    """
    m, mate = d.able.shape[0], d.visits[v].mate
    for i in range(d.able_count[v]):
        for j in range(d.able_count[mate]):
            one, two = d.able[v, i], d.able[mate, j]
            if one != two:
                return s.spots[m + one].prev, s.spots[m + two].prev
    return i64(-1), i64(-1)
