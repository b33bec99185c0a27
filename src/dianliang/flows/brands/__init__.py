"""Brands of branches: what they are, what is done under them, what came of it."""
