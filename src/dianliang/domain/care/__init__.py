"""Care for special customers: what is locked behind a second person, and who calls whom when."""
