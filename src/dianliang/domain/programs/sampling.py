"""Draw a sample of what was done, and say what it tells of the whole.

Drawn without replacement from a finite population, so the interval is the exact one of the
hypergeometric distribution: it closes when everything was looked at (Wang 2015, Exact optimal
confidence intervals for hypergeometric parameters, JASA 110; here the plain two-sided tails).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import ceil, exp, inf, lgamma
from random import Random

CONFIDENCE = 0.95
MARGIN = 0.05
Z_95 = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share that passed in the sample, and where the share of the whole lies at 95 %."""

    passed: int
    size: int
    population: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """Return the share of the sample."""
        return self.passed / self.size


def suggested_size(population: int) -> int:
    """Return the size at which a share is known to ±5 points at 95 %, whatever it is.

    Cochran's n with the finite population correction (Cochran 1977, Sampling Techniques, 4.1).
    """
    if population <= 0:
        return 0
    unlimited = Z_95**2 * 0.25 / MARGIN**2
    return min(population, ceil(unlimited / (1 + (unlimited - 1) / population)))


def draw(keys: Collection[str], *, size: int, seed: int) -> tuple[str, ...]:
    """Return `size` of the keys; the same keys and seed give the same sample in any order."""
    return tuple(sorted(Random(seed).sample(sorted(keys), size)))  # noqa: S311 (anybody can draw it again)


def share(*, passed: int, size: int, population: int) -> Share:
    """Return the share that passed with its exact two-sided 95 % interval.

    Raises:
        ValueError: the three do not fit together.
    """
    if not 0 <= passed <= size <= population or size == 0:
        raise ValueError("need 0 <= passed <= size <= population and a sample")
    tail = (1 - CONFIDENCE) / 2
    low, high = passed, population - (size - passed)
    least = _first(
        low, high, lambda good: _at_least(passed, good=good, size=size, of=population) > tail
    )
    most = _first(
        least, high, lambda good: _at_most(passed, good=good, size=size, of=population) <= tail
    )
    if _at_most(passed, good=most, size=size, of=population) <= tail:
        most -= 1
    return Share(
        passed=passed,
        size=size,
        population=population,
        low=least / population,
        high=max(least, most) / population,
    )


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """Return the first number from `low` for which a rule holds that then keeps holding."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _at_least(passed: int, *, good: int, size: int, of: int) -> float:
    return sum(
        _probability(k, good=good, size=size, of=of) for k in range(passed, min(size, good) + 1)
    )


def _at_most(passed: int, *, good: int, size: int, of: int) -> float:
    return sum(_probability(k, good=good, size=size, of=of) for k in range(passed + 1))


def _probability(k: int, *, good: int, size: int, of: int) -> float:
    """Return the chance of `k` good ones in a sample (hypergeometric), by logarithms."""
    log = _choose(good, k) + _choose(of - good, size - k) - _choose(of, size)
    return exp(log)


def _choose(n: int, k: int) -> float:
    if not 0 <= k <= n:
        return -inf
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
