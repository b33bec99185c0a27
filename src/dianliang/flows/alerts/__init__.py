"""Alerts in and out as CAP 1.2: taken in, polled for, read, sent out by us."""
