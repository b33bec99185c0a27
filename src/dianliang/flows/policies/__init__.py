"""Journeys of policy lists."""
