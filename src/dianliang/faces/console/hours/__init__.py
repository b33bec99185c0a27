"""Pages about volunteer hours: review, publication, certificates."""
