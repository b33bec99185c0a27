"""Is a new model worse than the one in use? Asked on the same decided needs, unseen by either.

Method: McNemar's test, exact and one-sided: of the texts that only one of the two got right, as
many or more went wrong with the new one as chance alone would give in one of twenty comparisons.
McNemar, Q. (1947), Note on the sampling error of the difference between correlated proportions,
Psychometrika 12. A rare service counts as much as a common one in macro-F1: that may not fall
either, by more than `F1_GIVEN_AWAY`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

WORSE_BY_CHANCE = 0.05
F1_GIVEN_AWAY = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two models on the same texts; shares are of texts."""

    texts: int
    before_right: int
    after_right: int
    before_f1: float
    after_f1: float
    only_before: int
    """Texts that only the model in use got right."""
    only_after: int
    chance: float
    """How likely so many losses are if the two are equally good."""

    @property
    def is_worse(self) -> bool:
        """Tell whether the new model loses more than chance would, or forgets rare services."""
        lost_rare = self.before_f1 - self.after_f1 > F1_GIVEN_AWAY
        is_fewer = self.only_before > self.only_after
        return (is_fewer and self.chance < WORSE_BY_CHANCE) or (lost_rare and is_fewer)


def compare_models(
    truth: Sequence[str], *, before: Sequence[str], after: Sequence[str]
) -> Comparison:
    """Compare what two models named for texts with what persons chose, all of equal length."""
    rows = list(zip(truth, before, after, strict=True))
    only_before = sum(b == t != a for t, b, a in rows)
    only_after = sum(a == t != b for t, b, a in rows)
    return Comparison(
        texts=len(rows),
        before_right=sum(b == t for t, b, _ in rows),
        after_right=sum(a == t for t, _, a in rows),
        before_f1=macro_f1(truth, before),
        after_f1=macro_f1(truth, after),
        only_before=only_before,
        only_after=only_after,
        chance=_as_many_by_chance(only_before, only_before + only_after),
    )


def macro_f1(truth: Sequence[str], named: Sequence[str]) -> float:
    """Return the mean F1 of the services that persons chose; 0 without texts."""
    chosen, said = Counter(truth), Counter(named)
    right = Counter(t for t, n in zip(truth, named, strict=True) if t == n)
    each = [2 * right[code] / (chosen[code] + said[code]) for code in chosen]
    return sum(each) / len(each) if each else 0.0


def _as_many_by_chance(losses: int, differing: int) -> float:
    """Return the chance of at least so many heads in so many throws."""
    if not differing:
        return 1.0
    ways: int = sum(comb(differing, k) for k in range(losses, differing + 1))
    return float(Fraction(ways, 2**differing))
