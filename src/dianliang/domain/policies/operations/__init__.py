"""Every write about policy lists."""
