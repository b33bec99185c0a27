"""What a model's confidence is worth: how often it was right at that confidence.

Method: decided texts that the model had not seen, in bins of equal count by confidence; isotonic
regression over the bins, straight lines between them. The fewer the texts, the more the model's own
word stays. A text that was drawn by chance counts for those that were not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_BINS, LEAST_PER_BIN = 20, 25
HALF_BELIEF = 100
MOST_CONFIDENCE = 0.995
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Points of the curve, ascending; without points, confidence is taken at its word."""

    said: Floats
    kept: Floats

    def worth(self, confidence: Floats) -> Floats:
        """Return how often texts of such a confidence are right."""
        if not len(self.said):
            return confidence
        found: Floats = np.interp(confidence, self.said, self.kept)
        return found

    def applied(self, shares: Floats) -> Floats:
        """Give the best share of each row what it is worth, the others what that leaves."""
        best = shares.max(axis=-1, keepdims=True)
        worth = self.worth(best)
        others = shares.sum(axis=-1, keepdims=True) - best
        room = np.minimum(worth / np.maximum(best, 1e-12), (1 - worth) / np.maximum(others, 1e-12))
        found: Floats = np.where(shares == best, worth, shares * room)
        return found


AT_ITS_WORD = Reliability(np.empty(0), np.empty(0))


def reliability(
    confidence: Floats, is_right: Flags, *, stands_for: Floats | None = None
) -> Reliability:
    """Measure the curve; too few texts leave confidence at its word."""
    counts = np.ones(len(confidence)) if stands_for is None else stands_for
    bins = min(MOST_BINS, len(confidence) // LEAST_PER_BIN)
    if bins < 2:
        return AT_ITS_WORD
    # Imported here: it takes a while, and only learning needs it.
    from scipy.optimize import isotonic_regression  # noqa: PLC0415

    parts = np.array_split(np.argsort(confidence, kind="stable"), bins)
    said = np.array([np.average(confidence[part], weights=counts[part]) for part in parts])
    right = np.array([np.average(is_right[part], weights=counts[part]) for part in parts])
    weights = np.array([counts[part].sum() for part in parts])
    beyond = len(confidence) - 2 * LEAST_PER_BIN
    belief = beyond / (beyond + HALF_BELIEF)
    kept = belief * np.asarray(isotonic_regression(right, weights=weights).x) + (1 - belief) * said
    return Reliability(
        np.concatenate([[0.0], said, [1.0]]),
        np.minimum(MOST_CONFIDENCE, np.concatenate([[0.0], kept, kept[-1:]])),
    )
