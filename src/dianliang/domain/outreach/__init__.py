"""Telling many firms or people something, and knowing from receipts whom it reached."""
