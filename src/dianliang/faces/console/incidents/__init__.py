"""Pages of incidents, of warnings of our own, and of the addresses asked for alerts."""
