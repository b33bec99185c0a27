"""Rules with editions, task lists with duties, rounds with results."""

from dianliang.domain.appraisal.models.lists import Duty, DutyEvidence, TaskList
from dianliang.domain.appraisal.models.rounds import (
    Appeal,
    Figure,
    Mark,
    Result,
    Round,
    Standing,
)
from dianliang.domain.appraisal.models.rules import (
    Band,
    Edition,
    Indicator,
    ListItem,
    RuleBook,
)

__all__ = [
    "Appeal",
    "Band",
    "Duty",
    "DutyEvidence",
    "Edition",
    "Figure",
    "Indicator",
    "ListItem",
    "Mark",
    "Result",
    "Round",
    "RuleBook",
    "Standing",
    "TaskList",
]
