"""Whether projects with something took less time than those without, as far as few can tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from statistics import median

LEVEL = 0.90
ROUNDING = 1e-9
"""A chance of exactly one in twenty is one, however the level is rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two groups of durations in days.

    `shift_days` is the median of all differences (Hodges and Lehmann 1963), negative where the
    first group was quicker; [`low_days`, `high_days`] holds the true shift with at least the
    level's probability (exact, from the distribution of Mann and Whitney 1947). Both ends are
    None where so few projects allow no interval of that level at all.
    """

    first_count: int
    second_count: int
    first_median_days: float
    second_median_days: float
    shift_days: float
    low_days: float | None
    high_days: float | None

    @property
    def is_known(self) -> bool:
        """Tell whether there is an interval."""
        return self.low_days is not None

    @property
    def excludes_zero(self) -> bool:
        """Tell whether no difference at all is ruled out."""
        if self.low_days is None or self.high_days is None:
            return False
        return self.low_days > 0 or self.high_days < 0


def compare(
    *, first: Sequence[float], second: Sequence[float], level: float = LEVEL
) -> Comparison | None:
    """Compare two groups of durations; None where one is empty.

    It says what differs, never why: nobody drew by lot which project got what.
    Cost: n·m·min(n, m) for n and m projects.
    """
    if not first or not second:
        return None
    differences = sorted(a - b for a in first for b in second)
    place = _place(len(first), len(second), (1 - level) / 2)
    return Comparison(
        first_count=len(first),
        second_count=len(second),
        first_median_days=median(first),
        second_median_days=median(second),
        shift_days=median(differences),
        low_days=differences[place - 1] if place else None,
        high_days=differences[-place] if place else None,
    )


def _place(n: int, m: int, tail: float) -> int:
    """Return which difference from either end bounds the interval; 0 where none does."""
    ways, total, found = _ways(n, m), comb(n + m, n), 0
    for k in range(1, n * m // 2 + 1):
        if sum(ways[:k]) > tail * total + ROUNDING:
            break
        found = k
    return found


def _ways(n: int, m: int) -> list[int]:
    """Return how many orders of two groups give each value of Mann and Whitney's U.

    They are the coefficients of the Gaussian binomial: multiply by (1 - q^(m+i)), divide by
    (1 - q^i), i up to n.
    """
    size = n * m + 1
    ways = [1] + [0] * (size - 1)
    for i in range(1, n + 1):
        for k in range(size - 1, m + i - 1, -1):
            ways[k] -= ways[k - m - i]
        for k in range(i, size):
            ways[k] += ways[k - i]
    return ways
