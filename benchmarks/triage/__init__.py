"""Triage against outside data and peers."""
