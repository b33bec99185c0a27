"""Timefold as a peer: its Java solver, reached through the Python package that brings it."""
