"""Cameras under lines: how they are, where they look, what they saw, what came of it."""
