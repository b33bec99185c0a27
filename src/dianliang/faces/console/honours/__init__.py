"""Pages of calls, honours and media reports."""
