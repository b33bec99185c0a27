"""Energy by what is produced: kWh per kilogram, per shot, and what a machine takes for being on.

A machine's energy is what it takes per hour it is on and per unit of each product; its saving is
what the reporting period's own output would have taken before, less what was measured. A bare ratio
of kWh per kg would call a busy month a saving. Source: ISO 50015:2014 and IPMVP Core Concepts
(routine adjustments by independent variables); the interval is that of `_savings`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.measurement._checks import (
    LARGEST,
    SMALLEST,
    BadFiguresError,
    confidence,
    distinct,
    figures,
    series,
)
from dianliang.engines.measurement._days import Floats
from dianliang.engines.measurement._findings import Code, Finding, Status, found, outcome, status_of
from dianliang.engines.measurement._uncertainty import Noise, noise

FEWEST_PERIODS = 20
FEWEST_FREEDOM = 5.0
UNSEEN, MARGIN = 0.1, 0.1
"""Output further than this share of its range outside the baseline's was not seen."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ProductionBaseline:
    """What drives a machine's energy: one coefficient per name, kWh per its unit.

    `drivers` (n, k) and `residuals_kwh` (n,) are those of the base period; periods (shifts, days)
    are equally long and in order. `dropped` counts periods with something missing.
    """

    names: tuple[str, ...]
    coefficients: Floats
    drivers: Floats
    residuals_kwh: Floats
    noise: Noise
    dropped: int

    @property
    def kwh_per_unit(self) -> dict[str, float]:
        """Return the coefficients by name."""
        return dict(zip(self.names, map(float, self.coefficients), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionSavings:
    """What the reporting period's output would have taken, less what it took; kWh, None: refused.

    `intensity_before` and `intensity_after` are kWh per unit of the first driver, all drivers
    together: shown because people ask for them, not used; None where that driver was nothing.
    """

    expected_kwh: float
    measured_kwh: float
    low_kwh: float | None
    high_kwh: float | None
    intensity_before: float | None
    intensity_after: float | None
    periods: int
    status: Status
    findings: tuple[Finding, ...]

    @property
    def saved_kwh(self) -> float:
        """Expected less measured."""
        return self.expected_kwh - self.measured_kwh


def fit_production(*, names: Sequence[str], drivers: Floats, kwh: Floats) -> ProductionBaseline:
    """Fit energy `kwh` (n,) to `drivers` (n, k): hours on, kilograms or shots by product.

    Periods with a missing figure are left out and counted. A driver that never changes is what the
    machine takes for being on.

    Raises:
        BadFiguresError: shapes do not fit, no names or one twice, an infinite figure, or fewer
            periods are whole than there are drivers.
    """
    distinct(names, ("产量指标", "a driver"))
    drivers, kwh, whole = _periods(names, drivers, kwh)
    if whole.sum() <= len(names):
        raise BadFiguresError(
            "完整的时段须多于产量指标的个数。",
            "more whole periods are needed than there are drivers",
        )
    solved = np.linalg.lstsq(drivers[whole], kwh[whole], rcond=None)[0]
    coefficients = np.asarray(solved, dtype=np.float64)
    if not bool((np.abs(coefficients) <= LARGEST).all()):
        raise BadFiguresError(
            "产量数值过小，算不出单位能耗，请换单位。",
            "drivers are too small to tell energy per unit: take another unit",
        )
    left = np.where(whole, kwh - np.nan_to_num(drivers) @ coefficients, np.nan)
    return ProductionBaseline(
        names=tuple(names),
        coefficients=coefficients,
        drivers=drivers[whole],
        residuals_kwh=left,
        noise=noise(left[:, None], np.array([float(len(names))])),
        dropped=int((~whole).sum()),
    )


def production_savings(
    baseline: ProductionBaseline, *, drivers: Floats, kwh: Floats, level: float = 0.9
) -> ProductionSavings:
    """Compare measured energy `kwh` (m,) with what its own `drivers` (m, k) would have taken.

    Raises:
        BadFiguresError: shapes do not fit, a figure is infinite, no period is whole, or the level
            is not between 0 and 1.
    """
    confidence(level)
    drivers, kwh, whole = _periods(baseline.names, drivers, kwh)
    if not whole.any():
        raise BadFiguresError("报告期没有一个时段数据完整。", "no reporting period is whole")
    asked, used = drivers[whole], kwh[whole]
    expected = asked @ baseline.coefficients
    total, told = asked.sum(axis=0), baseline.noise
    spread = np.linalg.pinv(baseline.drivers.T @ baseline.drivers, hermitian=True)
    variance = float(told.sum_variance(np.array([float(len(used))]))[0])
    leverage = max(float(total @ spread @ total), 0.0)
    variance += float(told.sigma[0] ** 2 * told.inflation[0]) * leverage
    reach = float(told.quantile(level)[0]) * sqrt(variance)
    saved = float((expected - used).sum())
    findings = list(_findings(baseline, asked, len(used), len(kwh)))
    refused = any(finding.is_refusal for finding in findings)
    total_kwh = float(expected.sum())
    findings += outcome(saved=saved, expected=total_kwh, reach=reach, is_refused=refused)
    before = baseline.drivers @ baseline.coefficients
    return ProductionSavings(
        expected_kwh=total_kwh,
        measured_kwh=float(used.sum()),
        low_kwh=None if refused else saved - reach,
        high_kwh=None if refused else saved + reach,
        intensity_before=_intensity(before, baseline.drivers),
        intensity_after=_intensity(used, asked),
        periods=len(used),
        status=status_of(findings),
        findings=tuple(findings),
    )


def _periods(
    names: Sequence[str], drivers: Floats, kwh: Floats
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return drivers and energy as figures, and which periods are whole."""
    drivers = figures(drivers, ("产量", "drivers"), may_miss=True)
    kwh = series(kwh, ("电量", "energy"), may_miss=True)
    if not names or drivers.shape != (len(kwh), len(names)):
        raise BadFiguresError(
            "产量表须每个时段一行、每个指标一列。",
            "drivers must have one row per period and one column per name",
        )
    return drivers, kwh, np.isfinite(kwh) & np.isfinite(drivers).all(axis=1)


def _intensity(kwh: Floats, drivers: Floats) -> float | None:
    output = float(drivers[:, 0].sum())
    return float(kwh.sum()) / output if output >= SMALLEST else None


def _findings(
    baseline: ProductionBaseline, asked: Floats, whole: int, periods: int
) -> list[Finding]:
    said: list[Finding] = []
    told, n = baseline.noise, len(baseline.drivers)
    if n < FEWEST_PERIODS:
        said.append(found(Code.FEW_BLOCKS, n=n, least=FEWEST_PERIODS))
    if float(told.freedom[0]) < FEWEST_FREEDOM:
        said.append(found(Code.FEW_EFFECTIVE, effective=told.freedom[0]))
    low, high = baseline.drivers.min(axis=0), baseline.drivers.max(axis=0)
    room = MARGIN * (high - low) + 1e-9 * np.abs(high)
    unseen = float(((asked < low - room) | (asked > high + room)).any(axis=1).mean())
    if unseen > UNSEEN:
        said.append(found(Code.OUTPUT_UNSEEN, share=unseen))
    complete = min(whole / periods, n / (n + baseline.dropped))
    if complete < 1 - UNSEEN:
        said.append(found(Code.MANY_MISSING, share=complete))
    return said
