"""Collect what the program says, and keep its English catalogues."""
