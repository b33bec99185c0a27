"""Measure and verify savings of energy, of one machine or of every meter of a county.

`fit_daily` learns what all meters of a place use by weather and calendar, `savings` holds what was
measured later against it; every figure says how it came about, how sure it is, and what forbids to
say more (`Finding`).
"""

from dianliang.engines.measurement._bounds import TO_CHECK, Bound, efficiency_bound
from dianliang.engines.measurement._candidates import Shape
from dianliang.engines.measurement._daily import DailyBaselines, fit_daily
from dianliang.engines.measurement._days import HOLIDAY, REST_DAY, WORKDAY, Weather
from dianliang.engines.measurement._findings import STATUS_WORDS, Code, Finding, Status
from dianliang.engines.measurement._hourly import (
    HourlyBaselines,
    HourlySavings,
    fit_hourly,
    hourly_savings,
)
from dianliang.engines.measurement._rollup import (
    Beside,
    Claim,
    Factor,
    FactorTable,
    RollUp,
    roll_up,
)
from dianliang.engines.measurement._savings import MeterSavings, Savings, savings
from dianliang.engines.measurement._trials import (
    Plan,
    Spread,
    TrialResult,
    Unit,
    UnitEffect,
    drawn_order,
    half_width,
    planned,
    trial,
)

__all__ = [
    "HOLIDAY",
    "REST_DAY",
    "STATUS_WORDS",
    "TO_CHECK",
    "WORKDAY",
    "Beside",
    "Bound",
    "Claim",
    "Code",
    "DailyBaselines",
    "Factor",
    "FactorTable",
    "Finding",
    "HourlyBaselines",
    "HourlySavings",
    "MeterSavings",
    "Plan",
    "RollUp",
    "Savings",
    "Shape",
    "Spread",
    "Status",
    "TrialResult",
    "Unit",
    "UnitEffect",
    "Weather",
    "drawn_order",
    "efficiency_bound",
    "fit_daily",
    "fit_hourly",
    "half_width",
    "hourly_savings",
    "planned",
    "roll_up",
    "savings",
    "trial",
]
