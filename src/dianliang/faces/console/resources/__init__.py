"""Pages about gear, loans, stores, and requests for them."""
