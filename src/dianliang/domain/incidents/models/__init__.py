"""Alerts in and out, incidents with their periods and objectives, what was noted on the way."""

from dianliang.domain.incidents.models.alerts import AlertReference, AlertSource, PublicAlert
from dianliang.domain.incidents.models.bulletins import Bulletin
from dianliang.domain.incidents.models.incidents import Incident, IncidentAlert, LogEntry
from dianliang.domain.incidents.models.periods import Objective, OperationalPeriod

__all__ = [
    "AlertReference",
    "AlertSource",
    "Bulletin",
    "Incident",
    "IncidentAlert",
    "LogEntry",
    "Objective",
    "OperationalPeriod",
    "PublicAlert",
]
