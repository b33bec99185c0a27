"""Adapters to the outside."""
