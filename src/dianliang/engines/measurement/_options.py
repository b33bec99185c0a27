"""IPMVP's other options: one key parameter measured (A), and a calibrated model (D, in brief).

Options B and C are `savings`: a meter on what was changed, or on the whole site.
"""

from dataclasses import dataclass
from math import sqrt

from scipy.special import stdtrit

from dianliang.engines.measurement._checks import (
    SMALLEST,
    BadFiguresError,
    confidence,
    series,
    within,
)
from dianliang.engines.measurement._days import Floats
from dianliang.engines.measurement._findings import Code, Finding, Status, found, status_of

FEWEST_SAMPLES, FEWEST_MONTHS = 3, 12
MOST_BIAS, MOST_SCATTER = 0.05, 0.15
"""Guideline 14's limits for a model held against monthly bills."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSavings:
    """A saving in kWh by option A or D; bounds None where refused. `method` names the option."""

    method: str
    saved_kwh: float
    low_kwh: float | None
    high_kwh: float | None
    level: float
    status: Status
    findings: tuple[Finding, ...]


def key_parameter(
    *,
    before_kw: Floats,
    after_kw: Floats,
    hours: float,
    hours_error: float,
    level: float = 0.9,
) -> OptionSavings:
    """Option A: power measured on samples (n,) and (m,), hours agreed with a standard error.

    Samples are of separate machines or days; readings in a row are one sample. Both errors go into
    the interval, and the share that comes from what was only agreed is said.

    Raises:
        BadFiguresError: fewer than three samples a side, a power below zero, hours of zero or
            less, an error below zero, or anything that is not a number.
    """
    confidence(level)
    before_kw = series(
        before_kw, ("改造前样本功率", "samples before"), fewest=FEWEST_SAMPLES, low=0
    )
    after_kw = series(after_kw, ("改造后样本功率", "samples after"), fewest=FEWEST_SAMPLES, low=0)
    within(hours, ("运行小时数", "hours"))
    within(hours_error, ("小时数的标准误差", "the error of hours"), low=0)
    less = float(before_kw.mean() - after_kw.mean())
    power = sum(float(side.var(ddof=1)) / len(side) for side in (before_kw, after_kw))
    measured, agreed = hours**2 * power, less**2 * hours_error**2
    freedom = min(len(before_kw), len(after_kw)) - 1
    reach = float(stdtrit(freedom, 0.5 + level / 2)) * sqrt(measured + agreed)
    saved = less * hours
    share = agreed / (measured + agreed) if measured + agreed else 0.0
    findings = [found(Code.STIPULATED, share=share)]
    if saved <= reach:
        findings.append(found(Code.NOT_SHOWN))
    return OptionSavings(
        method="IPMVP A",
        saved_kwh=saved,
        low_kwh=saved - reach,
        high_kwh=saved + reach,
        level=level,
        status=status_of(findings),
        findings=tuple(findings),
    )


def calibrated(
    *, billed_kwh: Floats, modelled_kwh: Floats, with_measure_kwh: Floats, level: float = 0.9
) -> OptionSavings:
    """Option D in brief: a model held against bills (n,) by month, then run with the measure.

    Only a model within Guideline 14's limits of bias and scatter carries an interval. The model is
    scaled to the bills; its error counts twice: nothing tells how well it knows the measure. All
    is energy used, not net of what is fed in.

    Raises:
        BadFiguresError: fewer than twelve months, series of different length, energy below zero or
            not a number, or none in the whole year.
    """
    confidence(level)
    billed_kwh = series(billed_kwh, ("账单电量", "bills"), low=0)
    modelled_kwh = series(modelled_kwh, ("模型电量", "the model"), low=0)
    with_measure_kwh = series(with_measure_kwh, ("带措施模型电量", "the model with it"), low=0)
    n = len(billed_kwh)
    if n < FEWEST_MONTHS or not n == len(modelled_kwh) == len(with_measure_kwh):
        raise BadFiguresError(
            "账单、模型和带措施的模型须覆盖同样的至少十二个月。",
            "bills, model and model with the measure need the same twelve months",
        )
    total, mean = float(billed_kwh.sum()), float(billed_kwh.mean())
    if not min(total, float(modelled_kwh.sum())) >= SMALLEST:
        raise BadFiguresError(
            "全年账单电量和模型电量都应大于 0。",
            "a year of bills and of the model must be more than zero",
        )
    bias = float(modelled_kwh.sum()) / total - 1
    scatter = sqrt(float(((billed_kwh - modelled_kwh) ** 2).sum()) / (n - 1)) / mean
    scale = total / float(modelled_kwh.sum())
    saved = scale * float((modelled_kwh - with_measure_kwh).sum())
    left = billed_kwh - scale * modelled_kwh
    error = sqrt(2 * n * float(left.var(ddof=1)))
    reach = float(stdtrit(n - 1, 0.5 + level / 2)) * error
    findings: list[Finding] = []
    if abs(bias) > MOST_BIAS or scatter > MOST_SCATTER:
        findings.append(found(Code.UNCALIBRATED, bias=bias, cv=scatter))
    else:
        findings.append(found(Code.MODELLED))
        if saved <= reach:
            findings.append(found(Code.NOT_SHOWN))
    refused = any(finding.is_refusal for finding in findings)
    return OptionSavings(
        method="IPMVP D",
        saved_kwh=saved,
        low_kwh=None if refused else saved - reach,
        high_kwh=None if refused else saved + reach,
        level=level,
        status=status_of(findings),
        findings=tuple(findings),
    )
