"""Charging stations within reach, and zones with sun and storage."""
