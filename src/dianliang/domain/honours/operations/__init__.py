"""Every write about honours."""
