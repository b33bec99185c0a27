# pyright: basic, reportArgumentType=false, reportAssignmentType=false
# mypy: disable-error-code="no-any-return"
# numba types these functions when it compiles them; a static checker sees NumPy scalars as arrays.
"""The inner loops, compiled: schedule a route, find the best insertion, ruin and recreate.

Method: slack induction by string removals (Christiaens & Vanden Berghe 2020): remove strings of
neighbouring jobs from neighbouring routes, put them back greedily with blinks, accept by
simulated annealing. The random state is an argument, so that a seed fixes the result.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dianliang.engines.routing._arrays import Arrays

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
State = NDArray[np.uint64]
Best = tuple[Ints, Ints, Floats, Ints, Floats]
F = TypeVar("F", bound=Callable[..., Any])

INFEASIBLE = 1e15
BLINK = 0.01
MEAN_REMOVED = 10
LONGEST_STRING = 10


def compiled(function: F) -> F:
    """Compile with numba and keep the machine code beside the module."""
    return cast("F", njit(cache=True)(function))


@compiled
def uniform(state: State) -> float:
    """Return the next random float in [0, 1) (xorshift64*)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@compiled
def begin_of(a: Arrays, job: int, ready: int) -> int:
    """Return when a job can begin if the team is there at `ready`; -1 if never."""
    for w in range(a.window_from.shape[1]):
        begin = max(ready, a.window_from[job, w])
        if begin + a.duration[job] <= a.window_to[job, w]:
            return begin
    return -1


@compiled
def run(a: Arrays, route: int, sequence: Ints, length: int, times: Ints) -> float:
    """Drive a route and return its cost, INFEASIBLE if it breaks a rule.

    Writes per stop into `times`: arrival, begin, end, late seconds, travel seconds; into row
    `length`: return, overtime, lunch begin (-1 = none), and the travel seconds of the way back.
    """
    n, routes = a.duration.shape[0], a.route_from.shape[0]
    for g in range(a.job_gear.shape[1]):
        used = 0
        for i in range(length):
            used += a.job_gear[sequence[i], g]
        if used > a.route_gear[route, g]:
            return INFEASIBLE
    clock = a.route_from[route]
    place = n + route
    rested = a.lunch_s[route] == 0
    times[length, 2] = -1
    cost = 0.0
    for i in range(length):
        job = sequence[i]
        if not a.able[job, route]:
            return INFEASIBLE
        way = a.seconds[place, job]
        begin = begin_of(a, job, clock + way)
        if begin < 0:
            return INFEASIBLE
        if not rested and (
            begin + a.duration[job] > a.lunch_to[route]
            or (begin - clock - way >= a.lunch_s[route] and clock >= a.lunch_from[route])
        ):
            lunch = max(clock, a.lunch_from[route])
            if lunch > a.lunch_to[route]:
                return INFEASIBLE
            times[length, 2] = lunch
            clock = lunch + a.lunch_s[route]
            rested = True
            begin = begin_of(a, job, clock + way)
            if begin < 0:
                return INFEASIBLE
        times[i, 0] = clock + way
        times[i, 1] = begin
        clock = begin + a.duration[job]
        times[i, 2] = clock
        late = max(0, begin - a.due[job])
        times[i, 3] = late
        times[i, 4] = way
        priced = max(0, late - a.late_free[job])
        cost += min(a.prices[1] * priced, a.late_most[job]) + a.late_rest[job] * priced
        cost += a.prices[0] * way + a.preferred[job, route]
        place = job
    if length == 0:
        times[0, 0] = clock
        times[0, 1] = 0
        times[0, 4] = 0
        return 0.0
    way = a.seconds[place, n + routes + route]
    home = clock + way
    over = max(0, home - a.route_to[route])
    if over > a.overtime[route]:
        return INFEASIBLE
    times[length, 0] = home
    times[length, 1] = over
    times[length, 4] = way
    return cost + a.prices[0] * way + a.prices[2] * over


@compiled
def best_in_route(
    a: Arrays,
    job: int,
    route: int,
    sequence: Ints,
    length: int,
    old: float,
    bound: float,
    blink: float,
    state: State,
    trial: Ints,
    times: Ints,
) -> tuple[int, float]:
    """Return the cheapest position for a job in one route and its price below `bound`."""
    n, routes = a.duration.shape[0], a.route_from.shape[0]
    where, price = -1, bound
    if not a.able[job, route] or length + 1 > sequence.shape[0]:
        return where, price
    for position in range(length + 1):
        if blink > 0 and uniform(state) < blink:
            continue
        before = sequence[position - 1] if position > 0 else n + route
        after = sequence[position] if position < length else n + routes + route
        detour = a.seconds[before, job] + a.seconds[job, after] - a.seconds[before, after]
        if length == 0:
            detour = a.seconds[before, job] + a.seconds[job, after]
        if a.prices[0] * detour + a.preferred[job, route] >= price:
            continue
        for i in range(position):
            trial[i] = sequence[i]
        trial[position] = job
        for i in range(position, length):
            trial[i + 1] = sequence[i]
        cost = run(a, route, trial, length + 1, times)
        if cost - old < price:
            price, where = cost - old, position
    return where, price


@compiled
def put(sequences: Ints, lengths: Ints, route: int, position: int, job: int) -> None:
    """Insert a job into a route's sequence."""
    for i in range(lengths[route], position, -1):
        sequences[route, i] = sequences[route, i - 1]
    sequences[route, position] = job
    lengths[route] += 1


