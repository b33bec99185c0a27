"""Formats for readers of Chinese."""
