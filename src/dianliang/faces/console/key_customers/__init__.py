"""Key customers on the console: the register, its tables, their supply through an occasion."""
