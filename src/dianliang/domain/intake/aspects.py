"""The parts of a suggestion that people decide, and what else they say about the category."""

from enum import StrEnum


class Aspect(StrEnum):
    """What a decision is about. Only the latest of `SERVICE` is what a need counts as."""

    SERVICE = "service"
    UNIT = "unit"
    URGENCY = "urgency"
    OWNER = "owner"
    """Whose facility it is (设施归属)."""
    DUPLICATE = "duplicate"
    ALSO = "also"
    """A second service of the same text (同时涉及); it never moves the need."""
    SECOND = "second"
    """What somebody else chose who had not seen the first choice, which is kept as proposed."""


AGREED = frozenset({Aspect.SERVICE, Aspect.UNIT, Aspect.URGENCY})
"""What is agreed to part by part, or all at once by accepting the need."""
