"""Tables of this room, by subject."""

from dianliang.domain.programs.models.activities import Activity, Participation, PhotoPair
from dianliang.domain.programs.models.campaigns import (
    Campaign,
    Correction,
    Evidence,
    Recheck,
    RecheckRound,
    Target,
)
from dianliang.domain.programs.models.presence import PresenceDay, PresenceDuty

__all__ = [
    "Activity",
    "Campaign",
    "Correction",
    "Evidence",
    "Participation",
    "PhotoPair",
    "PresenceDay",
    "PresenceDuty",
    "Recheck",
    "RecheckRound",
    "Target",
]
