"""Learn the last layer: Adam on the detector's losses, stopped by pictures it does not learn from.

Kingma & Ba 2015. The backbone stays as it is, so features are computed once and a step costs two
small products of matrices.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.fitting._losses import loss_of
from dianliang.engines.fitting._model import Cells, FitRules, Fitted, Head, Layer, UnableToFitError

MOMENTUM, SPREAD, TINY = 0.9, 0.999, 1e-8
View = Mapping[int, Cells]
"""What one view teaches, by stride."""
Stacked = dict[int, NDArray[np.float64]]
"""Weights and bias of each stride as one matrix (45, c + 1)."""


def fit(
    head: Head, learn_from: Sequence[View], stop_by: Sequence[View], *, rules: FitRules
) -> Fitted:
    """Return the head that does best on `stop_by` of all that learning from the others passes.

    Deterministic for one seed. Where nothing is better, that is the head it began with.

    Raises:
        UnableToFitError: a part has no person.
    """
    if not (_persons(learn_from) and _persons(stop_by)):
        raise UnableToFitError("训练部分和验证部分都要有人的标注框，现在有一部分一个也没有。")
    rng = np.random.default_rng(rules.seed)
    start = {stride: np.column_stack([one.weights, one.bias]) for stride, one in head.items()}
    now: Stacked = {stride: one.astype(np.float64) for stride, one in start.items()}
    kept, moved = dict(now), {stride: np.zeros((2, *one.shape)) for stride, one in now.items()}
    check = _joined(stop_by)
    losses = [_loss(now, check, rules)]
    best, steps = losses[0], 0
    for step in range(1, rules.steps + 1):
        drawn = rng.choice(
            len(learn_from), size=min(rules.views_a_step, len(learn_from)), replace=False
        )
        _step(now, moved, start, _joined([learn_from[n] for n in drawn]), step, rules)
        if step % rules.look_every:
            continue
        losses.append(_loss(now, check, rules))
        if losses[-1] < best:
            best, steps, kept = losses[-1], step, {s: one.copy() for s, one in now.items()}
        if step - steps >= rules.patience * rules.look_every:
            break
    return Fitted(
        head={
            stride: Layer(
                weights=one[:, :-1].astype(np.float32), bias=one[:, -1].astype(np.float32)
            )
            for stride, one in kept.items()
        },
        steps=steps,
        before=losses[0],
        after=best,
        losses=tuple(losses),
    )


def _step(
    now: Stacked,
    moved: Stacked,
    start: Mapping[int, NDArray[np.float32]],
    view: View,
    step: int,
    rules: FitRules,
) -> None:
    """Move all layers by one step of Adam; rates fall along half a cosine."""
    rate = rules.rate * 0.5 * (1 + np.cos(np.pi * step / (rules.steps + 1)))
    persons = max(1, _persons([view]))
    for stride, cells in view.items():
        slope = rules.keep * (now[stride] - start[stride])
        if len(cells.features):
            fed = _fed(cells)
            slope += loss_of(fed @ now[stride].T, cells, rules).by_logit.T @ fed / persons
        first, second = moved[stride]
        first += (1 - MOMENTUM) * (slope - first)
        second += (1 - SPREAD) * (slope**2 - second)
        size = np.sqrt(second / (1 - SPREAD**step)) + TINY
        now[stride] = now[stride] - rate * first / (1 - MOMENTUM**step) / size


def _loss(now: Stacked, view: View, rules: FitRules) -> float:
    total = sum(
        loss_of(_fed(cells) @ now[stride].T, cells, rules).loss
        for stride, cells in view.items()
        if len(cells.features)
    )
    return total / max(1, _persons([view]))


def _fed(cells: Cells) -> NDArray[np.float64]:
    return np.column_stack([cells.features, np.ones(len(cells.features))]).astype(np.float64)


def _persons(views: Sequence[View]) -> int:
    return sum(int(cells.is_person.sum()) for view in views for cells in view.values())


def _joined(views: Sequence[View]) -> View:
    return {
        stride: Cells(
            features=np.concatenate([view[stride].features for view in views]),
            away=np.concatenate([view[stride].away for view in views]),
            is_person=np.concatenate([view[stride].is_person for view in views]),
            counts=np.concatenate([view[stride].counts for view in views]),
        )
        for stride in views[0]
    }
