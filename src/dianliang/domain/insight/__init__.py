"""Figures computed from records, each drillable to them."""
