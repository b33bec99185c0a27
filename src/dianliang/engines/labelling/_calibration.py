"""Is a confidence of eighty per cent right in eighty of a hundred?"""

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Suggestions of about one confidence: how many, its mean, and how many were right."""

    number: int
    n: int
    mean_confidence: float
    right: int

    @property
    def share_right(self) -> float | None:
        """Return how often it was right; None for an empty bin."""
        return self.right / self.n if self.n else None

    @property
    def span(self) -> tuple[float, float]:
        """Return the confidences from which and to which it reaches."""
        return self.number / BINS, (self.number + 1) / BINS


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The bins, and how far confidence and truth lie apart over all; None without any."""

    bins: tuple[Bin, ...]
    n: int
    error: float | None


def bin_of(confidence: float) -> int:
    """Return which of ten equal bins a confidence between 0 and 1 lies in; 1 is in the last."""
    return min(BINS - 1, max(0, int(confidence * BINS)))


def calibration(bins: Sequence[Bin]) -> Calibration:
    """Return all ten bins with the expected calibration error.

    ECE = sum over bins of n_b / n times |share right - mean confidence|. Source: Naeini, Cooper
    and Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015, with
    the equal bins of Guo et al., ICML 2017.

    Raises:
        ValueError: a bin comes twice, is none of the ten, or has more right than it has.
    """
    known = {one.number: one for one in bins}
    if len(known) != len(bins) or not known.keys() <= set(range(BINS)):
        raise ValueError("each of the ten bins may come once")
    if any(not 0 <= one.right <= one.n for one in bins):
        raise ValueError("no more can be right than there are")
    n = sum(one.n for one in bins)
    apart = sum(abs(one.right - one.n * one.mean_confidence) for one in bins)
    empty = [
        Bin(number=number, n=0, mean_confidence=0.0, right=0)
        for number in range(BINS)
        if number not in known
    ]
    return Calibration(
        bins=tuple(sorted((*bins, *empty), key=lambda one: one.number)),
        n=n,
        error=apart / n if n else None,
    )
