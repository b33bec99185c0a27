"""When a project ends, on which steps that hangs, what a hindrance cost, and what may be compared.

Pure functions over calendar days: no Django, no I/O, no clock.
"""

from dianliang.engines.scheduling._comparison import LEVEL, Comparison, compare
from dianliang.engines.scheduling._hindrance import Hindrance, Lost, LostDays, lost_days
from dianliang.engines.scheduling._network import (
    BrokenNetworkError,
    Fault,
    Schedule,
    Step,
    Timed,
    faults_of,
    schedule,
    steps_of_days,
)

__all__ = [
    "LEVEL",
    "BrokenNetworkError",
    "Comparison",
    "Fault",
    "Hindrance",
    "Lost",
    "LostDays",
    "Schedule",
    "Step",
    "Timed",
    "compare",
    "faults_of",
    "lost_days",
    "schedule",
    "steps_of_days",
]
