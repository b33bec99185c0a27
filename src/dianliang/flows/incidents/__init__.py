"""Incidents: opened, led, seen on one page, with whom they concern."""
