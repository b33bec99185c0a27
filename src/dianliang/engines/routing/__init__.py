"""Plan who goes where, when, and say why."""
