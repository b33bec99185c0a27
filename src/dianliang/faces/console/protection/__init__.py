"""Guarded events on the console."""
