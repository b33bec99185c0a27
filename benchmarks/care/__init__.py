"""Special customers among all customers of a county."""
