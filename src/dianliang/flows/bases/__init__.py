"""Bases as their keepers run them: trees, files, checks, public notices, screens, Excel."""
