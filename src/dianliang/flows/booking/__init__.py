"""Rooms and gear: booked by units and by the public, used, and counted."""
