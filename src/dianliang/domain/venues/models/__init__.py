"""Tables of this room, by subject."""

from dianliang.domain.venues.models.sites import PointOfInterest, RatingRules, Site

__all__ = ["PointOfInterest", "RatingRules", "Site"]
