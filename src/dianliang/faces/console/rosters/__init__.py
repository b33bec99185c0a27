"""Pages about duty: rosters, who is on when, exchanges of turns."""
