"""Outreach to many firms: how long, and who waits meanwhile."""
