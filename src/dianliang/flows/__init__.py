"""Journeys over several rooms, each in one transaction."""
