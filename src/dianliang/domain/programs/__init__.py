"""What teams do together: volunteer activities and who took part."""
