"""A linear chain over labels (conditional random field): which row of labels a row of tokens has.

Method: Lafferty, McCallum and Pereira (2001). Exact maximum likelihood with a ridge, by L-BFGS from
zero; sequences of one length go forward and backward together, in scaled probabilities. Nothing is
drawn by chance. SciPy ships no types: its matrices are `Any` here. Cost: half a CPU-s a step for
130 000 tokens with 26 features each and 42 labels; the best row of one address, 0.3 ms.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

MOST_STEPS = 70
RIDGE = 0.3
IMPOSSIBLE = -1e4
_REMEMBERED = 6
"""Steps that L-BFGS remembers: each costs a copy of all weights."""
Floats = NDArray[np.float64]
Small = NDArray[np.float32]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A fitted chain, read-only.

    `weights` are features × labels, `follows` labels × labels, from the row's to the column's.
    """

    weights: Small
    follows: Floats

    def best(self, rows: Sequence[Ints], penalties: Floats, begins: Floats) -> list[int]:
        """Return the best label of each token (Viterbi).

        `rows` are the features of each token, `penalties` tokens × labels what is added to their
        scores, `begins` what is added for the first.
        """
        scores = np.array([self.weights[row].sum(axis=0, dtype=np.float64) for row in rows])
        scores += penalties
        so_far: Floats = scores[0] + begins
        whence: list[Ints] = []
        for score in scores[1:]:
            ways = so_far[:, None] + self.follows
            came = ways.argmax(axis=0)
            so_far = ways[came, np.arange(len(came))] + score
            whence.append(came)
        label = int(so_far.argmax())
        found = [label]
        for came in reversed(whence):
            label = int(came[label])
            found.append(label)
        return found[::-1]


def mean(chains: Sequence[Chain]) -> Chain:
    """Return the chain whose scores are the mean of those of some chains over the same features."""
    weights: Small = np.stack([chain.weights for chain in chains]).mean(axis=0, dtype=np.float32)
    follows: Floats = np.stack([chain.follows for chain in chains]).mean(axis=0)
    return Chain(weights=weights, follows=follows)


@dataclass(frozen=True, slots=True, eq=False)
class _Lesson:
    """All tokens of all sequences, the shortest sequences first.

    `matrix` tokens × features, `truth` the label of each token, `blocks` of sequences of one
    length: length, first and last token.
    """

    matrix: Any
    turned: Any
    truth: Small
    steps: Floats
    blocks: tuple[tuple[int, int, int], ...]

    def loss(self, flat: Floats) -> tuple[float, Floats]:
        """Return the penalised negative log-likelihood, and its gradient."""
        labels = self.truth.shape[1]
        cut = len(flat) - labels * labels
        weights = flat[:cut].reshape(-1, labels).astype(np.float32)
        follows = flat[cut:].reshape(labels, labels)
        highest = float(follows.max())
        ways = np.exp(follows - highest).astype(np.float32)
        scores: Small = self.matrix @ weights
        expected = np.empty_like(scores)
        expected_steps = np.zeros((labels, labels))
        likelihood = float((scores.astype(np.float64) * self.truth).sum())
        likelihood += float((self.steps * follows).sum())
        for length, first, last in self.blocks:
            block = scores[first:last].reshape(-1, length, labels)
            likelihood -= (length - 1) * len(block) * highest
            chances, total = _expected(block, ways, expected_steps)
            likelihood -= total
            expected[first:last] = chances.reshape(-1, labels)
        gradient = np.concatenate(
            [
                np.asarray(self.turned @ (expected - self.truth), dtype=np.float64).ravel(),
                (expected_steps - self.steps).ravel(),
            ]
        )
        return 0.5 * RIDGE * float(flat @ flat) - likelihood, gradient + RIDGE * flat


def _expected(block: Small, ways: Small, steps: Floats) -> tuple[Small, float]:
    """Return the chance of each label of each token, and the sum of the log norms.

    The chances of steps from label to label are added to `steps`.
    """
    top = block.max(axis=2, keepdims=True)
    here = np.exp(block - top)
    count, length, labels = here.shape
    norms = np.empty((count, length), dtype=np.float32)
    forward = np.empty_like(here)
    reached: Small = here[:, 0]
    for at in range(length):
        if at:
            reached = (forward[:, at - 1] @ ways) * here[:, at]
        norms[:, at] = reached.sum(axis=1)
        forward[:, at] = reached / norms[:, at, None]
    chances = np.empty_like(here)
    chances[:, -1] = forward[:, -1]
    backward = np.ones((count, labels), dtype=np.float32)
    for at in range(length - 1, 0, -1):
        ahead = here[:, at] * backward / norms[:, at, None]
        steps += (forward[:, at - 1].T @ ahead) * ways
        backward = ahead @ ways.T
        chances[:, at - 1] = forward[:, at - 1] * backward
    total = np.log(norms.astype(np.float64)).sum() + top.astype(np.float64).sum()
    return chances, float(total)


def fit(
    sequences: Sequence[Sequence[Ints]],
    labels: Sequence[Sequence[int]],
    *,
    features: int,
    kinds: int,
) -> Chain:
    """Fit a chain to sequences, each the features of its tokens, and to the label of each token."""
    # Imported here: it takes a while, and only learning needs it.
    from scipy.optimize import minimize  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    lesson = _lesson(sequences, labels, features=features, kinds=kinds)
    with threadpool_limits(limits=1):  # the products are small: threads would wait for each other
        found = minimize(
            lesson.loss,
            np.zeros(features * kinds + kinds * kinds),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": MOST_STEPS, "maxcor": _REMEMBERED},
        )
    flat: Floats = np.asarray(found.x)
    cut = features * kinds
    return Chain(
        weights=flat[:cut].reshape(features, kinds).astype(np.float32),
        follows=flat[cut:].reshape(kinds, kinds),
    )


def _lesson(
    sequences: Sequence[Sequence[Ints]],
    labels: Sequence[Sequence[int]],
    *,
    features: int,
    kinds: int,
) -> _Lesson:
    order = sorted(range(len(sequences)), key=lambda number: len(sequences[number]))
    rows = [row for number in order for row in sequences[number]]
    starts = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.concatenate([np.empty(0, dtype=np.intp), *rows])
    values = np.ones(len(columns), dtype=np.float32)
    shape = (len(rows), features)
    matrix: Any = sparse.csr_matrix((values, columns, starts), shape=shape)
    truth = np.zeros((len(rows), kinds), dtype=np.float32)
    truth[np.arange(len(rows)), [label for number in order for label in labels[number]]] = 1.0
    steps = np.zeros((kinds, kinds))
    for row in labels:
        for before, after in pairwise(row):
            steps[before, after] += 1.0
    lengths = [len(sequences[number]) for number in order]
    ends = np.cumsum([0, *lengths])
    blocks: list[tuple[int, int, int]] = []
    for number, length in enumerate(lengths):
        first, last = int(ends[number]), int(ends[number + 1])
        if blocks and blocks[-1][0] == length:
            blocks[-1] = (length, blocks[-1][1], last)
        else:
            blocks.append((length, first, last))
    return _Lesson(matrix, matrix.T.tocsr(), truth, steps, tuple(blocks))
