"""What engines compute of grids, seasons and zones for a page, in the background."""
