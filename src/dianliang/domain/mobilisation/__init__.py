"""Who and what is asked for, promised and sent in an emergency."""
