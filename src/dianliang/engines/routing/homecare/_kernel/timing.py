# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# pyright: reportReturnType=false
# mypy: disable-error-code="no-any-return"
"""Begin times across rounds. Every visit begins as early as its round and its mate allow.

That is the least solution of a system of differences, found by passing on what has moved until
nothing moves any more; it is best for any objective that only minds lateness.
"""

from dianliang.engines.routing._kernel.records import compiled, entry, i64, inlined
from dianliang.engines.routing.homecare._kernel.records import INFEASIBLE, Data, Scratch, Tour

SLIP = 1e-9
"""What is no move: a lag there and back must not creep on by rounding."""
MOST_MOVES = 20
"""More moves per visit than this are a circle: two pairs that wait for each other."""


@inlined
def way(d: Data, a: int, b: int) -> float:
    """Return the time from one node's place to another's."""
    return d.time[d.visits[a].place, d.visits[b].place]


@inlined
def reach(d: Data, s: Tour, a: int, b: int) -> float:
    """Return when somebody who does `a` is at `b`."""
    return s.spots[a].begin + d.visits[a].service + way(d, a, b)


@inlined
def push(w: Scratch, tail: int, v: int) -> int:
    """Queue a node unless it waits already; return the new tail."""
    if not w.queued[v]:
        w.queued[v] = True
        w.queue[tail % w.queue.shape[0]] = v
        tail += 1
    return tail


@entry
def retime(d: Data, s: Tour, w: Scratch) -> None:
    """Work out all begins and all figures anew."""
    m, carers = d.able.shape[0], s.spots.shape[0] - d.able.shape[0]
    for v in range(m):
        s.spots[v].begin = d.visits[v].opens
    travel = 0.0
    for c in range(carers):
        a = i64(m + c)
        b = s.spots[a].next
        while b < m:
            travel += way(d, a, b)
            s.spots[b].begin = max(s.spots[b].begin, reach(d, s, a, b))
            a, b = b, s.spots[b].next
        travel += way(d, a, b)
    tail = i64(0)
    for v in range(m):
        mate = d.visits[v].mate
        if mate >= 0 and s.spots[v].who >= 0 and s.spots[mate].who >= 0:
            due = s.spots[v].begin + d.visits[v].lag
            if due > s.spots[mate].begin:
                s.spots[mate].begin = due
                tail = push(w, tail, mate)
    drain(d, s, w, tail)
    total, worst = 0.0, 0.0
    for v in range(m):
        if s.spots[v].who >= 0:
            late = max(0.0, s.spots[v].begin - d.visits[v].due)
            total += late
            worst = max(worst, late)
    s.figures[0], s.figures[1], s.figures[2] = travel, total, worst


@compiled
def drain(d: Data, s: Tour, w: Scratch, tail: int) -> None:
    """Pass queued moves on until nothing moves."""
    m, head, room = d.able.shape[0], i64(0), w.queue.shape[0]
    while head < tail:
        v = w.queue[head % room]
        head += 1
        w.queued[v] = False
        b = s.spots[v].next
        if b < m:
            at = reach(d, s, v, b)
            if at > s.spots[b].begin + SLIP:
                s.spots[b].begin = at
                tail = push(w, tail, b)
        b = d.visits[v].mate
        if b >= 0 and s.spots[b].who >= 0:
            at = s.spots[v].begin + d.visits[v].lag
            if at > s.spots[b].begin + SLIP:
                s.spots[b].begin = at
                tail = push(w, tail, b)


@compiled
def slacken(d: Data, s: Tour, w: Scratch) -> None:
    """Work out anew up to when each visit may begin before any tardiness grows."""
    m, carers = d.able.shape[0], s.spots.shape[0] - d.able.shape[0]
    for c in range(carers):
        s.spots[m + c].latest = INFEASIBLE
        b = i64(m + c)
        a = s.spots[b].prev
        while a < m:
            own = max(d.visits[a].due, s.spots[a].begin)
            onward = s.spots[b].latest - way(d, a, b) - d.visits[a].service
            s.spots[a].latest = min(own, onward)
            b, a = a, s.spots[a].prev
    tail = i64(0)
    for v in range(m):
        mate = d.visits[v].mate
        if mate >= 0 and s.spots[v].who >= 0 and s.spots[mate].who >= 0:
            last = s.spots[mate].latest - d.visits[v].lag
            if last < s.spots[v].latest:
                s.spots[v].latest = last
                tail = push(w, tail, v)
    tighten(d, s, w, tail)


@compiled
def tighten(d: Data, s: Tour, w: Scratch, tail: int) -> None:
    """Pass smaller slack on, against time, until nothing changes."""
    m, head, room = d.able.shape[0], i64(0), w.queue.shape[0]
    while head < tail:
        v = w.queue[head % room]
        head += 1
        w.queued[v] = False
        a = s.spots[v].prev
        if a < m:
            last = s.spots[v].latest - way(d, a, v) - d.visits[a].service
            if last < s.spots[a].latest - SLIP:
                s.spots[a].latest = last
                tail = push(w, tail, a)
        a = d.visits[v].mate
        if a >= 0 and s.spots[a].who >= 0:
            last = s.spots[v].latest - d.visits[a].lag
            if last < s.spots[a].latest - SLIP:
                s.spots[a].latest = last
                tail = push(w, tail, a)


@inlined
def move(d: Data, s: Tour, w: Scratch, v: int, at: float, logged: int) -> tuple[int, float]:
    """Begin a visit later and note it; return the length of the log and the tardiness added."""
    before = s.spots[v].begin
    w.log_visit[logged], w.log_begin[logged] = v, before
    s.spots[v].begin = at
    due = d.visits[v].due
    return logged + 1, max(0.0, at - due) - max(0.0, before - due)


@compiled
def delay(
    d: Data, s: Tour, w: Scratch, tail: int, logged: int, late: float, worst: float, most: float
) -> tuple[int, float, float, bool]:
    """Pass queued moves on, noting each; give up when the price of tardiness reaches `most`.

    `late` and `worst` is the tardiness added so far and the worst. Returns the length of the log,
    both, and whether it gave up.
    """
    m, head, room, is_over = d.able.shape[0], i64(0), w.queue.shape[0], False
    limit = min(w.log_visit.shape[0] - 2, logged + MOST_MOVES * m)
    while head < tail:
        v = w.queue[head % room]
        head += 1
        w.queued[v] = False
        for side in range(2):
            if side == 0:
                b = s.spots[v].next
                if b >= m:
                    continue
                at = reach(d, s, v, b)
            else:
                b = d.visits[v].mate
                if b < 0 or s.spots[b].who < 0:
                    continue
                at = s.spots[v].begin + d.visits[v].lag
            if at > s.spots[b].begin + SLIP:
                logged, more = move(d, s, w, b, at, logged)
                late += more
                worst = max(worst, at - d.visits[b].due)
                tail = push(w, tail, b)
        price = d.prices[1] * late + d.prices[2] * max(0.0, worst - s.figures[2])
        if price >= most or logged >= limit:
            is_over = True
            while head < tail:
                w.queued[w.queue[head % room]] = False
                head += 1
    return logged, late, worst, is_over


@compiled
def recall(s: Tour, w: Scratch, logged: int) -> None:
    """Undo noted moves, last first."""
    for k in range(logged):
        i = logged - 1 - k
        s.spots[w.log_visit[i]].begin = w.log_begin[i]
