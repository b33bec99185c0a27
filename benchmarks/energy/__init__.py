"""Energy: savings of meters, ours and others'."""
