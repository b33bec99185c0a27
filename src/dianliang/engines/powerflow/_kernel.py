"""Backward and forward sweeps over a tree, compiled, sixteen steps side by side.

Currents are added up from the ends to the source, then voltages follow from the source to the
ends, until they stand (Shirmohammadi and others, IEEE Trans. Power Systems 3(2), 1988).
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

LANES = 16
"""Steps side by side: two to four vector registers; a block of 130 nodes stays in the cache."""
F = TypeVar("F", bound=Callable[..., object])
jit: Any = njit


def compiled(function: F) -> F:
    """Compile with numba, without Python's lock, and keep the machine code beside the module.

    Sums may be taken in another order; numbers that are none stay what they are.
    """
    loose = {"contract", "reassoc", "arcp", "nsz"}
    made = jit(cache=True, nogil=True, error_model="numpy", fastmath=loose)(function)
    return cast("F", made)


@compiled
def _currents(
    lanes: int, p: Any, q: Any, vr: Any, vi: Any, jr: Any, ji: Any, tree: Any, parent: Any
) -> None:
    """Fill the current through each branch: what its node and everything behind it draw."""
    for k in range(len(parent)):
        g, b = tree[3, k], tree[4, k]
        for j in range(lanes):
            a, c = vr[k, j], vi[k, j]
            d = 1.0 / (a * a + c * c)
            jr[k, j] = (p[k, j] * a + q[k, j] * c) * d + g * a - b * c
            ji[k, j] = (p[k, j] * c - q[k, j] * a) * d + g * c + b * a
    for k in range(len(parent) - 1, 0, -1):
        m, t = parent[k], tree[0, k]
        for j in range(lanes):
            jr[m, j] += t * jr[k, j]
            ji[m, j] += t * ji[k, j]


@compiled
def _voltages(
    lanes: int, source_pu: float, vr: Any, vi: Any, jr: Any, ji: Any, tree: Any, parent: Any
) -> float:
    """Fill the voltage at each node; return by how much the one that moved most moved."""
    most = 0.0  # no number is greater than none, so that one lane without an end is seen
    for k in range(len(parent)):
        m, t, r, x = parent[k], tree[0, k], tree[1, k], tree[2, k]
        for j in range(lanes):
            pr = vr[m, j] if m >= 0 else source_pu
            pi = vi[m, j] if m >= 0 else 0.0
            nr = t * pr - (r * jr[k, j] - x * ji[k, j])
            ni = t * pi - (r * ji[k, j] + x * jr[k, j])
            moved = abs(nr - vr[k, j]) + abs(ni - vi[k, j])
            most = moved if moved > most or np.isnan(moved) else most
            vr[k, j], vi[k, j] = nr, ni
    return most


@compiled
def sweep(
    powers: Any,
    load_at: Any,
    parent: Any,
    tree: Any,
    source_pu: float,
    tolerance: float,
    most: int,
    voltage: Any,
    loading: Any,
    loss: Any,
    is_solved: Any,
) -> None:
    """Solve all steps; what does not come to stand in `most` sweeps is marked, not filled.

    `powers` is (2, steps, loads) in per unit: active, reactive. Rows of `tree`: turns, r and x of
    the branch, g and b at the node, g and b of the branch's near end, of its far end, rating.
    `voltage` (steps, nodes) in the order of the tree, `loading` as a share, `loss` per unit.
    """
    steps, loads, count = powers.shape[1], powers.shape[2], len(parent)
    p, q = np.zeros((count, LANES)), np.zeros((count, LANES))
    vr, vi = np.zeros((count, LANES)), np.zeros((count, LANES))
    jr, ji = np.zeros((count, LANES)), np.zeros((count, LANES))
    for first in range(0, steps, LANES):
        lanes = min(LANES, steps - first)
        p[:], q[:], vi[:] = 0.0, 0.0, 0.0
        for j in range(lanes):
            for i in range(loads):
                p[load_at[i], j] += powers[0, first + j, i]
                q[load_at[i], j] += powers[1, first + j, i]
        for k in range(count):
            above = vr[parent[k], 0] if k else source_pu
            for j in range(LANES):
                vr[k, j] = tree[0, k] * above
        moved = np.inf
        for _ in range(most):
            _currents(LANES, p, q, vr, vi, jr, ji, tree, parent)
            moved = _voltages(LANES, source_pu, vr, vi, jr, ji, tree, parent)
            if moved < tolerance or np.isnan(moved):
                break
        if not moved < tolerance:
            for j in range(lanes):
                is_solved[first + j] = False
            continue
        _told(first, lanes, vr, vi, jr, ji, tree, parent, voltage, loading, loss)


@compiled
def _told(
    first: int,
    lanes: int,
    vr: Any,
    vi: Any,
    jr: Any,
    ji: Any,
    tree: Any,
    parent: Any,
    voltage: Any,
    loading: Any,
    loss: Any,
) -> None:
    """Write voltages down, and of each branch its losses and the loading of its fuller end.

    A transformer is as full as its apparent power, a line as its current.
    """
    for k in range(len(parent)):
        m, t, r = parent[k], tree[0, k], tree[1, k]
        gn, bn, gf, bf = tree[5, k], tree[6, k], tree[7, k], tree[8, k]
        rating, is_transformer = tree[9, k], tree[10, k] > 0
        for j in range(lanes):
            a, c, s, u = vr[k, j], vi[k, j], jr[k, j], ji[k, j]
            v2 = a * a + c * c
            voltage[first + j, k] = np.sqrt(v2)
            if m < 0:
                continue
            pr, pi = vr[m, j], vi[m, j]
            w2 = pr * pr + pi * pi
            fr, fi = s - (gf * a - bf * c), u - (gf * c + bf * a)
            nr, ni = t * s + gn * pr - bn * pi, t * u + gn * pi + bn * pr
            far2, near2 = fr * fr + fi * fi, nr * nr + ni * ni
            if is_transformer:
                far2, near2 = far2 * v2, near2 * w2
            loading[first + j, k] = np.sqrt(max(far2, near2)) / rating
            loss[first + j, k] = r * (s * s + u * u) + gn * w2 + gf * v2
