"""Every write about hours and certificates."""
