"""Places with a function: bases, service stations, QR-coded spots."""
