"""Every read about honours."""
