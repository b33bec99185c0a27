"""Inspections and the hazards that they find, until each is put right and proved."""
