"""Learn from needs that nobody has sorted, while few have been sorted.

Method. (1) Latent semantic analysis of all texts; a service starts as the direction of its own
words. (2) Self-training: a linear model learns from the texts that are clearest, then from four
fifths of what it says itself, round by round. (3) Decisions correct it: a Gaussian process whose
mean is what the model says (kernel ridge regression on what is left over, exact), so that one
decision changes little, many change all, and there is no step between. (4) What comes out labels
the texts that nobody sorted; they count less, the more decisions there are.
Cost: about 6 CPU-s for 6600 messages. Deterministic: one seed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from dianliang.engines.triage import _linear as linear

LEAST_HISTORY = 200
DIRECTIONS, LEAST_TEXTS_PER_DIRECTION = 200, 4
ROUNDS = 4
DAY_ONE_WORTH = 1.0
"""What a catalogue's share counts beside a cosine of meanings."""
CLEAREST, CLEAR_SHARE = 100, 0.8
RIDGE, LATENT_SHARE = 0.05, 0.7
MOST_CORRECTIONS = 2000
"""The newest so many decisions correct; the exact solution costs their number cubed."""
TEACHER_WORTH = 0.2
"""What a text counts in self-training: less than one, so that no guess pulls hard."""
GUESS_WORTH, GUESS_HALVED_AT = 0.3, 500
"""What a text counts that nobody sorted (1: as a decision), halved at so many decisions."""
_SEED = 7
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """Texts (decided ones first, then the others) as n-grams and as directions of meaning."""

    matrix: Any
    latent: Floats
    taught: Floats
    """What the self-trained model says before any decision: texts × services."""

    def guesses(self, decided: Ints, labels: Ints, others: Ints) -> Floats:
        """Return the shares of the services for `others` after the decisions have corrected."""
        if not len(decided):
            return self.taught[others]
        decided, labels = decided[:MOST_CORRECTIONS], labels[:MOST_CORRECTIONS]
        left_over = np.eye(self.taught.shape[1])[labels] - self.taught[decided]
        likeness = self._likeness(decided, decided) + RIDGE * np.eye(len(decided))
        weights = np.linalg.solve(likeness, left_over)
        guessed: Floats = self.taught[others] + self._likeness(others, decided) @ weights
        return guessed

    def _likeness(self, some: Ints, others: Ints) -> Floats:
        words = (self.matrix[some] @ self.matrix[others].T).toarray()
        meaning = self.latent[some] @ self.latent[others].T
        found: Floats = LATENT_SHARE * meaning + (1 - LATENT_SHARE) * words
        return found


def survey(matrix: Any, cards: Any, day_one: Floats) -> Landscape:
    """Let the catalogue sort the texts, then the texts one another.

    `cards` are the words of each service (services × n-grams), `day_one` the shares that the
    catalogue gives to each text (texts × services).
    """
    analysis = _analysis(matrix)
    latent = _unit(analysis.transform(matrix))
    seeds = _unit(analysis.transform(cards))
    both: Any = sparse.hstack([matrix, sparse.csr_matrix(latent)], format="csr")
    margins: Floats = latent @ seeds.T + DAY_ONE_WORTH * day_one
    for number in range(ROUNDS):
        rows, labels = clear(margins, most=CLEAREST if number == 0 else None)
        model = linear.fit(
            both[rows],
            labels,
            classes=len(seeds),
            seeds=(_SEED,),
            worth=np.full(len(rows), TEACHER_WORTH),
        )
        margins = model.margins_of(both)
    return Landscape(matrix, latent, linear.shares(margins))


def directions(matrix: Any) -> Floats:
    """Return texts as unit vectors of latent directions: texts × directions."""
    return _unit(_analysis(matrix).transform(matrix))


def clear(scores: Floats, *, most: int | None = None) -> tuple[Ints, Ints]:
    """Return which texts are clear and as what: of each service those ahead by most."""
    best = scores.argmax(axis=1)
    ordered = np.sort(scores, axis=1)
    lead = ordered[:, -1] - ordered[:, -2] if scores.shape[1] > 1 else ordered[:, -1]
    rows: list[Ints] = []
    for number in range(scores.shape[1]):
        own = np.flatnonzero(best == number)
        count = most if most is not None else max(CLEAREST, int(CLEAR_SHARE * len(own)))
        rows.append(own[np.argsort(-lead[own], kind="stable")[:count]])
    chosen = np.concatenate(rows)
    return chosen, best[chosen]


def worth_of_guesses(decisions: int) -> float:
    """Return what a guessed text counts beside a decided one."""
    return GUESS_WORTH / (1.0 + decisions / GUESS_HALVED_AT)


def _analysis(matrix: Any) -> Any:
    # Imported here: it takes seconds, and only learning needs it.
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415

    most = min(DIRECTIONS, matrix.shape[0] // LEAST_TEXTS_PER_DIRECTION, matrix.shape[1] - 1)
    return TruncatedSVD(max(1, most), n_iter=2, random_state=_SEED).fit(matrix)


def _unit(rows: Any) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float64)
    return unit
