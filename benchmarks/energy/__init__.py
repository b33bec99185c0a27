"""Energy: readings of meters, beside the tools that others use for them."""
