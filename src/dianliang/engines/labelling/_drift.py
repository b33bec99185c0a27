"""Do people ask for other things than before, or is it chance?"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import log

SMALL, LARGE = 0.1, 0.25
"""Below the first nothing has changed, from the second on much has (Siddiqi 2006, page 136)."""
HALF_A_CASE = 0.5
"""Added to every count, so that a class that was never seen has a logarithm (Jeffreys)."""
Z95_ONE_SIDED = 1.644854


class Size(StrEnum):
    """How much two shares of classes differ, beyond what chance explains."""

    UNKNOWN = "unknown"
    NONE = "none"
    SOME = "some"
    MUCH = "much"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One class: its share before and after, and what it adds to the index."""

    name: str
    before: float
    after: float
    part: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """The population stability index, the limit that chance stays below in 95 of 100, and why."""

    index: float
    chance: float
    size: Size
    changes: tuple[Change, ...]


def stability(before: Mapping[str, int], after: Mapping[str, int]) -> Shift:
    """Return how far the shares of classes have moved from `before` to `after`, both counts.

    PSI = sum over classes of (a - b) ln(a / b), the symmetric divergence of Jeffreys. Sources:
    Siddiqi, Credit Risk Scorecards (Wiley 2006) for index and marks; Yurdakul and Naranjo,
    Statistical properties of the population stability index, J. Risk Model Validation 14 (2020):
    without any change PSI / (1/n + 1/m) is chi-squared with one degree less than classes, so small
    samples move by chance alone. A mark needs both. The quantile of chi-squared is that of Wilson
    and Hilferty (1931), good to a percent. Changes come largest first.

    Raises:
        ValueError: a count is negative.
    """
    if any(count < 0 for count in (*before.values(), *after.values())):
        raise ValueError("a count of a class cannot be negative")
    names = sorted({name for counts in (before, after) for name, count in counts.items() if count})
    n, m = sum(before.values()), sum(after.values())
    if not n or not m:
        return Shift(index=0.0, chance=0.0, size=Size.UNKNOWN, changes=())
    changes = [
        _change(name, before.get(name, 0), after.get(name, 0), n=n, m=m, classes=len(names))
        for name in names
    ]
    index = sum(change.part for change in changes)
    chance = _chi_squared_95(len(names) - 1) * (1 / n + 1 / m)
    return Shift(
        index=index,
        chance=chance,
        size=_size(index, chance),
        changes=tuple(sorted(changes, key=lambda change: (-change.part, change.name))),
    )


def _change(name: str, before: int, after: int, *, n: int, m: int, classes: int) -> Change:
    was = (before + HALF_A_CASE) / (n + HALF_A_CASE * classes)
    is_ = (after + HALF_A_CASE) / (m + HALF_A_CASE * classes)
    part = (is_ - was) * log(is_ / was)
    return Change(name=name, before=before / n, after=after / m, part=part)


def _size(index: float, chance: float) -> Size:
    if index < SMALL or index <= chance:
        return Size.NONE
    return Size.MUCH if index >= LARGE else Size.SOME


def _chi_squared_95(degrees: int) -> float:
    """Return what chi-squared stays below in 95 of 100 cases."""
    if degrees < 1:
        return 0.0
    spread = 2 / (9 * degrees)
    return float(degrees * (1 - spread + Z95_ONE_SIDED * spread**0.5) ** 3)
