"""Pages about what firms could save on electricity (电靓万企)."""
