"""The dispatch of a flood at the size of seed 002, through the flow and the database."""
