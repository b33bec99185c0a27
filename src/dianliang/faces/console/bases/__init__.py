"""Pages about bases: their tree, what a standard asks of them, who answers for each."""
