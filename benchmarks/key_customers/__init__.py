"""Key customers at the size of seed 002: 5922 of them."""
