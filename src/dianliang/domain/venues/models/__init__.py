"""Tables of this room, by subject."""

from dianliang.domain.venues.models.booking import (
    Bookable,
    BookableHours,
    Booking,
    BookingFeed,
    BookingSeries,
    SlotHold,
)
from dianliang.domain.venues.models.sites import PointOfInterest, RatingRules, Site

__all__ = [
    "Bookable",
    "BookableHours",
    "Booking",
    "BookingFeed",
    "BookingSeries",
    "PointOfInterest",
    "RatingRules",
    "Site",
    "SlotHold",
]
