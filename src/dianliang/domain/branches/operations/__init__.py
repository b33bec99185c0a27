"""Every write about branches and what they do."""
