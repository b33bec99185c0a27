"""Pages of brands."""