@compiled
def insert_best(
    a: Arrays,
    job: int,
    sequences: Ints,
    lengths: Ints,
    costs: Floats,
    blink: float,
    limit: float,
    state: State,
    trial: Ints,
    times: Ints,
) -> int:
    """Insert a job where it is cheapest below `limit`; return the route, or -1."""
    route, position, price = -1, -1, limit
    for r in range(lengths.shape[0]):
        where, found = best_in_route(
            a, job, r, sequences[r], lengths[r], costs[r], price, blink, state, trial, times
        )
        if where >= 0:
            route, position, price = r, where, found
    if route >= 0:
        put(sequences, lengths, route, position, job)
        costs[route] += price
    return route


@compiled
def remove_string(
    a: Arrays,
    job: int,
    where: Ints,
    fixed: Flags,
    sequences: Ints,
    lengths: Ints,
    costs: Floats,
    size: int,
    state: State,
    removed: Ints,
    count: int,
    times: Ints,
) -> int:
    """Take a random string of movable jobs around `job` out of its route."""
    route = where[job]
    length = lengths[route]
    size = min(size, length)
    position = 0
    while sequences[route, position] != job:
        position += 1
    low = max(0, position - size + 1)
    high = min(position, length - size)
    first = low + int(uniform(state) * (high - low + 1))
    kept = 0
    for i in range(length):
        other = sequences[route, i]
        if first <= i < first + size and not fixed[other]:
            removed[count] = other
            count += 1
            where[other] = -1
        else:
            sequences[route, kept] = other
            kept += 1
    lengths[route] = kept
    costs[route] = run(a, route, sequences[route], kept, times)
    return count


@compiled
def ruin(
    a: Arrays,
    where: Ints,
    fixed: Flags,
    sequences: Ints,
    lengths: Ints,
    costs: Floats,
    state: State,
    removed: Ints,
    touched: Flags,
    times: Ints,
) -> int:
    """Remove strings from routes near a random job; return how many jobs are out."""
    n = a.duration.shape[0]
    count = 0
    for job in range(n):
        if where[job] < 0:
            removed[count] = job
            count += 1
    touched[:] = False
    longest = 1 + int(uniform(state) * LONGEST_STRING)
    strings = 1 + int(uniform(state) * (4.0 * MEAN_REMOVED / (1.0 + longest)))
    seed = int(uniform(state) * n)
    for k in range(a.neighbours.shape[1]):
        if strings == 0:
            break
        job = a.neighbours[seed, k]
        if where[job] < 0 or touched[where[job]] or fixed[job]:
            continue
        touched[where[job]] = True
        size = 1 + int(uniform(state) * longest)
        count = remove_string(
            a, job, where, fixed, sequences, lengths, costs, size, state, removed, count, times
        )
        strings -= 1
    return count


@compiled
def order(a: Arrays, removed: Ints, count: int, keys: Floats, state: State) -> None:
    """Sort what is out: by price of leaving out, then at random, by slack, or by distance."""
    kind = int(uniform(state) * 4)
    for i in range(count):
        job = removed[i]
        if kind == 0:
            keys[i] = uniform(state)
        elif kind == 1:
            keys[i] = -float(a.duration[job])
        elif kind == 2:
            keys[i] = float(a.window_to[job, 0] - a.window_from[job, 0])
        else:
            keys[i] = -float(a.seconds[job].min())
        if kind != 0 or uniform(state) < 0.7:
            keys[i] -= a.penalty[job] * 1e6
    ranks = np.argsort(keys[:count])
    copy = removed[:count].copy()
    for i in range(count):
        removed[i] = copy[ranks[i]]


@compiled
def improve(
    a: Arrays,
    fixed: Flags,
    sequences: Ints,
    lengths: Ints,
    costs: Floats,
    where: Ints,
    best: Best,
    state: State,
    temperature: float,
    iterations: int,
) -> float:
    """Ruin and recreate `iterations` times at one temperature; `best` keeps the best seen.

    `best` is (sequences, lengths, costs, where, total). Returns the current total.
    """
    n = a.duration.shape[0]
    removed = np.empty(n + 1, dtype=np.int64)
    keys = np.empty(n + 1)
    touched = np.zeros(lengths.shape[0], dtype=np.bool_)
    trial = np.empty(sequences.shape[1] + 1, dtype=np.int64)
    times = np.empty((sequences.shape[1] + 2, 5), dtype=np.int64)
    old_sequences, old_lengths = sequences.copy(), lengths.copy()
    old_costs, old_where = costs.copy(), where.copy()
    current = total(a, costs, where)
    for _ in range(iterations):
        old_lengths[:] = lengths
        old_sequences[:, :] = sequences
        old_costs[:] = costs
        old_where[:] = where
        count = ruin(a, where, fixed, sequences, lengths, costs, state, removed, touched, times)
        order(a, removed, count, keys, state)
        for i in range(count):
            job = removed[i]
            where[job] = insert_best(
                a, job, sequences, lengths, costs, BLINK, a.penalty[job], state, trial, times
            )
        after = total(a, costs, where)
        if after <= current - temperature * np.log(max(uniform(state), 1e-12)):
            current = after
            if after < best[4][0] - 1e-6:
                best[0][:, :] = sequences
                best[1][:] = lengths
                best[2][:] = costs
                best[3][:] = where
                best[4][0] = after
        else:
            sequences[:, :] = old_sequences
            lengths[:] = old_lengths
            costs[:] = old_costs
            where[:] = old_where
    return current


@compiled
def total(a: Arrays, costs: Floats, where: Ints) -> float:
    """Return the whole objective: routes plus what is left out."""
    sum_ = costs.sum()
    for job in range(where.shape[0]):
        if where[job] < 0:
            sum_ += a.penalty[job]
    return sum_
