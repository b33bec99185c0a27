"""Persons 20 pixels tall: what cutting out the zone does to a detector's precision.

Labelled pictures are shrunk until the middle person is 20 pixels tall. `whole` lies in the corner
of a picture of the usual size, as a camera far away would see it; `cut` is what is left when all
that need not be seen is cut off. Average precision at half overlap, all points (VOC 2010).
"""

import cv2
import numpy as np

from benchmarks.lineguard import pets
from dianliang.engines.vision import Detections, Detector, Picture, overlap

TALL_PX = 20.0
EVERY = 15
GREY = 110
UNLABELLED = (330.0, 165.0)
"""A far walker in this corner has no label: who stands there is left out, for all."""


def precision(films: list[Picture], detector: Detector, *, since: int = 0) -> tuple[float, float]:
    """Return the average precision in the whole picture and in the cut-out, `since` a picture."""
    labels = pets.truth()
    chosen = range(since, len(films), EVERY)
    truth = {
        n: np.array([boxes[n] for boxes in labels.values() if n in boxes], np.float64)
        for n in chosen
    }
    tall = float(np.median(np.concatenate([one[:, 3] - one[:, 1] for one in truth.values()])))
    scale = TALL_PX / tall
    whole, cut = {}, {}
    for n in chosen:
        small = cv2.resize(films[n], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        canvas = np.full_like(films[n], GREY)
        canvas[: small.shape[0], : small.shape[1]] = small
        whole[n], cut[n] = (
            _scaled(detector(np.asarray(one, np.uint8)), scale) for one in (canvas, small)
        )
    return average(whole, truth), average(cut, truth)


def _scaled(found: Detections, scale: float) -> Detections:
    """Return boxes in pixels of the large picture, the unlabelled corner left out."""
    boxes = found.boxes / scale
    kept = ~((boxes[:, 2] < UNLABELLED[0]) & (boxes[:, 3] < UNLABELLED[1]))
    return Detections(boxes=boxes[kept], scores=found.scores[kept])


def average(found: dict[int, Detections], truth: dict[int, np.ndarray]) -> float:
    """Return the area under precision and recall; each label is found once."""
    rows = sorted(
        ((float(s), n, i) for n, one in found.items() for i, s in enumerate(one.scores)),
        reverse=True,
    )
    free = {n: np.ones(len(one), bool) for n, one in truth.items()}
    right = []
    for _, n, i in rows:
        shared = overlap(found[n].boxes[i : i + 1].astype(np.float64), truth[n])[0] * free[n]
        best = int(shared.argmax()) if len(shared) else 0
        is_right = bool(len(shared)) and shared[best] >= 0.5
        if is_right:
            free[n][best] = False
        right.append(is_right)
    hits = np.cumsum(right)
    recall = hits / sum(len(one) for one in truth.values())
    exact = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])[::-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * exact))
