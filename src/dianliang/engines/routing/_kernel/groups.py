# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""Place the jobs of a series together, on their best days."""

from dianliang.engines.routing._kernel.mates import copy_choice, is_overworked, loyalty
from dianliang.engines.routing._kernel.placing import (
    drop,
    places_for,
    price_at,
    put,
    save,
)
from dianliang.engines.routing._kernel.records import (
    INFEASIBLE,
    Data,
    Scratch,
    State,
    Tour,
    compiled,
    i64,
    uniform,
)
from dianliang.engines.routing._kernel.timing import schedule


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
