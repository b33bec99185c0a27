"""Studies of grids, seasons and zones: asked for, computed in the background, shown."""
