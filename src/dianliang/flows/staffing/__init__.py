"""People and teams: their register, certificates, merges, and the tables that bring them."""
