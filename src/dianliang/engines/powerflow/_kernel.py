"""Backward and forward sweeps over trees, compiled, sixteen steps side by side.

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
def _settled(
    source_pu: float,
    tolerance: float,
    most: int,
    p: Any,
    q: Any,
    vr: Any,
    vi: Any,
    jr: Any,
    ji: Any,
    tree: Any,
    parent: Any,
) -> bool:
    """Sweep a tree from no load on until its voltages stand; tell whether they do."""
    vi[:] = 0.0
    for k in range(len(parent)):
        above = vr[parent[k], 0] if k else source_pu
        for j in range(LANES):
            vr[k, j] = tree[0, k] * above
    for _ in range(most):
        _currents(LANES, p, q, vr, vi, jr, ji, tree, parent)
        moved = _voltages(LANES, source_pu, vr, vi, jr, ji, tree, parent)
        if moved < tolerance:
            return True
        if np.isnan(moved):
            return False
    return False


@compiled
def _told(
    k: int,
    is_transformer: bool,
    vr: Any,
    vi: Any,
    jr: Any,
    ji: Any,
    tree: Any,
    parent: Any,
    full: Any,
    lost: Any,
) -> None:
    """Fill what a branch loses, and the loading of its fuller end.

    A transformer is as full as its apparent power, a line as its current.
    """
    m, t, r = parent[k], tree[0, k], tree[1, k]
    gn, bn, gf, bf = tree[5, k], tree[6, k], tree[7, k], tree[8, k]
    for j in range(LANES):
        a, c, s, u = vr[k, j], vi[k, j], jr[k, j], ji[k, j]
        v2 = a * a + c * c
        pr, pi = vr[m, j], vi[m, j]
        w2 = pr * pr + pi * pi
        fr, fi = s - (gf * a - bf * c), u - (gf * c + bf * a)
        nr, ni = t * s + gn * pr - bn * pi, t * u + gn * pi + bn * pr
        far2, near2 = fr * fr + fi * fi, nr * nr + ni * ni
        if is_transformer:
            far2, near2 = far2 * v2, near2 * w2
        full[j] = np.sqrt(max(far2, near2)) / tree[9, k]
        lost[j] = r * (s * s + u * u) + gn * w2 + gf * v2


@compiled
def _written(
    begin: int,
    lanes: int,
    base_kw: float,
    vr: Any,
    vi: Any,
    jr: Any,
    ji: Any,
    tree: Any,
    parent: Any,
    branch: Any,
    voltage: Any,
    line_loading: Any,
    line_loss_kw: Any,
    transformer_loading: Any,
    transformer_loss_kw: Any,
) -> None:
    """Write a block of steps of a tree where the grid has its nodes, lines and transformers."""
    full, lost = np.zeros(LANES), np.zeros(LANES)
    for k in range(len(parent)):
        node, line, transformer = branch[0, k], branch[1, k], branch[2, k]
        if node >= 0:
            for j in range(lanes):
                voltage[begin + j, node] = np.sqrt(vr[k, j] ** 2 + vi[k, j] ** 2)
        if line >= 0:
            _told(k, False, vr, vi, jr, ji, tree, parent, full, lost)
            for j in range(lanes):
                line_loading[begin + j, line] = full[j]
                line_loss_kw[begin + j, line] = lost[j] * base_kw
        elif transformer >= 0:
            _told(k, True, vr, vi, jr, ji, tree, parent, full, lost)
            for j in range(lanes):
                transformer_loading[begin + j, transformer] = full[j]
                transformer_loss_kw[begin + j, transformer] = lost[j] * base_kw


@compiled
def sweep(
    p_kw: Any,
    q_kvar: Any,
    base_kw: float,
    load: Any,
    load_at: Any,
    first_load: Any,
    parent: Any,
    trees: Any,
    first: Any,
    source_pu: Any,
    tolerance: float,
    most: int,
    branch: Any,
    voltage: Any,
    line_loading: Any,
    line_loss_kw: Any,
    transformer_loading: Any,
    transformer_loss_kw: Any,
    is_solved: Any,
) -> None:
    """Solve all steps; what does not come to stand in `most` sweeps is marked, not filled.

    `p_kw` and `q_kvar` are (steps, loads). Rows of `trees`: turns, r and x of the branch, g and b
    at the node, g and b of the branch's near end, of its far end, rating; per unit of `base_kw`.
    The k-th tree has the places `first[k]` to `first[k + 1]` and those of `load` likewise. Rows of
    `branch` say which node, line and transformer of the grid lies at a place, −1 for none: results
    are written there, by step. Each tree is swept for itself: one is small enough for the cache,
    and need not wait for another.
    """
    steps, widest = len(p_kw), np.max(first[1:] - first[:-1])
    p, q = np.zeros((widest, LANES)), np.zeros((widest, LANES))
    vr, vi = np.zeros((widest, LANES)), np.zeros((widest, LANES))
    jr, ji = np.zeros((widest, LANES)), np.zeros((widest, LANES))
    for number in range(len(source_pu)):
        root, end = first[number], first[number + 1]
        tree = np.ascontiguousarray(trees[:, root:end])
        up = np.maximum(parent[root:end] - root, -1)
        which = branch[:, root:end]
        for begin in range(0, steps, LANES):
            lanes = min(LANES, steps - begin)
            p[:], q[:] = 0.0, 0.0
            for i in range(first_load[number], first_load[number + 1]):
                k = load_at[i] - root
                for j in range(lanes):
                    p[k, j] += p_kw[begin + j, load[i]] / base_kw
                    q[k, j] += q_kvar[begin + j, load[i]] / base_kw
            if not _settled(source_pu[number], tolerance, most, p, q, vr, vi, jr, ji, tree, up):
                is_solved[begin : begin + lanes] = False
                continue
            _written(
                begin,
                lanes,
                base_kw,
                vr,
                vi,
                jr,
                ji,
                tree,
                up,
                which,
                voltage,
                line_loading,
                line_loss_kw,
                transformer_loading,
                transformer_loss_kw,
            )
