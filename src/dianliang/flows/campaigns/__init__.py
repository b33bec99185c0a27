"""Campaigns (专项行动): from a list that is frozen to evidence for each target on it."""
