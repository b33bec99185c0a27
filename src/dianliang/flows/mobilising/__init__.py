"""Requests for gear and teams: what people do with them."""
