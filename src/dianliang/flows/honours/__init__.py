"""Models chosen, honours kept, media reports registered."""
