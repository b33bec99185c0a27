"""What measures took off, against what became of those that had none in the same time.

Untreated ones that the same rule had chosen tell by how much a quantity would have changed anyway:
the mean of their ratios of after to before is applied to the treated. That is the best linear
prediction where what strays grows with the size (Royall, Biometrika 57 (1970) 377); where it grows
more slowly the interval is wider than it need be, never narrower. What was chosen because it was
high falls back by itself; the untreated, chosen alike, fall back with it.
"""

from dataclasses import dataclass
from math import sqrt

from scipy.special import stdtrit

from dianliang.engines.measurement._checks import BadFiguresError, confidence, figures
from dianliang.engines.measurement._days import Floats
from dianliang.engines.measurement._findings import Code, Finding, Status, found, status_of

FEWEST_UNTREATED = 6
"""With these and more, 90 % intervals held 87 to 98 % of placebo measures in trials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOff:
    """What measures took off all treated together, in the unit of what was handed in.

    `plain` is before less after alone; `ratio` is what the untreated kept of theirs, None where
    they are too few: then `total` is `plain`, without an interval.
    """

    total: float
    plain: float
    ratio: float | None
    low: float | None
    high: float | None
    level: float
    status: Status
    findings: tuple[Finding, ...]


def taken_off(
    *,
    treated: tuple[Floats, Floats],
    untreated: tuple[Floats, Floats],
    level: float = 0.9,
) -> TakenOff:
    """Return what measures took off, as sums over the treated.

    Each pair holds the same quantity (hours, shares of a rating) before and after, shapes (n,) and
    (m,). Before, the untreated have some each, as ratios are taken of them, and the treated some
    together: one that has it only after, as load was moved to it, takes from what was taken off.

    Raises:
        BadFiguresError: nothing was treated, a pair differs in length, a figure is missing or
            below zero, one of the untreated before is zero, or all of the treated are.
    """
    confidence(level)
    before, after = _pair(treated)
    others, later = _pair(untreated)
    if not len(before):
        raise BadFiguresError("没有治理过的对象。", "nothing was treated")
    if not (before.any() and (others > 0).all()):
        words = "治理前的数，没有治理的每个要大于零，治理的至少一个要大于零。"
        raise BadFiguresError(words, "figures before are above zero")
    plain = float(before.sum() - after.sum())
    if len(others) < FEWEST_UNTREATED:
        few = (found(Code.FEW_COMPARED, n=len(others), least=FEWEST_UNTREATED),)
        return TakenOff(
            total=plain,
            plain=plain,
            ratio=None,
            low=None,
            high=None,
            level=level,
            status=status_of(few),
            findings=few,
        )
    kept, size = later / others, float(before.sum())
    ratio, spread = float(kept.mean()), float(kept.std(ddof=1))
    error = spread * sqrt(float((before**2).sum()) + size**2 / len(others))
    reach = float(stdtrit(len(others) - 1, 0.5 + level / 2)) * error
    total = ratio * size - float(after.sum())
    findings = (found(Code.NOT_SHOWN),) if total <= reach else ()
    return TakenOff(
        total=total,
        plain=plain,
        ratio=ratio,
        low=total - reach,
        high=total + reach,
        level=level,
        status=status_of(findings),
        findings=findings,
    )


def _pair(both: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    name = ("治理前后的数", "figures before and after")
    before, after = (figures(one, name) for one in both)
    if before.ndim != 1 or before.shape != after.shape:
        raise BadFiguresError("治理前后的数要一一对应。", "before and after differ in length")
    if not bool((before >= 0).all() and (after >= 0).all()):
        raise BadFiguresError("治理前后的数不能是负数。", "figures are not below zero")
    return before, after
