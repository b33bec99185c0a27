"""The desk for grid projects (电网工程)."""
