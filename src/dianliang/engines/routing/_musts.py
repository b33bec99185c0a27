"""See to it that no must is left out where the others on a route could make room for it.

A must far from everybody who may do it takes hours: half a route steps aside for it, and no string
of neighbouring jobs that a ruin takes out does that. So the least dear jobs of one route after the
other are taken off until the must fits, the cheapest such route is chosen, and what came off is put
where there is room. A must that is served is not given up again.
"""

from dataclasses import dataclass

import numpy as np

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._kernel import INFEASIBLE, Flags, Ints
from dianliang.engines.routing._state import Search

MUST_FIRST = 1e8
"""Added to the price of leaving a must out: more than any few visits are worth together."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where a must finds room: on which route, what is left of it, what it costs."""

    route: int
    items: Ints
    gone: list[int]
    price: float


def missing(search: Search, musts: Ints) -> Ints:
    """Return the musts that the best plan leaves out, the dearest first."""
    b = search.best
    is_laid = np.arange(b.stops.shape[1])[None, :] < b.runs["length"][:, None]
    out = musts[~np.isin(musts, b.stops["item"][is_laid])]
    dear_first = np.argsort(-search.data.items["penalty"][out], kind="stable")
    left: Ints = out[dear_first]
    return left


def secure(search: Search, musts: Ints) -> None:
    """Bring in the musts that the best plan leaves out, and let go of none from now on.

    Musts come first, so the plan may become dearer. Does nothing where no must is out; else goes on
    from the best plan. Cost: some 50 ms for each must that is out, on routes of 30 jobs.
    """
    out = missing(search, musts)
    if len(out):
        search.recall()
        for job in out.tolist():
            _bring_in(search, job, musts)
    served = np.setdiff1d(musts, missing(search, musts))
    penalty = search.data.items["penalty"]
    penalty[served] = np.where(penalty[served] < MUST_FIRST, MUST_FIRST, 0.0) + penalty[served]


def _bring_in(search: Search, job: int, musts: Ints) -> None:
    """Place a must that is out; one with mates is left to the search."""
    d, s = search.data, search.tour
    if d.items["group"][job] >= 0 or d.items["series"][job] >= 0:
        return
    v, p, *_ = kernel.best_anywhere(d, s, job, INFEASIBLE / 2)
    gone = list[int]()
    if v < 0:
        items = d.items[: len(d.able)]
        is_free = (items["held"] == 0) & (items["series"] < 0) & (items["group"] < 0)
        is_free[musts] = False
        room = _cheapest(search, job, is_free)
        if room is None:
            return
        v, gone = room.route, room.gone
        _lay(search, v, room.items)
        p, *_ = kernel.best_in_route(d, s, job, v, INFEASIBLE / 2)
    kernel.put(d, s, v, p, job)
    search.build(np.array(gone, np.int64))


def _cheapest(search: Search, job: int, is_free: Flags) -> Room | None:
    """Return the route on which room for a must costs least, if any can have it."""
    best: Room | None = None
    for v in np.flatnonzero(search.data.able[job]).tolist():
        kept = search.tour.stops["item"][v, : search.tour.runs["length"][v]].copy()
        most = INFEASIBLE / 2 if best is None else best.price
        best = _room_on(search, job, v, is_free, most) or best
        _lay(search, v, kept)
    return best


def _room_on(search: Search, job: int, v: int, is_free: Flags, most: float) -> Room | None:
    """Take jobs off a route, least dear for their time first, until a must fits."""
    d, s, n = search.data, search.tour, len(search.data.able)
    items: Ints = s.stops["item"][v, : s.runs["length"][v]].copy()
    cost, lost, gone = float(s.runs["cost"][v]), 0.0, list[int]()
    jobs = items[items < n]
    free = jobs[is_free[jobs]]
    worth = d.items["penalty"][free] / (d.items["service"][free] + _ways_s(search, v, free))
    for other in free[np.argsort(worth, kind="stable")].tolist():
        gone.append(other)
        lost += float(d.items["penalty"][other])
        if lost + float(s.runs["cost"][v]) - cost > most:
            return None
        items = items[items != other]
        if not _lay(search, v, items):
            continue
        index, price, _ = kernel.best_in_route(d, s, job, v, most)
        price += lost + float(s.runs["cost"][v]) - cost
        if index >= 0 and price < most:
            return Room(v, items, gone, price)
    return None


def _ways_s(search: Search, v: int, jobs: Ints) -> Ints:
    """Return the seconds to each job on a route and on to the next stop, at least one."""
    stops, position = search.tour.stops["way"][v], search.tour.spots["position"][jobs]
    ways: Ints = np.maximum(1, stops[position] + stops[position + 1])
    return ways


def _lay(search: Search, v: int, items: Ints) -> bool:
    """Give a route some items, its break among them; tell whether it breaks no rule."""
    s = search.tour
    s.spots["where"][s.stops["item"][v, : s.runs["length"][v]]] = -1
    s.stops["item"][v, : len(items)] = items
    s.runs["length"][v] = len(items)
    return bool(kernel.schedule(search.data, s, v))
