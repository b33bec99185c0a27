"""Tables of this room, by subject."""

from dianliang.domain.venues.models.bases import (
    Keeper,
    Matrix,
    Node,
    OpeningDay,
    OpeningHours,
    SiteService,
)
from dianliang.domain.venues.models.booking import (
    Bookable,
    BookableHours,
    Booking,
    BookingFeed,
    BookingSeries,
    SlotHold,
)
from dianliang.domain.venues.models.sites import PointOfInterest, RatingRules, Site
from dianliang.domain.venues.models.standards import (
    BaseNotice,
    BaseNoticeVersion,
    BaseProof,
    BaseStandard,
)

__all__ = [
    "BaseNotice",
    "BaseNoticeVersion",
    "BaseProof",
    "BaseStandard",
    "Bookable",
    "BookableHours",
    "Booking",
    "BookingFeed",
    "BookingSeries",
    "Keeper",
    "Matrix",
    "Node",
    "OpeningDay",
    "OpeningHours",
    "PointOfInterest",
    "RatingRules",
    "Site",
    "SiteService",
    "SlotHold",
]
