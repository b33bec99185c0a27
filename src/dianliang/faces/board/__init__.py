"""Figures and signage."""
