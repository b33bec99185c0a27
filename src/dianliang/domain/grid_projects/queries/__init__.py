"""Every read of grid projects, as frozen dataclasses."""
