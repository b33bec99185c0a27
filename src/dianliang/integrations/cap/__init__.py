"""Alerts in and out as CAP 1.2 (OASIS Common Alerting Protocol, 1 July 2010)."""

from dianliang.integrations.cap.faults import BadAlertError, Fault
from dianliang.integrations.cap.reading import read
from dianliang.integrations.cap.writing import write

__all__ = ["BadAlertError", "Fault", "read", "write"]
