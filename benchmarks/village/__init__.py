"""How long the files of a county's villages take to make, to keep and to print."""
