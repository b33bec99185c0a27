"""Formats of figures that differ from those that Django ships."""
