"""Measure and verify savings of energy, of one machine or of every meter of a county.

`fit_daily` and `fit_hourly` learn what all meters of a place use by weather and calendar, `savings`
holds what was measured later against it; `trial` judges machines beside one another, `planned` says
how large a trial must be; `fit_production` takes output into account, `suspects` finds what changed
besides, `compared` and `taken_off` take off what happened to everybody, `efficiency_bound` and
`roll_up` hold claims against mechanism and factors. Every figure says how it came about, how sure
it is, and what forbids to say more (`Finding`); figures that nothing can be measured with are
refused with words (`BadFiguresError`).
"""

from dianliang.engines.measurement._bounds import TO_CHECK, Bound, efficiency_bound
from dianliang.engines.measurement._candidates import Shape
from dianliang.engines.measurement._checks import BadFiguresError
from dianliang.engines.measurement._comparison import Compared, compared, matched
from dianliang.engines.measurement._daily import DailyBaselines, fit_daily
from dianliang.engines.measurement._days import HOLIDAY, REST_DAY, WORKDAY, Weather
from dianliang.engines.measurement._events import (
    Adjustment,
    Event,
    Suspect,
    adjusted,
    adjustment,
    open_events,
    rebased,
    suspects,
)
from dianliang.engines.measurement._findings import STATUS_WORDS, Code, Finding, Status
from dianliang.engines.measurement._hourly import (
    HourlyBaselines,
    HourlySavings,
    fit_hourly,
    hourly_savings,
)
from dianliang.engines.measurement._options import OptionSavings, calibrated, key_parameter
from dianliang.engines.measurement._production import (
    ProductionBaseline,
    ProductionSavings,
    fit_production,
    production_savings,
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
from dianliang.engines.measurement._untreated import FEWEST_UNTREATED, TakenOff, taken_off

__all__ = [
    "FEWEST_UNTREATED",
    "HOLIDAY",
    "REST_DAY",
    "STATUS_WORDS",
    "TO_CHECK",
    "WORKDAY",
    "Adjustment",
    "BadFiguresError",
    "Beside",
    "Bound",
    "Claim",
    "Code",
    "Compared",
    "DailyBaselines",
    "Event",
    "Factor",
    "FactorTable",
    "Finding",
    "HourlyBaselines",
    "HourlySavings",
    "MeterSavings",
    "OptionSavings",
    "Plan",
    "ProductionBaseline",
    "ProductionSavings",
    "RollUp",
    "Savings",
    "Shape",
    "Spread",
    "Status",
    "Suspect",
    "TakenOff",
    "TrialResult",
    "Unit",
    "UnitEffect",
    "Weather",
    "adjusted",
    "adjustment",
    "calibrated",
    "compared",
    "drawn_order",
    "efficiency_bound",
    "fit_daily",
    "fit_hourly",
    "fit_production",
    "half_width",
    "hourly_savings",
    "key_parameter",
    "matched",
    "open_events",
    "planned",
    "production_savings",
    "rebased",
    "roll_up",
    "savings",
    "suspects",
    "taken_off",
    "trial",
]
