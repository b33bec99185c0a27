"""Phones that come back from a long day without a network, all at once."""
