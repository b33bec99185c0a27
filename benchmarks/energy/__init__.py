"""Energy: ours beside the tools that others use for it."""
