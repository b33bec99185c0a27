"""Claims and factors; carbon accounts; measurement projects."""

from dianliang.domain.energy.models.carbon import CarbonAccount, CarbonEntry
from dianliang.domain.energy.models.claims import Claim, Evidence, Factor, FactorCheck
from dianliang.domain.energy.models.measuring import MeasurementProject

__all__ = [
    "CarbonAccount",
    "CarbonEntry",
    "Claim",
    "Evidence",
    "Factor",
    "FactorCheck",
    "MeasurementProject",
]
