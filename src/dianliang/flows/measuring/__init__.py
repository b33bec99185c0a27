"""Measure savings in the product: projects computed from tables, county roll-ups, claims."""
