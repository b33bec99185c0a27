"""The tables of this room."""

from dianliang.domain.key_customers.models.register import (
    SEALED,
    BroughtTable,
    Feed,
    Grade,
    GradeDecision,
    KeyCustomer,
    OwnSupply,
)
from dianliang.domain.key_customers.models.watching import SupplyReport, Watch, Watched

__all__ = [
    "SEALED",
    "BroughtTable",
    "Feed",
    "Grade",
    "GradeDecision",
    "KeyCustomer",
    "OwnSupply",
    "SupplyReport",
    "Watch",
    "Watched",
]
