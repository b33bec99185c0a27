"""Which cells answer for which person: ATSS, as the detector was trained with.

Zhang et al. 2020, "Bridging the gap between anchor-based and anchor-free detection via adaptive
training sample selection": of each grid the nine cells nearest to the middle of the person are
candidates; those overlap enough whose square of five strides has at least mean plus spread of the
candidates' intersection over union; their middle must lie in the person.
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.fitting._model import BINS, Cells, Floats, Labels

NEAREST = 9
SQUARE = 5.0
"""Sides of a cell's square, in strides."""
FARTHEST = BINS - 1.01
SURELY_EMPTY = 0.01
"""Cells that the network scores below this count little: one in `ONE_IN` stands for the others."""
ONE_IN = 20


def centres(size: tuple[int, int], stride: int) -> Floats:
    """Return the middles (n, 2) of the cells of one stride, row by row; size is height, width."""
    rows, columns = size[0] // stride, size[1] // stride
    x, y = np.meshgrid(np.arange(columns) + 0.5, np.arange(rows) + 0.5)
    return np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32) * stride


def overlap(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return intersection over union of each box (n, 4) with each other one (m, 4)."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    areas = [np.prod(np.clip(b[:, 2:] - b[:, :2], 0, None), axis=1) for b in (one, other)]
    every = areas[0][:, None] + areas[1][None, :] - shared
    return np.asarray(shared / np.maximum(every, 1e-9), dtype=np.float32)


def owners(
    labels: Labels, size: tuple[int, int], strides: tuple[int, ...]
) -> list[NDArray[np.intp]]:
    """Return for each stride whose each cell is: a row of `labels.boxes`, -1 nobody's, -2 unsure.

    `size` is height and width of what the network is fed. Cost: cells × persons.
    """
    middles = [centres(size, stride) for stride in strides]
    cuts = np.cumsum([len(one) for one in middles])[:-1]
    at = np.concatenate(middles)
    half = np.concatenate(
        [np.full(len(m), SQUARE / 2 * s) for m, s in zip(middles, strides, strict=True)]
    )
    squares = np.concatenate([at - half[:, None], at + half[:, None]], axis=1).astype(np.float32)
    whose = np.full(len(at), -1)
    whose[_inside(at, labels.unsure).any(axis=1)] = -2
    if len(labels.boxes):
        shared = overlap(squares, labels.boxes)
        fits = _candidates(at, shared, labels.boxes, [0, *cuts.tolist(), len(at)])
        best = np.where(fits, shared, -1.0).argmax(axis=1)
        whose[fits.any(axis=1)] = best[fits.any(axis=1)]
    return np.split(whose, cuts)


def _candidates(
    at: Floats, shared: NDArray[np.float32], boxes: Floats, ends: list[int]
) -> NDArray[np.bool_]:
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    away = np.linalg.norm(at[:, None] - middle[None], axis=2)
    near = np.zeros(shared.shape, dtype=bool)
    for begin, end in pairwise(ends):
        if end > begin:
            nearest = np.argsort(away[begin:end], axis=0, kind="stable")[:NEAREST] + begin
            np.put_along_axis(near, nearest, values=True, axis=0)
    chosen = np.ma.masked_array(shared, ~near)
    least = np.asarray(chosen.mean(axis=0) + chosen.std(axis=0), dtype=np.float64)
    return np.asarray(near & (shared >= least[None]) & _inside(at, boxes))


def _inside(at: Floats, boxes: Floats) -> NDArray[np.bool_]:
    is_in = (at[:, None] > boxes[None, :, :2]) & (at[:, None] < boxes[None, :, 2:])
    return np.asarray(is_in.all(axis=2))


def cells_of(
    features: Mapping[int, Floats],
    scores: Mapping[int, Floats],
    *,
    labels: Labels,
    size: tuple[int, int],
    rng: np.random.Generator,
) -> dict[int, Cells]:
    """Return what can be learnt from one view, by stride.

    All cells of persons and all that look like one are kept; of the others, which weigh little, one
    in twenty, drawn, standing for all. `features` (n, c) and `scores` (n,) are by stride.
    """
    strides = tuple(sorted(features))
    found = {}
    for stride, whose in zip(strides, owners(labels, size, strides), strict=True):
        is_likely = (whose >= 0) | (scores[stride] >= SURELY_EMPTY)
        is_drawn = ~is_likely & (rng.random(len(whose)) < 1 / ONE_IN)
        chosen = np.flatnonzero((whose != -2) & (is_likely | is_drawn))
        is_person = whose[chosen] >= 0
        boxes = np.zeros((len(chosen), 4), dtype=np.float32)
        boxes[is_person] = labels.boxes[whose[chosen][is_person]]
        at = centres(size, stride)[chosen]
        away = np.concatenate([at - boxes[:, :2], boxes[:, 2:] - at], axis=1) / stride
        found[stride] = Cells(
            features=features[stride][chosen],
            away=np.clip(away, 0, FARTHEST).astype(np.float32),
            is_person=is_person,
            counts=np.where(is_likely[chosen], 1, ONE_IN).astype(np.float32),
        )
    return found
