"""Key customers: the register, its tables, checks before a season, supply through an occasion."""
