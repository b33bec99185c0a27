"""Registered cameras: watched, their events kept and answered, reported, deleted in time."""
