"""How much it hurts to leave something out."""

from enum import StrEnum


class Priority(StrEnum):
    """How much it hurts to leave a job out."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"
