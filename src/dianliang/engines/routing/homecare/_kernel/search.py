# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""Ruin and recreate: strings of visits around a customer go out, come back, and the better stay."""

import numpy as np

from dianliang.engines.routing._kernel.records import (
    Floats,
    Ints,
    State,
    compiled,
    entry,
    i64,
    uniform,
)
from dianliang.engines.routing.homecare._kernel.placing import place_double, place_single, unlink
from dianliang.engines.routing.homecare._kernel.records import INFEASIBLE, Data, Scratch, Tour
from dianliang.engines.routing.homecare._kernel.timing import retime, slacken

BLINK = 0.01
MEAN_REMOVED, LONGEST_STRING = 10.0, 10
SPLIT_SHARE, SPLIT_GROWTH = 0.5, 0.01


@compiled
def note_out(d: Data, w: Scratch, v: int, count: int) -> int:
    """List the customer of a visit as out, once."""
    customer = d.visits[v].customer
    if not w.is_out[customer]:
        w.is_out[customer] = True
        w.removed[count] = customer
        count += 1
    return count


@compiled
def cut_string(d: Data, s: Tour, w: Scratch, v: int, count: int, state: State) -> int:
    """Take a string around a visit out of its round, perhaps with a preserved middle."""
    m, size, at = d.able.shape[0], i64(0), i64(0)
    x = s.spots[m + s.spots[v].who].next
    while x < m:
        if x == v:
            at = size
        w.ring[size] = x
        size += 1
        x = s.spots[x].next
    most = 1 + int(uniform(state) * min(LONGEST_STRING, size))
    kept = i64(0)
    if uniform(state) < SPLIT_SHARE and most < size:
        kept = i64(1)
        while most + kept < size and uniform(state) > SPLIT_GROWTH:
            kept += 1
    span = min(most + kept, size)
    low, high = max(0, at - span + 1), min(at, size - span)
    begin = low + int(uniform(state) * (high - low + 1))
    hole = begin + int(uniform(state) * (most + 1)) if kept else size
    for p in range(begin, begin + span):
        if not hole <= p < hole + kept:
            count = note_out(d, w, w.ring[p], count)
            unlink(s, w.ring[p])
    return count


@compiled
def ruin(d: Data, s: Tour, w: Scratch, state: State) -> int:
    """Take strings out of rounds near a customer; return how many customers are out."""
    n, count, cut = d.first.shape[0], i64(0), i64(0)
    for c in range(w.is_cut.shape[0]):
        w.is_cut[c] = False
    seed = int(uniform(state) * n)
    strings = 1 + int(uniform(state) * (4.0 * MEAN_REMOVED / (1.0 + LONGEST_STRING) - 1.0))
    for k in range(-1, d.near.shape[1]):
        if cut >= strings:
            break
        v = d.first[seed] if k < 0 else d.first[d.near[seed, k]]
        while v >= 0:
            if s.spots[v].who >= 0 and not w.is_cut[s.spots[v].who] and cut < strings:
                w.is_cut[s.spots[v].who] = True
                count = cut_string(d, s, w, v, count, state)
                cut += 1
            v = d.visits[v].mate if v == d.first[d.visits[v].customer] else i64(-1)
    for i in range(count):
        v = d.first[w.removed[i]]
        if s.spots[v].who >= 0:
            unlink(s, v)
        v = d.visits[v].mate
        if v >= 0 and s.spots[v].who >= 0:
            unlink(s, v)
    return count


@compiled
def order(d: Data, w: Scratch, count: int, state: State) -> None:
    """Sort who is out: at random, soonest due, far or near first; doubles often before others."""
    kind = int(uniform(state) * 10)
    doubles_first = uniform(state) < 0.5
    for i in range(count):
        customer = w.removed[i]
        if kind < 4:
            key = uniform(state)
        elif kind < 7:
            key = d.key_due[customer]
        elif kind < 9:
            key = -d.key_far[customer]
        else:
            key = d.key_far[customer]
        if doubles_first and d.visits[d.first[customer]].mate >= 0:
            key -= INFEASIBLE
        k = i
        while k > 0 and w.keys[k - 1] > key:
            w.keys[k], w.removed[k] = w.keys[k - 1], w.removed[k - 1]
            k -= 1
        w.keys[k], w.removed[k] = key, customer


@entry
def worth(d: Data, s: Tour) -> float:
    """Return the price of the present plan."""
    f, p = s.figures, d.prices
    return p[0] * f[0] + p[1] * f[1] + p[2] * f[2]


@compiled
def recreate(
    d: Data, s: Tour, w: Scratch, count: int, most: float, blink: float, state: State
) -> float:
    """Put who is out back in the order given; give up as soon as the plan costs `most`."""
    price = worth(d, s)
    for i in range(count):
        if price >= most:
            return INFEASIBLE
        v = d.first[w.removed[i]]
        if d.visits[v].mate >= 0:
            price += place_double(d, s, w, v, most - price, blink, state)
        else:
            price += place_single(d, s, w, v, most - price, blink, state)
    return price


@entry
def copy(a: Tour, b: Tour) -> None:
    """Make the second plan like the first."""
    for v in range(a.spots.shape[0]):
        one, two = a.spots[v], b.spots[v]
        two.who, two.prev, two.next = one.who, one.prev, one.next
        two.begin, two.latest = one.begin, one.latest
    for k in range(3):
        b.figures[k] = a.figures[k]


@entry
def improve(
    d: Data,
    s: Tour,
    w: Scratch,
    kept: Tour,
    best: Tour,
    totals: Floats,
    state: State,
    temperature: float,
    iterations: int,
) -> None:
    """Ruin and recreate; `totals` holds the price of the present plan, `kept`, and of the best."""
    for _ in range(iterations):
        most = totals[0] - temperature * np.log(max(uniform(state), 1e-12))
        count = ruin(d, s, w, state)
        order(d, w, count, state)
        retime(d, s, w)
        slacken(d, s, w)
        price = recreate(d, s, w, count, most, BLINK, state)
        for i in range(count):
            w.is_out[w.removed[i]] = False
        if price < most:
            totals[0] = price
            copy(s, kept)
            if price < totals[1] - 1e-9:
                totals[1] = price
                copy(s, best)
        else:
            copy(kept, s)


@entry
def build(d: Data, s: Tour, w: Scratch, customers: Ints, state: State) -> float:
    """Insert customers one after another where they are cheapest; return the price."""
    for i in range(customers.shape[0]):
        w.removed[i] = customers[i]
    retime(d, s, w)
    slacken(d, s, w)
    return recreate(d, s, w, customers.shape[0], INFEASIBLE, 0.0, state)
