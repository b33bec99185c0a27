"""Linear models, one against the rest, several seeds averaged, and what their margins are worth.

Method: modified-Huber stochastic gradient descent; a margin m is the chance (clip(m) + 1) / 2
(Zadrozny and Elkan 2002). Beside it one that sees each n-gram weighed by how much it speaks for the
class, its log-count ratio (Wang and Manning 2012, NB-SVM): the two err on different texts, and
their mean is still one linear model. Deterministic: each model has a seed of its own. SciPy and
scikit-learn ship no types: matrices are `Any` here. Cost: 0.3 CPU-s per seed on 6600 messages and 7
classes, and as much again for the ratios.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.triage._grams import Row

ALPHA, MOST_PASSES = 1e-4, 1000
"""Learning stops when the loss does, after 6 to 30 passes; the limit is only a limit."""
LEAST_CHANCE = 0.03
SMOOTHING = 0.1
"""What every n-gram is taken to have been seen besides, in the class and outside."""
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """A fitted model, the mean of its seeds: `weights` are features × classes, read-only."""

    weights: Floats
    offsets: Floats

    def margins(self, row: Row) -> Floats:
        """Return the margin of each class for one text."""
        found: Floats = self.offsets + row.data @ self.weights[row.indices]
        return found

    def margins_of(self, matrix: Any) -> Floats:
        """Return the margins of many texts: texts × classes."""
        found: Floats = matrix @ self.weights + self.offsets
        return found

    def gains(self, row: Row, number: int) -> Floats:
        """Return what each n-gram of a text adds to the margin of a class."""
        gains: Floats = row.data * self.weights[row.indices, number]
        return gains


def chances(margins: Floats) -> Floats:
    """Return the chance of each class by itself: they need not add up to one."""
    chance: Floats = (np.clip(margins, -1.0, 1.0) + 1.0) / 2.0
    return chance


def shares(margins: Floats) -> Floats:
    """Return the share of each class: they add up to one."""
    chance = chances(margins) + LEAST_CHANCE / margins.shape[-1]
    found: Floats = chance / chance.sum(axis=-1, keepdims=True)
    return found


def fit(
    matrix: Any, labels: Ints, *, classes: int, seeds: Sequence[int], worth: Floats | None = None
) -> Linear:
    """Fit one model per seed. `worth` is how much each text counts; a class may have none."""
    # Imported here: it takes seconds, and only learning needs it.
    from sklearn.linear_model import SGDClassifier  # noqa: PLC0415

    present = np.unique(labels)
    weights = np.zeros((len(seeds), classes, matrix.shape[1]))
    offsets = np.full((len(seeds), classes), -1.0)
    for place, seed in enumerate(seeds):
        if len(present) == 1:
            offsets[place, present] = 1.0
            continue
        model = SGDClassifier(
            loss="modified_huber", alpha=ALPHA, random_state=seed, max_iter=MOST_PASSES
        )
        model.fit(matrix, labels, sample_weight=worth)
        one, offset = np.asarray(model.coef_), np.asarray(model.intercept_)
        if len(present) == 2:  # one row for two classes, positive for the second
            one, offset = np.vstack([-one, one]), np.hstack([-offset, offset])
        weights[place, present], offsets[place, present] = one, offset
    mean = np.ascontiguousarray(weights.mean(axis=0).T)
    return Linear(mean, offsets.mean(axis=0))


def fit_by_ratios(
    matrix: Any, labels: Ints, *, classes: int, seed: int, worth: Floats | None = None
) -> Linear:
    """Fit one model to n-grams weighed by their log-count ratios; `worth` as for `fit`.

    `matrix` has no negative numbers.
    """
    # Imported here: it takes seconds, and only learning needs it.
    from sklearn.linear_model import SGDClassifier  # noqa: PLC0415

    counts = np.ones(len(labels)) if worth is None else worth
    total = np.asarray(matrix.T @ counts) + 2 * SMOOTHING
    present = np.unique(labels)
    weights = np.zeros((matrix.shape[1], classes))
    offsets = np.full(classes, -1.0)
    for number in present.tolist():
        is_own = labels == number
        if len(present) == 1:
            offsets[number] = 1.0
            continue
        own = np.asarray(matrix.T @ (counts * is_own)) + SMOOTHING
        ratio = _ratio(own, total - own)
        model = SGDClassifier(
            loss="modified_huber", alpha=ALPHA, random_state=seed, max_iter=MOST_PASSES
        )
        model.fit(matrix.multiply(ratio).tocsr(), is_own, sample_weight=worth)
        weights[:, number] = ratio * np.asarray(model.coef_)[0]
        offsets[number] = float(np.asarray(model.intercept_)[0])
    return Linear(weights, offsets)


def _ratio(own: Floats, others: Floats) -> Floats:
    """Return how much each n-gram speaks for a class, one on average, negative for the others."""
    ratio = np.log((own / own.sum()) / (others / others.sum()))
    found: Floats = ratio / max(float(np.abs(ratio).mean()), 1e-9)
    return found


def mixed(first: Linear, second: Linear, *, share: float) -> Linear:
    """Return the model whose margins are a mixture of two, `share` of them the second's."""
    return Linear(
        (1 - share) * first.weights + share * second.weights,
        (1 - share) * first.offsets + share * second.offsets,
    )
