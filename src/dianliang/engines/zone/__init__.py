"""Run a zone with sun, battery and loads that can wait at least cost (光储直柔).

`solve` schedules a year in hours or a day ahead in quarter hours against tariff, demand charge
and carbon; `check` verifies the flows apart from how they were found.
"""

from dianliang.engines.zone._check import check
from dianliang.engines.zone._model import (
    Balance,
    Battery,
    Flexible,
    Flows,
    Profile,
    Schedule,
    Tariff,
    Zone,
)
from dianliang.engines.zone._solve import balance, plain_flows, solve, without_battery
from dianliang.engines.zone._validate import ErrorCode, InvalidZoneError, ZoneError, validate

__all__ = [
    "Balance",
    "Battery",
    "ErrorCode",
    "Flexible",
    "Flows",
    "InvalidZoneError",
    "Profile",
    "Schedule",
    "Tariff",
    "Zone",
    "ZoneError",
    "balance",
    "check",
    "plain_flows",
    "solve",
    "validate",
    "without_battery",
]
