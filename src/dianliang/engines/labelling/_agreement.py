"""Do two people who do not see each other's choice choose the same?"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964
"""Two-sided 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of `n` pairs the share that agrees, the share that chance gives, and kappa between them.

    `kappa` is None without pairs, or where both always chose one and the same: then chance gives
    all. `low` and `high` are its 95 % interval.
    """

    n: int
    observed: float = 0.0
    expected: float = 0.0
    kappa: float | None = None
    low: float | None = None
    high: float | None = None


def cohen_kappa(pairs: Mapping[tuple[str, str], int]) -> Agreement:
    """Return Cohen's kappa of counted pairs (first person's choice, second person's).

    kappa = (po - pe) / (1 - pe), where po is the share of equal pairs and pe = sum over classes of
    the product of both marginal shares. Source: Cohen, A coefficient of agreement for nominal
    scales, Educ. Psychol. Meas. 20 (1960) 37-46; the standard error is his formula 7,
    sqrt(po (1 - po) / n) / (1 - pe). Cost: linear in the number of different pairs.

    Raises:
        ValueError: a count is negative.
    """
    if any(count < 0 for count in pairs.values()):
        raise ValueError("a count of pairs cannot be negative")
    n = sum(pairs.values())
    if not n:
        return Agreement(n=0)
    first: Counter[str] = Counter()
    second: Counter[str] = Counter()
    for (one, other), count in pairs.items():
        first[one] += count
        second[other] += count
    equal = sum(count for (one, other), count in pairs.items() if one == other)
    # In whole numbers until the end: always the same class gives an expectation of exactly one.
    met = sum(count * second[one] for one, count in first.items())
    observed, expected = equal / n, met / n**2
    if met == n**2:
        return Agreement(n=n, observed=observed, expected=1.0)
    kappa = (observed - expected) / (1 - expected)
    error = sqrt(observed * (1 - observed) / n) / (1 - expected)
    return Agreement(
        n=n,
        observed=observed,
        expected=expected,
        kappa=kappa,
        low=max(-1.0, kappa - Z95 * error),
        high=min(1.0, kappa + Z95 * error),
    )
