"""Brands: one of each branch, and products; their activities are marked records."""
