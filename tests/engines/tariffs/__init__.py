"""Tariffs and bills."""
