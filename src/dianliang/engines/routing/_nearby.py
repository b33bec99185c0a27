"""Who is near whom: neighbours of jobs in space and in time, and the bases near them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from dianliang.engines.routing._kernel import NEVER, Ints, Records
from dianliang.kernel.geo import GeoPoint

NEIGHBOURS, REACH, CANDIDATES = 100, 60, 300
"""So many jobs nearby are ruined together; stand next to each other; are looked at for that."""
WAIT_SHARE = 0.2
"""What a second of waiting counts in travel, in choosing who may stand next to whom."""
NEAR_KINDS = 24


def nearest(
    points: Sequence[GeoPoint],
    items: Records,
    own: Records,
    kinds: list[list[int]],
    able: NDArray[np.bool_],
    *,
    candidates: int = CANDIDATES,
) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Return for each job its nearest jobs, its nearest able kinds of route, and the way there.

    So many of the nearest jobs are candidates for standing next to it.
    """
    n = len(able)
    if n == 0:
        return np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64), np.zeros(0)
    flat = plane(points)
    xy = flat[items["place"][:n]]
    k = min(candidates, n - 1)
    near = np.zeros((n, k), np.int64)
    if k:
        found: Ints = np.asarray(KDTree(xy).query(xy, k=k + 1)[1])
        for number in range(n):
            near[number] = found[number][found[number] != number][:k]
    heads = np.array([kind[0] for kind in kinds])
    depots = flat[own["start"][heads]]
    gap = np.hypot(*(xy[:, None, :] - depots[None, :, :]).transpose(2, 0, 1))
    far = np.where(able[:, heads], gap, gap + 1e12)
    order = np.argsort(far, axis=1, kind="stable")[:, : min(NEAR_KINDS, len(kinds))]
    return near, order.astype(np.int64), gap.min(axis=1)


def trips(
    time: NDArray[np.int32], items: Records, own: Records, heads: Ints, near_kinds: Ints
) -> NDArray[np.float64]:
    """Return the way to each job and back, in seconds, from the nearest base that may do it."""
    n = len(near_kinds)
    if not n or not len(heads):
        return np.zeros(n)
    base = own[heads[near_kinds[:, 0]]]
    there = time[base["start"], items["place"][:n]].astype(np.float64)
    trips: NDArray[np.float64] = there + time[items["exit"][:n], base["end"]]
    return trips


def beside(near: Ints, time: NDArray[np.int32], items: Records, windows: Records) -> Ints:
    """Return for each job the neighbours that may best stand next to it in a route.

    Method: travel plus a part of the wait and all of the lateness that following at once brings
    (Vidal et al. 2013), the cheaper of both orders; among the nearest in space.
    """
    n, k = near.shape
    if not k:
        return near
    place, leave, service = items["place"][:n], items["exit"][:n], items["service"][:n]
    opens, shuts = outermost(items[:n], windows)
    me = np.arange(n)[:, None]

    def after(i: Ints, j: Ints) -> NDArray[np.float64]:
        way = time[leave[i], place[j]].astype(np.float64)
        wait = np.maximum(0.0, opens[j] - way - service[i] - shuts[i])
        late = np.maximum(0.0, opens[i] + service[i] + way - shuts[j])
        score: NDArray[np.float64] = way + WAIT_SHARE * wait + late
        return score

    score = np.minimum(after(me, near), after(near, me))
    best = np.argsort(score, axis=1, kind="stable")[:, :REACH]
    return np.ascontiguousarray(np.take_along_axis(near, best, axis=1))


def outermost(items: Records, windows: Records) -> tuple[Ints, Ints]:
    """Return the first and last second at which each item can begin; its windows lie together."""
    opens, shuts = np.full(len(items), NEVER), np.full(len(items), -NEVER)
    some = np.flatnonzero(items["first"] < items["last"])
    if len(some):
        own, first = windows[: items["last"][some[-1]]], items["first"][some]
        opens[some] = np.minimum.reduceat(own["opens"], first)
        shuts[some] = np.maximum.reduceat(own["shuts"], first)
    return opens, shuts


def plane(points: Sequence[GeoPoint]) -> NDArray[np.float64]:
    """Project degrees to kilometres on a plane, good enough to tell who is near."""
    lat = np.array([point.lat for point in points])
    lon = np.array([point.lon for point in points])
    return np.column_stack([lon * np.cos(np.radians(lat.mean())), lat]) * 111.2
