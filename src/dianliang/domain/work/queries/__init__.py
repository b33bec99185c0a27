"""Every read of field work."""
