"""Cameras under lines: what they watch, what they saw, and what came of it (线路守护)."""
