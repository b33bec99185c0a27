# pyright: basic, reportArgumentType=false, reportAssignmentType=false, reportIndexIssue=false
# mypy: disable-error-code="no-any-return"
"""Stow gear: what can be aboard along a route, and whether one more job leaves a load that will do.

A tour carries one commodity for each kind of gear. How much it sets off with is free, so each
position keeps two spans: of loads that its head can come with, and that its tail can go on with.
"""

from dianliang.engines.routing._kernel.records import (
    Data,
    Scratch,
    Tour,
    compiled,
    i64,
    inlined,
)


@compiled
def stow(d: Data, s: Tour, v: int) -> bool:
    """Write the gear that can be aboard along a route; tell whether some load at its start will do.

    What a job collects can be set up at a later one: see `LOAD`.
    """
    n, size, is_fine = d.able.shape[0], s.runs[v].length, True
    for g in range(d.room.shape[1]):
        least, most, room = i64(0), d.stock[v, g], d.room[v, g]
        for p in range(size):
            load, item = s.aboard[v, p, g], s.stops[v, p].item
            load.least, load.most = least, most
            if item < n:
                out, back = d.out[item, g], d.back[item, g]
                least, most = max(least, out) - out + back, min(most - out + back, room)
        is_fine &= least <= most
        needed, borne = i64(0), room
        more_out, more_back = most, room - least
        home = s.aboard[v, size, g]
        home.least, home.most, home.needed, home.borne = least, most, needed, borne
        for behind in range(size):
            p = size - 1 - behind
            load, item = s.aboard[v, p, g], s.stops[v, p].item
            if item < n:
                out, back = d.out[item, g], d.back[item, g]
                needed, borne = max(out, needed + out - back), min(room, borne + out - back)
            load.needed, load.borne = needed, borne
            more_out = max(more_out, load.most - needed)
            more_back = max(more_back, borne - load.least)
        s.spare[v, g, 0], s.spare[v, g, 1] = more_out, more_back
    return is_fine


@inlined
def fits(d: Data, s: Tour, job: int, v: int) -> bool:
    """Tell whether a route may take a job at all: rules and room, not time."""
    if not d.able[job, v] or s.runs[v].length + 1 >= s.stops.shape[1] - 1:
        return False
    for g in range(d.room.shape[1]):
        more = d.out[job, g] - d.back[job, g]
        if more > s.spare[v, g, 0] or -more > s.spare[v, g, 1]:
            return False
    return True


@inlined
def fits_as_known(d: Data, s: Tour, w: Scratch, job: int, v: int, token: int) -> bool:
    """Tell whether a route may take a job at all; its neighbours in the route ask it but once."""
    if abs(w.fitting[v]) != token:
        w.fitting[v] = token if fits(d, s, job, v) else -token
    return w.fitting[v] > 0


@inlined
def is_stowed(d: Data, s: Tour, job: int, v: int, p: int) -> bool:
    """Tell whether some load at the start of a route will do with a job inserted at a position."""
    for g in range(d.room.shape[1]):
        load, out = s.aboard[v, p, g], d.out[job, g]
        more = out - d.back[job, g]
        if max(load.least, out, load.needed + more) > min(load.most, load.borne + more):
            return False
    return True
