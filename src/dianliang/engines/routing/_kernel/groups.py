# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""Place jobs that belong together: a series on its best days, two linked jobs at once."""

from typing import Any

from dianliang.engines.routing._kernel.mates import loyalty
from dianliang.engines.routing._kernel.placing import (
    drop,
    places_for,
    price_at,
    put,
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
from dianliang.engines.routing._kernel.timing import schedule


@inlined
def copy_choice(source: Any, target: Any) -> None:
    """Copy one choice over another."""
    target.price, target.route = source.price, source.route
    target.index, target.begin = source.index, source.begin


@compiled
def price_series(d: Data, s: Tour, w: Scratch, series: int, blink: float, state: State) -> None:
    """Price each member of a series on each day, and with each team if loyalty counts."""
    is_loyal = d.loyal_price > 0
    for m in range(w.days.shape[0]):
        for day in range(w.days.shape[1]):
            w.days[m, day].price = INFEASIBLE
            for team in range(w.teams.shape[2]):
                w.teams[m, day, team].price = INFEASIBLE
    first = d.series[series].first
    members = i64(1) if d.series[series].alike else d.series[series].last - first
    for m in range(members):
        job = d.series_jobs[first + m]
        for i in range(places_for(d, s, w, job)):
            if blink > 0 and uniform(state) < blink:
                continue
            place = w.places[i]
            route = d.routes[place.route]
            best = w.days[m, route.day]
            bound = w.teams[m, route.day, route.team].price if is_loyal else best.price
            price, _ = price_at(d, s, job, place.route, place.index, bound, i64(0))
            if price >= bound:
                continue
            if is_loyal:
                own = w.teams[m, route.day, route.team]
                own.price, own.route, own.index = price, place.route, place.index
            if price < best.price:
                best.price, best.route, best.index = price, place.route, place.index
    for m in range(members, d.series[series].last - first):
        for day in range(w.days.shape[1]):
            copy_choice(w.days[0, day], w.days[m, day])
            for team in range(w.teams.shape[2]):
                copy_choice(w.teams[0, day, team], w.teams[m, day, team])


@compiled
def is_overworked(d: Data, s: Tour, job: int) -> bool:
    """Tell whether a job's team has more hours than its budget: each of a group fits by itself."""
    team = d.routes[s.spots[job].where].team
    return s.worked[team] > d.teams[team].budget


@compiled
def place_series(
    d: Data, s: Tour, w: Scratch, series: int, room: float, blink: float, state: State, touched: int
) -> tuple[int, float]:
    """Insert a whole series on its cheapest pattern of days, with one team or with several.

    Return the touched routes and the price below `room`; what leaving out costs if it is not
    inserted.
    """
    price_series(d, s, w, series, blink, state)
    first = d.series[series].first
    members = d.series[series].last - first
    limit = 0.0
    for m in range(members):
        limit += d.items[d.series_jobs[first + m]].penalty
    best, pattern, with_team = min(limit, room), -1, -1
    for k in range(d.series[series].first_pattern, d.series[series].last_pattern):
        price = 0.0
        for m in range(members):
            price += w.days[m, d.pattern_days[k, m]].price
            if m > 0 and d.loyal_price > 0 and price < best:
                one = d.routes[w.days[m, d.pattern_days[k, m]].route].team
                price += d.loyal_price * (
                    one != d.routes[w.days[0, d.pattern_days[k, 0]].route].team
                )
        if price < best:
            best, pattern, with_team = price, k, -1
        if d.loyal_price <= 0:
            continue
        for team in range(d.teams.shape[0]):
            price = 0.0
            for m in range(members):
                price += w.teams[m, d.pattern_days[k, m], team].price
                if price >= best:
                    break
            if price < best:
                best, pattern, with_team = price, k, team
    if pattern < 0:
        return touched, limit
    for m in range(members):
        day = d.pattern_days[pattern, m]
        v, p = w.days[m, day].route, w.days[m, day].index
        if with_team >= 0:
            v, p = w.teams[m, day, with_team].route, w.teams[m, day, with_team].index
        touched = save(s, w, d, v, touched)
        put(d, s, v, p, d.series_jobs[first + m])
    is_over = False
    for m in range(members):
        is_over |= is_overworked(d, s, d.series_jobs[first + m])
    if is_over:
        for m in range(members):
            schedule(d, s, drop(d, s, d.series_jobs[first + m]))
        return touched, limit
    s.loyal[series] = loyalty(d, s, series)
    return touched, best


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
def place_linked(d: Data, s: Tour, w: Scratch, job: int, touched: int) -> int:
    """Insert two linked jobs at begins that keep their lag, and hold these begins fixed."""
    mine, other = d.items[job], d.items[job].partner
    best, chosen_a, chosen_b = mine.penalty + d.items[other].penalty, -1, -1
    begin_a, begin_b = i64(0), i64(0)
    firsts = cheapest_places(d, s, w, job, i64(0))
    seconds = cheapest_places(d, s, w, other, i64(1))
    for k in range(firsts):
        a = w.pairs[0, k]
        for m in range(seconds):
            b = w.pairs[1, m]
            if a.route == b.route or a.price + b.price >= best:
                continue
            at_b = max(b.begin, a.begin + mine.lag_from)
            at_a = max(a.begin, at_b - mine.lag_to)
            price_a, real_a = price_at(d, s, job, a.route, a.index, best, at_a)
            price_b, real_b = price_at(d, s, other, b.route, b.index, best, at_b)
            if real_a != at_a or real_b != at_b or price_a + price_b >= best:
                continue
            best, chosen_a, chosen_b, begin_a, begin_b = price_a + price_b, k, m, at_a, at_b
    if chosen_a >= 0:
        s.spots[job].anchor, s.spots[other].anchor = begin_a, begin_b
        a, b = w.pairs[0, chosen_a], w.pairs[1, chosen_b]
        touched = save(s, w, d, a.route, touched)
        put(d, s, a.route, a.index, job)
        touched = save(s, w, d, b.route, touched)
        put(d, s, b.route, b.index, other)
        if is_overworked(d, s, job) or is_overworked(d, s, other):
            schedule(d, s, drop(d, s, job))
            schedule(d, s, drop(d, s, other))
            s.spots[job].anchor = s.spots[other].anchor = -1
    return touched
