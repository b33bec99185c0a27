"""Pages of policy lists."""
