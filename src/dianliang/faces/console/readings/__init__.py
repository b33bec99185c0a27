"""Pages about files of meter readings."""
