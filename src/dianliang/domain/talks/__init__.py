"""Talks of four steps between a member and who leads him."""
