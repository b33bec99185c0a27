"""How frames of a film lie in one picture: for who makes it and for who shows it."""

FRAMES, COLUMNS = 8, 4
WIDTH_PX = 480
"""Of one frame."""
