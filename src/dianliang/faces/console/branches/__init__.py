"""Pages about party branches: pairings, meetings, topics."""
