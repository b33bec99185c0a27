"""Savings against meters that had no measure: what would have happened anyway is taken off.

Meters to compare with are matched by the shape of their base year; the difference of both groups'
mean changes is the saving, and the spread within the groups its error: what moves all meters alike
(a policy, a price, a warm year that no model caught) drops out. Sources: IPMVP Core Concepts on
control groups; Angrist and Pischke, Mostly Harmless Econometrics, 2009, ch. 5; Welch, Biometrika 34
(1947) 28 (degrees of freedom).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import stdtrit

from dianliang.engines.measurement._checks import (
    SMALLEST,
    BadFiguresError,
    confidence,
    figures,
    series,
)
from dianliang.engines.measurement._days import Floats
from dianliang.engines.measurement._findings import Code, Finding, Status, found, status_of

FEWEST = 10
MOST_APART = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A saving as a share of expected energy: of the treated, of the compared, and between them."""

    fraction: float
    treated: float
    compared: float
    low: float | None
    high: float | None
    level: float
    status: Status
    findings: tuple[Finding, ...]


def matched(treated: Floats, pool: Floats) -> NDArray[np.int64]:
    """Return for each treated meter the number of its match in the pool; nobody serves twice.

    `treated` (n, k) and `pool` (m, k) are energy by month or season; what is matched are shapes
    (shares of the year) and, more weakly, sizes. The least total distance (Hungarian method).

    Raises:
        BadFiguresError: the pool is smaller than the group, both do not have the same months, a
            figure is missing or below zero, or a meter used nothing.
    """
    name = ("每户每月电量", "energy of every month")
    treated, pool = figures(treated, name, low=0), figures(pool, name, low=0)
    if treated.ndim != 2 or pool.ndim != 2 or treated.shape[1] != pool.shape[1]:
        raise BadFiguresError(
            "措施户与备选对照户须有同样的月份，一户一行。",
            "both groups need the same months, one row per meter",
        )
    if len(pool) < len(treated):
        raise BadFiguresError(
            "备选对照户少于措施户，请补充备选户。",
            "there are fewer meters to compare with than meters to match",
        )
    both = np.concatenate([treated, pool])
    if not bool((both.sum(axis=1) >= SMALLEST).all()):
        raise BadFiguresError(
            "有用户全年没有电量，请先剔除。",
            "a meter used nothing: every meter needs its energy of every month",
        )
    size = np.log(both.sum(axis=1, keepdims=True))
    shape = both / both.sum(axis=1, keepdims=True) * both.shape[1]
    place = np.concatenate([shape, size * 0.5], axis=1)
    apart = place[: len(treated), None, :] - place[None, len(treated) :, :]
    _, chosen = linear_sum_assignment((apart**2).sum(axis=2))
    return np.asarray(chosen, dtype=np.int64)


def compared(
    *,
    treated: Floats,
    others: Floats,
    placebo: tuple[Floats, Floats] | None = None,
    level: float = 0.9,
) -> Compared:
    """Compare two groups' saved shares (n,) and (m,), each by its own baseline.

    `placebo` holds both groups' shares "saved" in a part of the base period that was left out of
    the fits: if they differ there, they compare badly.

    Raises:
        BadFiguresError: a group (of the placebo too) has fewer than two meters, or a share is not
            a number.
    """
    confidence(level)
    treated = series(treated, ("措施户节能率", "shares of the treated"))
    others = series(others, ("对照户节能率", "shares of the others"))
    groups = [treated, others]
    if placebo is not None:
        name = ("基准期检验的节能率", "shares of the placebo")
        placebo = (series(placebo[0], name), series(placebo[1], name))
        groups += placebo
    if min(map(len, groups)) < 2:
        raise BadFiguresError("每组至少要有两户。", "each group needs at least two meters")
    findings: list[Finding] = []
    fewest = min(len(treated), len(others))
    if fewest < FEWEST:
        findings.append(found(Code.FEW_COMPARED, n=fewest, least=FEWEST))
    if placebo is not None:
        apart, error, freedom = _difference(*placebo)
        sure = abs(apart) > float(stdtrit(freedom, 0.95)) * error
        if abs(apart) > MOST_APART and sure:
            findings.append(found(Code.COMPARISON_DIFFERS, share=abs(apart)))
    saved, error, freedom = _difference(treated, others)
    reach = float(stdtrit(freedom, 0.5 + level / 2)) * error
    refused = any(finding.is_refusal for finding in findings)
    if not refused and saved <= reach:
        findings.append(found(Code.NOT_SHOWN))
    return Compared(
        fraction=saved,
        treated=float(treated.mean()),
        compared=float(others.mean()),
        low=None if refused else saved - reach,
        high=None if refused else saved + reach,
        level=level,
        status=status_of(findings),
        findings=tuple(findings),
    )


def _difference(one: Floats, other: Floats) -> tuple[float, float, float]:
    """Return the difference of means, its error and Welch's degrees of freedom."""
    first, second = float(one.var(ddof=1)) / len(one), float(other.var(ddof=1)) / len(other)
    both = first + second
    parts = first**2 / (len(one) - 1) + second**2 / (len(other) - 1)
    freedom = both**2 / parts if parts > 0 else float(len(one) + len(other) - 2)
    return float(one.mean() - other.mean()), sqrt(both), freedom
