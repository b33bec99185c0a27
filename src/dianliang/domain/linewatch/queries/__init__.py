"""Every read of this room, as frozen dataclasses."""
