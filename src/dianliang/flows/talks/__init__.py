"""Talks: appointed, held, followed up, closed; and what may be counted of them."""
