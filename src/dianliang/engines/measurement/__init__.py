"""Measure and verify savings of energy, of one machine or of every meter of a county.

`fit_daily` learns what all meters of a place use by weather and calendar, `savings` holds what was
measured later against it; every figure says how it came about, how sure it is, and what forbids to
say more (`Finding`).
"""

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
from dianliang.engines.measurement._savings import MeterSavings, Savings, savings

__all__ = [
    "HOLIDAY",
    "REST_DAY",
    "STATUS_WORDS",
    "WORKDAY",
    "Code",
    "DailyBaselines",
    "Finding",
    "HourlyBaselines",
    "HourlySavings",
    "MeterSavings",
    "Savings",
    "Shape",
    "Status",
    "Weather",
    "fit_daily",
    "fit_hourly",
    "hourly_savings",
    "savings",
]
