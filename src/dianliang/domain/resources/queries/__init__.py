"""Gear and stores as pages show them."""
