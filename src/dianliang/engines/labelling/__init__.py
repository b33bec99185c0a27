"""How good labels and their model are: agreement of people, drift of classes, calibration."""

from dianliang.engines.labelling._agreement import Agreement, cohen_kappa
from dianliang.engines.labelling._calibration import BINS, Bin, Calibration, bin_of, calibration
from dianliang.engines.labelling._drift import Change, Shift, Size, stability
from dianliang.engines.labelling._verdicts import (
    Verdict,
    agreement_verdict,
    calibration_verdict,
)

__all__ = [
    "BINS",
    "Agreement",
    "Bin",
    "Calibration",
    "Change",
    "Shift",
    "Size",
    "Verdict",
    "agreement_verdict",
    "bin_of",
    "calibration",
    "calibration_verdict",
    "cohen_kappa",
    "stability",
]
