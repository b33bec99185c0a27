"""Tariffs as versioned data, and the bills that readings make under them.

`problems_of` lists everything that is wrong with tariffs, `schedule` lays one over a calendar,
`bills` makes the bills of many firms at once with each line explained, `changes` tells two versions
apart. Nothing is assumed about a province: hours, prices and rules are in the data.
"""

from dianliang.engines.tariffs._bill import Bills, Line, bills, charged_kw, demand_factor
from dianliang.engines.tariffs._changes import Change, changes, hours_of
from dianliang.engines.tariffs._check import (
    BadTariffError,
    Problem,
    problems_of,
    problems_of_each,
)
from dianliang.engines.tariffs._model import (
    CERTAINTY_WORDS,
    DAY_WORDS,
    NO_W,
    PERIOD_WORDS,
    POINTS,
    WAY_WORDS,
    Band,
    BasicRule,
    Certainty,
    DayKind,
    Period,
    Schedule,
    Tariff,
    Terms,
    Way,
)
from dianliang.engines.tariffs._power_factor import (
    STANDARDS,
    adjustment_rate,
    best_factor,
    power_factor,
)
from dianliang.engines.tariffs._schedule import schedule

__all__ = [
    "CERTAINTY_WORDS",
    "DAY_WORDS",
    "NO_W",
    "PERIOD_WORDS",
    "POINTS",
    "STANDARDS",
    "WAY_WORDS",
    "BadTariffError",
    "Band",
    "BasicRule",
    "Bills",
    "Certainty",
    "Change",
    "DayKind",
    "Line",
    "Period",
    "Problem",
    "Schedule",
    "Tariff",
    "Terms",
    "Way",
    "adjustment_rate",
    "best_factor",
    "bills",
    "changes",
    "charged_kw",
    "demand_factor",
    "hours_of",
    "power_factor",
    "problems_of",
    "problems_of_each",
    "schedule",
]
