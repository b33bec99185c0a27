"""Who is on duty when (值班): rosters, their shifts and turns, and turns that people exchange."""
