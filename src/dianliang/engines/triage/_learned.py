"""What past decisions teach: a linear model on character 1–2-grams, from data every time.

Method: TF-IDF, modified-Huber SGD, three seeds averaged, sharpened as a held-out fifth of the
examples asks for. Never pickled: it is fitted again from examples in seconds. SciPy ships no
types: its matrices are `Any` here. Cost: about 1 s per 1000 examples; a prediction, 1 ms.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.triage._grams import Row, Weigher
from dianliang.engines.triage._model import Example

LEAST_EXAMPLES = 50
FULL_TRUST_EXAMPLES = 1500
MOST_TRUST = 0.95
ENOUGH_KNOWN = 0.4
"""From this share of known pairs of characters on, a text counts as familiar."""
LEAST_FOR_CALIBRATION = 200
_SEEDS = (7, 11, 13)
_SHARPNESS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
Floats = NDArray[np.float64]


class Learned:
    """A fitted model: `codes` in the order of its columns. Read-only after construction."""

    def __init__(self, examples: Sequence[Example]) -> None:
        texts = [example.text for example in examples]
        labels = np.array([example.service_code for example in examples])
        least_texts = 2 if len(examples) > 500 else 1
        self._grams = Weigher(texts, sizes=(1, 2), least_texts=least_texts)
        matrix = self._grams.matrix(texts)
        self.codes: tuple[str, ...] = tuple(sorted(set(labels.tolist())))
        self._trust = min(MOST_TRUST, 0.4 + 0.6 * len(examples) / FULL_TRUST_EXAMPLES)
        self._sharpness = _sharpness(matrix, labels, self.codes)
        models = [_fitted(matrix, labels, self.codes, seed) for seed in _SEEDS]
        self._weights: Floats = np.hstack([weights for weights, _ in models])
        self._offsets: Floats = np.hstack([offsets for _, offsets in models])

    def row(self, text: str) -> Row:
        """Return the n-grams of a text, weighed: what `shares` and `evidence` look at."""
        return self._grams.row(text)

    def shares(self, row: Row) -> Floats:
        """Return the probability of each code."""
        margins = self._offsets + row.data @ self._weights[row.indices]
        one: Floats = _shares(margins.reshape(1, -1), len(self.codes), self._sharpness)[0]
        return one

    def trust_in(self, text: str) -> float:
        """Return how far to trust the model here: little where it knows few of the n-grams."""
        pairs = {text[i : i + 2] for i in range(len(text) - 1)}
        known = sum(pair in self._grams for pair in pairs)
        return self._trust * min(1.0, known / (ENOUGH_KNOWN * len(pairs))) if pairs else 0.0

    def evidence(self, row: Row, code: str, *, most: int = 4) -> tuple[str, ...]:
        """Return the pairs of characters that spoke most for a code."""
        if code not in self.codes:
            return ()
        gains = row.data * self._weights[row.indices, self.codes.index(code)]
        best = np.argsort(-gains, kind="stable")[: 6 * most]
        names = [self._grams.names[row.indices[i]] for i in best.tolist() if gains[i] > 0]
        return tuple(name for name in names if len(name.strip()) == 2)[:most]


def _fitted(matrix: Any, labels: Any, codes: Sequence[str], seed: int) -> tuple[Floats, Floats]:
    """Fit one model; return its weights (features × codes) and offsets."""
    from sklearn.linear_model import SGDClassifier  # noqa: PLC0415 (takes seconds: only to learn)

    model = SGDClassifier(loss="modified_huber", alpha=1e-4, random_state=seed, max_iter=50)
    model.fit(matrix, labels)
    weights, offsets = np.asarray(model.coef_), np.asarray(model.intercept_)
    if len(codes) == 2:  # one row for two classes, positive for the second
        weights, offsets = np.vstack([-weights, weights]), np.hstack([-offsets, offsets])
    return np.ascontiguousarray(weights.T), offsets


def _shares(margins: Floats, classes: int, sharpness: float) -> Floats:
    """Turn margins of all seeds into probabilities (Zadrozny and Elkan 2002), then sharpen."""
    chance = (np.clip(margins, -1.0, 1.0) + 1.0) / 2.0
    mean = chance.reshape(len(margins), -1, classes).mean(axis=1) + 1e-4
    sharp: Floats = (mean / mean.sum(axis=1, keepdims=True)) ** sharpness
    shares: Floats = sharp / sharp.sum(axis=1, keepdims=True)
    return shares


def _sharpness(matrix: Any, labels: Any, codes: Sequence[str]) -> float:
    """Choose how sure to be on a fifth of the examples held out: the least log loss wins."""
    held = np.arange(len(labels)) % 5 == 0
    if len(labels) < LEAST_FOR_CALIBRATION or set(labels[~held].tolist()) != set(codes):
        return 1.0
    weights, offsets = _fitted(matrix[~held], labels[~held], codes, _SEEDS[0])
    margins: Floats = matrix[held] @ weights + offsets
    column = np.searchsorted(np.array(codes), labels[held])
    losses = [
        -np.log(_shares(margins, len(codes), power)[np.arange(len(column)), column] + 1e-9).mean()
        for power in _SHARPNESS
    ]
    return _SHARPNESS[int(np.argmin(losses))]


def learn(examples: Sequence[Example]) -> Learned | None:
    """Fit a model, or return nothing while examples are too few to beat the catalogue."""
    if len(examples) < LEAST_EXAMPLES or len({e.service_code for e in examples}) < 2:
        return None
    return Learned(examples)
