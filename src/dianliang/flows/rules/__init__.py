"""The table of rules (派单规则): prepared, tried on past needs, put in force, taken back."""
