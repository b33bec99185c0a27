"""What a figure means, before the figure: good, fair, poor, or too little to tell."""

from enum import StrEnum

from dianliang.engines.labelling._agreement import Agreement
from dianliang.engines.labelling._calibration import Calibration

FEWEST_PAIRS, FEWEST_SUGGESTIONS = 20, 100
"""Below these a kappa is uncertain by more than .3, and an error of calibration is mostly chance:
with ten bins of ten, each is off by some fifteen points without any fault."""
STRONG, WEAK = 0.8, 0.6
"""Kappa: from the first on labels can be built on, below the second they cannot (McHugh, Interrater
reliability: the kappa statistic, Biochemia Medica 22, 2012)."""
CLOSE, FAR = 0.05, 0.1


class Verdict(StrEnum):
    """Whether one can build on it."""

    UNKNOWN = "unknown"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


def agreement_verdict(found: Agreement) -> Verdict:
    """Return what a kappa means."""
    if found.kappa is None or found.n < FEWEST_PAIRS:
        return Verdict.UNKNOWN
    if found.kappa >= STRONG:
        return Verdict.GOOD
    return Verdict.FAIR if found.kappa >= WEAK else Verdict.POOR


def calibration_verdict(found: Calibration) -> Verdict:
    """Return what an expected calibration error means."""
    if found.error is None or found.n < FEWEST_SUGGESTIONS:
        return Verdict.UNKNOWN
    if found.error <= CLOSE:
        return Verdict.GOOD
    return Verdict.FAIR if found.error <= FAR else Verdict.POOR
