"""Organisations and what their people may do for them."""
