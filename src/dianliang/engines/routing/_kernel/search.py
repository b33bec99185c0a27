# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""Ruin and recreate: take strings of neighbouring jobs out, put them back, keep the better."""

import numpy as np

from dianliang.engines.routing._kernel.groups import place_series
from dianliang.engines.routing._kernel.judging import (
    change,
    take,
    undo,
)
from dianliang.engines.routing._kernel.mates import is_first_out, list_job, loyalty, member
from dianliang.engines.routing._kernel.placing import (
    drop,
    place_one,
    place_rest,
    save,
    unburden,
)
from dianliang.engines.routing._kernel.records import (
    EITHER,
    INFEASIBLE,
    Data,
    Floats,
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
from dianliang.engines.routing._kernel.tails import swap_tails
from dianliang.engines.routing._kernel.ties import place_tied
from dianliang.engines.routing._kernel.timing import (
    schedule,
    schedule_from,
)

BLINK = 0.01
"""So often a position is overlooked, that greed does not always repeat itself."""
MEAN_REMOVED, LONGEST_STRING = 10.0, 10
SPLIT_SHARE = 0.5
SPLIT_GROWTH, SHORT_ROUTE = 0.01, 20
"""So often what is preserved within a string grows by one more job, or else, in a route of no more
than so many, so often it does not: there both ends lie near the job, in a longer one neither does.
"""
MANY_WAITING, FEW_WAITING = 40, 20.0
"""If more than so many near a ruin were left out before, about so few of them may come in."""
TAILS = 10
"""So many exchanges of tails are tried for each ruin; most are dismissed at a glance."""
DAY_SHARE = 0.5
"""So often a ruin where a series is keeps to one day: less is out, and more of it is placed well.
"""
STIFF_SHARE = 0.25
LURED_EVERY = 4
"""So often a far place may be gone to at a loss, as if others there, or its line, followed."""


@compiled
def remove_string(
    d: Data, s: Tour, w: Scratch, v: int, job: int, longest: int, count: int, state: State
) -> int:
    """Take a string around a job out of a route, perhaps with a preserved middle."""
    n, size = d.able.shape[0], s.runs[v].length
    most = 1 + int(uniform(state) * min(longest, size))
    kept = 0
    if uniform(state) < SPLIT_SHARE and most < size:
        kept, growth = 1, 1.0 - SPLIT_GROWTH if size <= SHORT_ROUTE else SPLIT_GROWTH
        while most + kept < size and uniform(state) < growth:
            kept += 1
    span = min(most + kept, size)
    low, high = max(0, s.spots[job].position - span + 1), min(s.spots[job].position, size - span)
    first = low + int(uniform(state) * (high - low + 1))
    hole = first + int(uniform(state) * (most + 1)) if kept else size
    write = 0
    for p in range(size):
        item = s.stops[v, p].item
        is_out = first <= p < first + span and not hole <= p < hole + kept
        if is_out and item < n and not d.items[item].held:
            s.spots[item].where = -1
            count = list_job(s, w, item, count, is_out and False)
        else:
            s.stops[v, write].item = item
            write += 1
    s.runs[v].length = write
    if not schedule_from(d, s, v, first):
        count = unburden(d, s, w, v, count)
    return count


@compiled
def bring_mates(d: Data, s: Tour, w: Scratch, count: int, touched: int) -> tuple[int, int]:
    """Take out what belongs to what is out: the rest of a series, the linked jobs."""
    i = 0
    while i < count:
        job = w.removed[i]
        i += 1
        series = d.items[job].series
        if series >= 0 and w.old_loyal[series] < 0:
            w.old_loyal[series] = s.loyal[series]
            s.loyal[series] = loyalty(d, s, series) if w.counters[2] >= 0 else 0.0
        if series >= 0 and w.counters[2] < 0:
            for k in range(d.series[series].first, d.series[series].last):
                mate, was_out = d.series_jobs[k], s.spots[d.series_jobs[k]].where < 0
                if not was_out:
                    touched = save(s, w, d, s.spots[mate].where, touched)
                    schedule(d, s, drop(d, s, mate))
                count = list_job(s, w, mate, count, was_out)
        group = d.items[job].group
        if group >= 0:
            for k in range(d.groups[group].last - d.groups[group].first):
                mate = member(d, group, k)
                was_out = s.spots[mate].where < 0
                if not was_out:
                    touched = save(s, w, d, s.spots[mate].where, touched)
                    schedule(d, s, drop(d, s, mate))
                count = list_job(s, w, mate, count, was_out)
                s.spots[mate].anchor = -1
    return count, touched


@compiled
def seed_job(d: Data, s: Tour, state: State) -> int:
    """Choose where to ruin: any job, or, a third of the time, a dear one that is left out."""
    n = d.able.shape[0]
    job = int(uniform(state) * n)
    if uniform(state) < 0.35:
        found = 0
        for _ in range(40):
            other = int(uniform(state) * n)
            if s.spots[other].where < 0:
                if found == 0 or d.items[other].penalty > d.items[job].penalty:
                    job = other
                found += 1
                if found == 3:
                    break
    return job


@compiled
def day_of(d: Data, s: Tour, seed: int, state: State) -> int:
    """Choose the day to which a ruin keeps, -1 for all: then jobs of a series stay on that day."""
    v = s.spots[seed].where
    if v < 0 or d.items[seed].series < 0 or uniform(state) >= DAY_SHARE:
        return i64(-1)
    return d.routes[v].day


@inlined
def is_waiting(d: Data, s: Tour, w: Scratch, job: int, day: int) -> bool:
    """Tell whether a job that was left out before may come in after a ruin."""
    is_new = s.spots[job].where < 0 and abs(s.spots[job].tried) != w.counters[0]
    return is_new and (day < 0 or d.items[job].series < 0)


@inlined
def is_lured(w: Scratch) -> bool:
    """Tell whether in this iteration a job may come in at a loss."""
    return w.counters[0] % LURED_EVERY == 0


@compiled
def list_out(d: Data, s: Tour, w: Scratch, seed: int, day: int, count: int, state: State) -> int:
    """List what was left out before near a ruin; a part drawn at random where that is much.

    All of it where one may come in at a loss: only many together make a way pay that no one does.
    """
    waiting = 0
    for k in range(d.near.shape[1]):
        job = d.near[seed, k]
        waiting += is_waiting(d, s, w, job, day)
    w.counters[3] = waiting > MANY_WAITING
    share = FEW_WAITING / waiting if w.counters[3] and not is_lured(w) else 1.0
    for k in range(-1, d.near.shape[1]):
        job = seed if k < 0 else d.near[seed, k]
        if is_waiting(d, s, w, job, day) and (k < 0 or share >= 1 or uniform(state) < share):
            count = list_job(s, w, job, count, True)
    return count


@compiled
def ruin(d: Data, s: Tour, w: Scratch, state: State) -> tuple[int, int]:
    """Take strings out of routes near a job; return how many jobs are out and routes touched."""
    seed, count, touched = seed_job(d, s, state), i64(0), i64(0)
    day = day_of(d, s, seed, state)
    w.counters[2] = day
    strings = 1 + int(uniform(state) * max(0.0, 4.0 * MEAN_REMOVED / (1.0 + LONGEST_STRING) - 1.0))
    for k in range(-1, d.near.shape[1]):
        job = seed if k < 0 else d.near[seed, k]
        v = s.spots[job].where
        if touched >= strings:
            break
        if v < 0 or s.runs[v].saved or d.items[job].held:
            continue
        if day >= 0 and d.routes[v].day != day:
            continue
        touched = save(s, w, d, v, touched)
        count = remove_string(d, s, w, v, job, LONGEST_STRING, count, state)
    return bring_mates(d, s, w, list_out(d, s, w, seed, day, count, state), touched)


@compiled
def order(d: Data, w: Scratch, count: int, state: State) -> None:
    """Sort what is out: at random, dear first, far first or last, tight, bulky, dense first.

    Where many are left out, now and then in the order of what room brings.
    """
    kind = int(uniform(state) * 19)
    for i in range(count):
        job = w.removed[i]
        if kind < 4:
            key = uniform(state)
        elif kind < 7:
            key = -d.items[job].penalty * (0.8 + 0.4 * uniform(state))
        elif kind < 9:
            key = -d.items[job].far
        elif kind < 10:
            key = d.items[job].far
        elif kind < 12:
            key = d.items[job].width
        elif kind < 14 and w.counters[3]:
            key = -d.items[job].penalty * (0.5 + uniform(state)) / max(1e-3, d.items[job].bulk)
        elif kind < 18:
            key = -d.items[job].bulk + 1e-9 * uniform(state)
        else:
            key = -d.items[job].penalty / (d.items[job].service + 300.0)
        k = i
        while k > 0 and w.keys[k - 1] > key:
            w.keys[k], w.removed[k] = w.keys[k - 1], w.removed[k - 1]
            k -= 1
        w.keys[k], w.removed[k] = key, job


@compiled
def turn(d: Data, s: Tour, w: Scratch, count: int, state: State) -> None:
    """Let some of what is out keep a direction drawn at random: the cheapest can be a dead end."""
    for i in range(count):
        spot = s.spots[w.removed[i]]
        if d.items[w.removed[i]].ways == EITHER and uniform(state) < STIFF_SHARE:
            spot.stiff, spot.turned = 1, int(uniform(state) * 2)


@compiled
def lift_rests(d: Data, s: Tour, w: Scratch, touched: int, state: State) -> int:
    """Take the break out of some touched routes; return how many."""
    count = 0
    for i in range(touched):
        v = w.touched[i]
        if d.routes[v].rest >= 0 and uniform(state) < 0.4:
            schedule(d, s, drop(d, s, d.routes[v].rest))
            w.resting[count] = v
            count += 1
    return count


@compiled
def settle_rests(d: Data, s: Tour, w: Scratch, count: int) -> bool:
    """Put back the breaks that were taken out; tell whether all of them fit."""
    is_fine = True
    for i in range(count):
        is_fine = is_fine and place_rest(d, s, w.resting[i])
    return is_fine


@compiled
def room_for(d: Data, s: Tour, w: Scratch, count: int, touched: int, most: float) -> float:
    """Return what inserting may cost before the plan is dearer than by `most`, at best.

    At best every job that was out before comes in for nothing. Where a price is not the sum of
    insertions (linked jobs, balance) there is no telling.
    """
    if d.balance_price > 0:
        return INFEASIBLE
    room = most
    for i in range(touched):
        room -= s.runs[w.touched[i]].cost - s.runs[w.touched[i]].old_cost
    for i in range(count):
        item = d.items[w.removed[i]]
        if item.group >= 0:
            return INFEASIBLE
        if is_first_out(d, s, w, w.removed[i]):
            room += float(w.old_loyal[item.series] - s.loyal[item.series])
        if s.spots[w.removed[i]].was_out:
            room += item.penalty
    return room


@compiled
def recreate(
    d: Data,
    s: Tour,
    w: Scratch,
    count: int,
    touched: int,
    blink: float,
    room: float,
    lured: int,
    state: State,
) -> tuple[int, bool]:
    """Put jobs that are out back in the order given; return the touched routes.

    Give up, and tell so, once they cost more than `room`. The way to a line or a far village is
    often dearer than one job there is worth, and pays off with those after it.
    """
    for i in range(count):
        job = w.removed[i]
        if s.spots[job].where >= 0:
            continue
        if d.items[job].series >= 0 and w.counters[2] < 0:
            if s.spots[job].tried != -w.counters[0]:
                series = d.items[job].series
                touched, price = place_series(d, s, w, series, room, blink, state, touched)
                for k in range(d.series[series].first, d.series[series].last):
                    s.spots[d.series_jobs[k]].tried = -w.counters[0]
                room -= price
                if room < 0:
                    return touched, False
        elif d.items[job].group >= 0:
            if s.spots[job].tried != -w.counters[0]:
                group = d.items[job].group
                touched = place_tied(d, s, w, group, touched, state)
                for k in range(d.groups[group].last - d.groups[group].first):
                    s.spots[member(d, group, k)].tried = -w.counters[0]
        else:
            limit = d.items[job].penalty + (d.items[job].lure if lured > 0 else 0.0)
            touched, price = place_one(d, s, w, job, min(limit, room), blink, state, touched)
            lured -= s.spots[job].where >= 0 and price > d.items[job].penalty
            room -= price if s.spots[job].where >= 0 else d.items[job].penalty
            if room < 0 or (s.spots[job].where < 0 and d.items[job].series >= 0):
                return touched, False
    return touched, True


@entry
def improve(
    d: Data,
    s: Tour,
    w: Scratch,
    b: Tour,
    totals: Floats,
    state: State,
    temperature: float,
    iterations: int,
) -> None:
    """Ruin and recreate; `totals` holds the price of the present plan and of the best, `b`."""
    for _ in range(iterations):
        w.counters[0] += 1
        count, touched = ruin(d, s, w, state)
        order(d, w, count, state)
        turn(d, s, w, count, state)
        lifted = lift_rests(d, s, w, touched, state)
        is_early = uniform(state) < 0.5
        is_fine = settle_rests(d, s, w, lifted) if is_early else True
        most = -temperature * np.log(max(uniform(state), 1e-12))
        room = room_for(d, s, w, count, touched, most)
        lured = (i64(1) if w.counters[3] else count) if is_lured(w) else i64(0)
        touched, is_cheap = recreate(d, s, w, count, touched, BLINK, room, lured, state)
        if is_cheap and not is_early:
            is_fine = settle_rests(d, s, w, lifted)
        price = change(d, s, w, count, touched)
        if is_cheap and is_fine and price <= most:
            take(s, w, b, totals, price, touched)
        else:
            undo(d, s, w, count, touched)
        for i in range(touched):
            s.runs[w.touched[i]].saved = False
        for i in range(count):
            s.spots[w.removed[i]].stiff = 0
            if d.items[w.removed[i]].series >= 0:
                w.old_loyal[d.items[w.removed[i]].series] = -1.0
        for _ in range(TAILS):
            swap_tails(d, s, w, b, totals, state, temperature)


@entry
def build(d: Data, s: Tour, w: Scratch, jobs: Ints, lured: int, state: State) -> None:
    """Insert jobs one after another where they are cheapest, without blinks; so many at a loss."""
    w.counters[0] += 1
    w.counters[2] = -1
    for i in range(jobs.shape[0]):
        w.removed[i] = jobs[i]
        s.spots[jobs[i]].tried = w.counters[0]
    touched, _ = recreate(d, s, w, jobs.shape[0], i64(0), 0.0, INFEASIBLE, lured, state)
    for i in range(touched):
        s.runs[w.touched[i]].saved = False
    for team in range(w.old_worked.shape[0]):
        w.old_worked[team] = -1
