"""Rooms and gear that are shared: what may be booked, by whom, and who has it when."""
