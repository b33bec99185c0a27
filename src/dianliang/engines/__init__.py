"""Pure functions on frozen data: what we want to be the best at."""
