"""Claims and factors; carbon accounts."""

from dianliang.domain.energy.models.carbon import CarbonAccount, CarbonEntry
from dianliang.domain.energy.models.claims import Claim, Evidence, Factor

__all__ = ["CarbonAccount", "CarbonEntry", "Claim", "Evidence", "Factor"]
