"""Backward and forward sweeps over trees, compiled, sixteen steps side by side.

Currents are added up from the ends to the source, then voltages follow from the source to the
ends, until they stand. A loop is cut open where its last branch comes back to a node that the tree
already has; the current that flows there is what closes the gap between the voltages on either side
of the cut (compensation). Source: Shirmohammadi and others, IEEE Trans. Power Systems 3(2), 1988,
for both.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

LANES = 16
"""Steps side by side: two to four vector registers."""
P, Q, VR, VI, JR, JI = (LANES * place for place in range(6))
"""Where a node's row has power, voltage and current: one row, so that the compiler sees that
neither overlaps another, and reckons with whole registers."""
WIDTH = 6 * LANES
MARGIN = 0.1
"""Sweeps end when what is left, by how fast they close in, is this share of what is allowed."""
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
def _drawn(row: Any, g: float, b: float) -> None:
    """Fill the current that a node itself draws: its loads' and its shunt's."""
    for j in range(LANES):
        a, c = row[VR + j], row[VI + j]
        d = 1.0 / (a * a + c * c)
        p, q = row[P + j], row[Q + j]
        row[JR + j] = (p * a + q * c) * d + g * a - b * c
        row[JI + j] = (p * c - q * a) * d + g * c + b * a


@compiled
def _currents(state: Any, tree: Any, parent: Any, tie: Any, bridge: Any) -> None:
    """Add to the current of each branch what everything behind its node draws."""
    for c in range(len(tie)):
        end, node, own = state[tie[c, 0]], state[tie[c, 1]], bridge[c]
        for j in range(2 * LANES):
            end[JR + j] += own[j]
            node[JR + j] -= own[j]
    for k in range(len(parent) - 1, 0, -1):
        row, above, t = state[k], state[parent[k]], tree[k, 0]
        for j in range(2 * LANES):
            above[JR + j] += t * row[JR + j]


@compiled
def _voltages(source: Any, far: Any, state: Any, tree: Any, parent: Any) -> None:
    """Fill the voltage at each node and what it then draws; by lane, how far the farthest moved."""
    far[:] = 0.0
    for k in range(len(parent)):
        row, t, r, x = state[k], tree[k, 0], tree[k, 1], tree[k, 2]
        above = state[parent[k]] if k else source
        for j in range(LANES):
            s, u = row[JR + j], row[JI + j]
            nr = t * above[VR + j] - (r * s - x * u)
            ni = t * above[VI + j] - (r * u + x * s)
            moved = abs(nr - row[VR + j]) + abs(ni - row[VI + j])
            far[j] = max(far[j], moved)
            row[VR + j], row[VI + j] = nr, ni
        _drawn(row, tree[k, 3], tree[k, 4])


@compiled
def _closed(far: Any, state: Any, tie: Any, gain: Any, bridge: Any) -> None:
    """Let currents through the cuts close the gaps; by lane, how wide the widest was."""
    for d in range(len(tie)):
        end, node = state[tie[d, 0]], state[tie[d, 1]]
        for j in range(LANES):
            gr, gi = end[VR + j] - node[VR + j], end[VI + j] - node[VI + j]
            wide = abs(gr) + abs(gi)
            far[j] = max(far[j], wide)
            for c in range(len(tie)):
                r, x = gain[c, 0, d], gain[c, 1, d]
                bridge[c, j] += r * gr - x * gi
                bridge[c, LANES + j] += r * gi + x * gr


@compiled
def _settled(
    tolerance: float,
    most: int,
    source: Any,
    state: Any,
    tree: Any,
    parent: Any,
    tie: Any,
    gain: Any,
    bridge: Any,
) -> bool:
    """Sweep a tree from no load on until its voltages stand; tell whether they do."""
    far = np.zeros(LANES)
    bridge[:] = 0.0
    for k in range(len(parent)):
        row, above = state[k], state[parent[k]] if k else source
        for j in range(LANES):
            row[VR + j], row[VI + j] = tree[k, 0] * above[VR + j], 0.0
        _drawn(row, tree[k, 3], tree[k, 4])
    before, rate = 0.0, 1.0
    for _ in range(most):
        _currents(state, tree, parent, tie, bridge)
        _voltages(source, far, state, tree, parent)
        _closed(far, state, tie, gain, bridge)
        moved = far.max()
        # Each sweep leaves a share of what the one before it left: so much is still to come. What
        # goes slowly shows only when the rest is gone: the slower of two sweeps counts.
        new = moved / before if before > 0.0 else 1.0
        slower = max(new, rate)
        if moved * slower <= MARGIN * tolerance * (1.0 - slower):
            _currents(state, tree, parent, tie, bridge)
            # A lane without an answer has no current at the source.
            return not np.isnan(state[0, JR : JR + LANES].sum())
        if np.isnan(state[0, JR : JR + LANES].sum()):
            return False
        before, rate = moved, new
    return False


@compiled
def _told(
    is_transformer: bool, row: Any, above: Any, tree: Any, k: int, full: Any, lost: Any
) -> None:
    """Fill what a branch loses, and the loading of its fuller end.

    A transformer is as full as its apparent power, a line as its current.
    """
    t, r = tree[k, 0], tree[k, 1]
    gn, bn, gf, bf, rating = tree[k, 5], tree[k, 6], tree[k, 7], tree[k, 8], tree[k, 9]
    for j in range(LANES):
        a, c, s, u = row[VR + j], row[VI + j], row[JR + j], row[JI + j]
        v2 = a * a + c * c
        pr, pi = above[VR + j], above[VI + j]
        w2 = pr * pr + pi * pi
        fr, fi = s - (gf * a - bf * c), u - (gf * c + bf * a)
        nr, ni = t * s + gn * pr - bn * pi, t * u + gn * pi + bn * pr
        far2, near2 = fr * fr + fi * fi, nr * nr + ni * ni
        if is_transformer:
            far2, near2 = far2 * v2, near2 * w2
        full[j] = np.sqrt(max(near2, far2)) / rating
        lost[j] = r * (s * s + u * u) + gn * w2 + gf * v2


@compiled
def _written(
    begin: int,
    lanes: int,
    base_kw: float,
    state: Any,
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
        node, line, transformer = branch[k, 0], branch[k, 1], branch[k, 2]
        row, above = state[k], state[parent[k]]
        if node >= 0:
            for j in range(lanes):
                voltage[node, begin + j] = np.sqrt(row[VR + j] ** 2 + row[VI + j] ** 2)
        if line >= 0:
            _told(False, row, above, tree, k, full, lost)
            for j in range(lanes):
                line_loading[line, begin + j] = full[j]
                line_loss_kw[line, begin + j] = lost[j] * base_kw
        elif transformer >= 0:
            _told(True, row, above, tree, k, full, lost)
            for j in range(lanes):
                transformer_loading[transformer, begin + j] = full[j]
                transformer_loss_kw[transformer, begin + j] = lost[j] * base_kw


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
    ties: Any,
    first_tie: Any,
    gains: Any,
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

    `p_kw` and `q_kvar` are (steps, loads). Columns of `trees`: turns, r and x of the branch, g and
    b at the node, g and b of the branch's near end, of its far end, rating; per unit of `base_kw`.
    The k-th tree has the places `first[k]` to `first[k + 1]`, and likewise its part of `load` and
    of `ties`; `parent`, `load_at` and `ties` count places within their tree. A tie is cut between
    an end and the node that it belongs to; `gains` (ties, 2, most ties of a tree) are rows of the
    inverse of the loops' impedances, real and imaginary. Columns of `branch` say which node, line
    and transformer of the grid lies at a place, −1 for none: results are written there, (each,
    steps). Each tree is swept for itself: one is small enough for the cache, and need not wait for
    another. Its powers are read while rows of the next steps are near.
    """
    steps, widest = len(p_kw), np.max(first[1:] - first[:-1])
    states, source = np.zeros((widest, WIDTH)), np.zeros(WIDTH)
    bridges = np.zeros((gains.shape[2], 2 * LANES))
    per_kw = 1.0 / base_kw
    for begin in range(0, steps, LANES):
        lanes = min(LANES, steps - begin)
        for number in range(len(source_pu)):
            root, end = first[number], first[number + 1]
            cut, uncut = first_tie[number], first_tie[number + 1]
            tree, up, state = trees[root:end], parent[root:end], states[: end - root]
            tie, gain, bridge = ties[cut:uncut], gains[cut:uncut], bridges[: uncut - cut]
            source[VR : VR + LANES] = source_pu[number]
            state[:, :VR] = 0.0
            for i in range(first_load[number], first_load[number + 1]):
                row, column = state[load_at[i]], load[i]
                for j in range(lanes):
                    row[P + j] += p_kw[begin + j, column] * per_kw
                    row[Q + j] += q_kvar[begin + j, column] * per_kw
            if not _settled(tolerance, most, source, state, tree, up, tie, gain, bridge):
                is_solved[begin : begin + lanes] = False
                continue
            _written(
                begin,
                lanes,
                base_kw,
                state,
                tree,
                up,
                branch[root:end],
                voltage,
                line_loading,
                line_loss_kw,
                transformer_loading,
                transformer_loss_kw,
            )
