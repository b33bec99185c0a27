"""Journeys of outreach: audience, words, sending, receipts, answers."""
